"""curl against a running Corral: the calls a person would type, and what they see of an error."""
import json
import os
import subprocess
import sys

URL, KEY, WRONG = os.environ["CORRAL_URL"], os.environ["CORRAL_KEY"], os.environ["CORRAL_WRONG_KEY"]
MODEL, EMBEDDER = os.environ["CORRAL_MODEL"], os.environ["CORRAL_EMBEDDING_MODEL"]
LONG = os.environ["CORRAL_LONG_PROMPT"]
MESSAGES = [{"role": "user", "content": "Why is the sky blue?"}]
CHAT = {"model": MODEL, "messages": MESSAGES, "max_tokens": 64}
failed = 0


def curl(path, body=None, key=KEY, header="Authorization: Bearer %s", extra=()):
    """-> (status, text)"""
    command = ["curl", "-sS", "-N", "--max-time", "30", "-w", "\n%{http_code}", URL + path, *extra]
    if key:
        command += ["-H", header % key]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    out = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout
    text, _, status = out.rpartition("\n")
    return int(status), text


def report(name, truth, shown=""):
    global failed
    failed += not truth
    print("%s curl %s%s" % ("ok  " if truth else "FAIL", name, ": shows %s" % shown.strip() if shown else ""), flush=True)


def check(name, want, content, *args, show=False, **more):
    """One call; content(text) must be true, and may throw"""
    status, text = curl(*args, **more)
    try:
        truth = status == want and bool(content(text))
    except (ValueError, LookupError, TypeError):
        truth = False
    report(name, truth, text if show or not truth else "")


def lines(text):
    return [json.loads(line) for line in text.splitlines() if line]


def events(text):
    """the data fields of an event stream"""
    return [line[6:] for line in text.splitlines() if line.startswith("data: ")]


def at(*path):
    """content that is there, and not empty"""
    def look(text):
        value = json.loads(text)
        for step in path:
            value = value[step]
        return value
    return look


check("GET /api/tags", 200, lambda t: MODEL in [m["name"] for m in at("models")(t)], "/api/tags")
check("POST /api/chat", 200, at("message", "content"), "/api/chat", {**CHAT, "stream": False})
check("POST /api/chat, stream", 200, lambda t: len(lines(t)) > 2 and lines(t)[-1]["done"], "/api/chat", CHAT)
check("POST /api/generate", 200, at("response"), "/api/generate", {"model": MODEL, "prompt": "hi", "stream": False})
check("POST /api/embed", 200, lambda t: len(at("embeddings", 0)(t)) > 1, "/api/embed", {"model": EMBEDDER, "input": "one"})
check("GET /v1/models", 200, at("data", 0, "id"), "/v1/models")
check("POST /v1/chat/completions, stream", 200, lambda t: len(events(t)) > 2 and events(t)[-1] == "[DONE]",
      "/v1/chat/completions", {**CHAT, "stream": True})
# curl sends the parts in the order given: here the file is on its way before anybody knows the model.
AUDIO = ["-F", "file=@%s;filename=speech.wav" % os.path.abspath(__file__), "-F"]
check("POST /v1/audio/transcriptions, file first", 200, at("text"), "/v1/audio/transcriptions", extra=[*AUDIO, "model=" + MODEL])
check("POST /v1/audio/transcriptions, unknown model", 404, at("error", "message"), "/v1/audio/transcriptions",
      extra=[*AUDIO, "model=nonsense"], show=True)
check("POST /v1/audio/transcriptions, model twice", 400, at("error", "message"), "/v1/audio/transcriptions",
      extra=[*AUDIO, "model=" + MODEL, "-F", "model=nonsense"], show=True)
check("POST /v1/messages", 200, at("content", 0, "text"), "/v1/messages", CHAT, header="x-api-key: %s",
      extra=["-H", "anthropic-version: 2023-06-01"])

check("no key", 401, at("error"), "/api/tags", key=None, show=True)
check("wrong key", 401, at("error"), "/api/tags", key=WRONG, show=True)
check("a stranger learns nothing about routes", 401, at("error"), "/api/nonsense", key=None)
check("pull with a user key", 403, lambda t: "/api/pull" in at("error")(t), "/api/pull", {"model": "llama3"}, show=True)
check("unknown route", 404, at("error"), "/api/nonsense", show=True)
check("wrong method", 405, at("error"), "/api/chat", show=True)
check("wrong key, OpenAI", 401, at("error", "message"), "/v1/chat/completions", CHAT, key=WRONG, show=True)
check("wrong key, Anthropic", 401, lambda t: at("error", "type")(t) == "authentication_error", "/v1/messages", CHAT,
      key=WRONG, show=True)

# A person presses Ctrl-C in the middle of an answer.
stream = subprocess.Popen(["curl", "-sS", "-N", "--max-time", "30", URL + "/api/chat", "-H", "Authorization: Bearer " + KEY, "-d",
                           json.dumps({"model": MODEL, "messages": [{"role": "user", "content": LONG}]})],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
first = [stream.stdout.readline() for _ in range(3)]
stream.terminate()
stream.wait()
report("ended in mid-stream", all(line and not json.loads(line)["done"] for line in first))
print("aborts 1")
sys.exit(1 if failed else 0)

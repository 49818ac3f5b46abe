"""ollama, openai and anthropic from PyPI against a running Corral; every check looks at real content."""
import os
import sys
import time

import anthropic
import ollama
import openai

URL, KEY, WRONG = os.environ["CORRAL_URL"], os.environ["CORRAL_KEY"], os.environ["CORRAL_WRONG_KEY"]
MODEL, EMBEDDER = os.environ["CORRAL_MODEL"], os.environ["CORRAL_EMBEDDING_MODEL"]
LONG = os.environ["CORRAL_LONG_PROMPT"]
MESSAGES = [{"role": "user", "content": "Why is the sky blue?"}]
ENDLESS = [{"role": "user", "content": LONG}]
LIMITED, METERED, METERED_KEY = (os.environ[n] for n in ("CORRAL_LIMITED_KEYS", "CORRAL_METERED_URL", "CORRAL_METERED_KEY"))
CHECKS = []
aborts = 0
used = [0, 0]


def check(name):
    return lambda body: CHECKS.append((name, body))


def refusal(kind, body):
    """the exception of this kind that body() must raise"""
    try:
        body()
    except kind as refused:
        return refused
    raise AssertionError("was not refused")


def expect(truth, what):
    if not truth:
        raise AssertionError(what)


def expect_vector(numbers):
    expect(len(numbers) > 1 and all(isinstance(x, float) for x in numbers), "no vector of numbers: %r" % (numbers,))


def native(secret):
    return ollama.Client(host=URL, headers={"Authorization": "Bearer " + secret})


@check("ollama-py list")
def _():
    found = [m for m in native(KEY).list().models if m.model == MODEL]
    expect(len(found) == 1 and len(found[0].digest) >= 12, "model missing from the list")


@check("ollama-py show")
def _():
    expect(native(KEY).show(MODEL).details.family, "no details")


@check("ollama-py ps")
def _():
    expect(isinstance(list(native(KEY).ps().models), list), "no list")


@check("ollama-py chat")
def _():
    answer = native(KEY).chat(model=MODEL, messages=MESSAGES)
    expect(answer.done and answer.message.content and answer.eval_count > 0, answer)


@check("ollama-py chat, stream")
def _():
    parts = list(native(KEY).chat(model=MODEL, messages=MESSAGES, stream=True))
    expect(len(parts) > 2 and "".join(p.message.content for p in parts), "%d parts" % len(parts))
    expect([p.done for p in parts].index(True) == len(parts) - 1, "done is not the last part")


@check("ollama-py generate")
def _():
    answer = native(KEY).generate(model=MODEL, prompt="hi")
    expect(answer.done and answer.response, answer)


@check("ollama-py generate, stream")
def _():
    parts = list(native(KEY).generate(model=MODEL, prompt="hi", stream=True))
    expect(len(parts) > 2 and parts[-1].done and parts[-1].eval_count > 0, "%d parts" % len(parts))


@check("ollama-py embed")
def _():
    vectors = native(KEY).embed(model=EMBEDDER, input=["one", "two"]).embeddings
    expect(len(vectors) == 2, "%d vectors" % len(vectors))
    for v in vectors:
        expect_vector(v)


@check("ollama-py abort")
def _():
    global aborts
    stream = native(KEY).chat(model=MODEL, messages=ENDLESS, stream=True)
    first = [next(stream) for _ in range(3)]
    stream.close()
    aborts += 1
    expect(not any(p.done for p in first), "was at its end already")


@check("ollama-py wrong key")
def _():
    refused = refusal(ollama.ResponseError, native(WRONG).list)
    expect(refused.status_code == 401, refused.status_code)
    return refused


@check("ollama-py pull with a user key")
def _():
    refused = refusal(ollama.ResponseError, lambda: native(KEY).pull("llama3"))
    expect(refused.status_code == 403 and "/api/pull" in refused.error, refused)
    return refused


@check("ollama-py generate, with options that a role may not choose")
def _():
    answer = native(KEY).generate(model=MODEL, prompt="hi", keep_alive=-1, options={"num_ctx": 65536, "num_predict": -1, "seed": 1})
    expect(answer.done and answer.response, answer)


@check("ollama-py generate with a template")
def _():
    refused = refusal(ollama.ResponseError, lambda: native(KEY).generate(model=MODEL, prompt="hi", template="{{ .Prompt }}"))
    expect(refused.status_code == 403 and "template" in refused.error, refused)
    return refused


@check("ollama-py embed, a hundred texts")
def _():
    expect(len(native(KEY).embed(model=EMBEDDER, input=["text"] * 100).embeddings) == 100, "not a hundred vectors")


def ai(secret):
    return openai.OpenAI(base_url=URL + "/v1", api_key=secret, max_retries=0)


@check("openai-py models.list")
def _():
    expect(MODEL in [m.id for m in ai(KEY).models.list()], "model missing from the list")


@check("openai-py chat.completions")
def _():
    answer = ai(KEY).chat.completions.create(model=MODEL, messages=MESSAGES)
    expect(answer.choices[0].message.content and answer.usage.completion_tokens > 0, answer)


@check("openai-py chat.completions, stream")
def _():
    chunks = list(ai(KEY).chat.completions.create(model=MODEL, messages=MESSAGES, stream=True))
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    expect(len(chunks) > 2 and text, "%d chunks" % len(chunks))
    expect([c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop", "no finish reason")


@check("openai-py chat.completions, max_completion_tokens, tools and an image")
def _():
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
    content = [{"type": "text", "text": "hi"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}]
    answer = ai(KEY).chat.completions.create(model=MODEL, messages=[{"role": "user", "content": content}], tools=[tool],
                                             max_completion_tokens=100)
    expect(answer.choices[0].message.content, answer)


@check("openai-py responses that search the web")
def _():
    refused = refusal(openai.PermissionDeniedError,
                      lambda: ai(KEY).responses.create(model=MODEL, input="hi", tools=[{"type": "web_search"}]))
    expect(refused.code == "forbidden_web_search", refused.code)
    return refused


@check("openai-py a model that is not there")
def _():
    return refusal(openai.NotFoundError, lambda: ai(KEY).chat.completions.create(model="absent", messages=MESSAGES))


@check("openai-py audio.transcriptions")
def _():
    heard = ai(KEY).audio.transcriptions.create(model=MODEL, file=("speech.wav", bytes(1 << 20)), language="en")
    expect(heard.text == "I hear 1048576 bytes.", heard)


@check("openai-py embeddings")
def _():
    expect_vector(ai(KEY).embeddings.create(model=EMBEDDER, input="one", encoding_format="float").data[0].embedding)


@check("openai-py abort")
def _():
    global aborts
    with ai(KEY).chat.completions.create(model=MODEL, messages=ENDLESS, stream=True) as stream:
        it = iter(stream)
        chunks = [next(it) for _ in range(3)]
    aborts += 1
    expect(all(c.object == "chat.completion.chunk" for c in chunks), chunks)


@check("openai-py wrong key")
def _():
    return refusal(openai.AuthenticationError,
                   lambda: ai(WRONG).chat.completions.create(model=MODEL, messages=MESSAGES))


@check("openai-py route that Ollama does not have")
def _():
    return refusal(openai.NotFoundError, lambda: list(ai(KEY).files.list()))


def claude(**credential):
    return anthropic.Anthropic(base_url=URL, max_retries=0, **credential)


@check("anthropic-py messages, x-api-key")
def _():
    answer = claude(api_key=KEY).messages.create(model=MODEL, max_tokens=64, messages=MESSAGES)
    expect(answer.type == "message" and answer.content[0].text and answer.usage.output_tokens > 0, answer)


@check("anthropic-py messages, bearer")
def _():
    answer = claude(auth_token=KEY).messages.create(model=MODEL, max_tokens=64, messages=MESSAGES)
    expect(answer.content[0].text, answer)


@check("anthropic-py messages, stream")
def _():
    with claude(api_key=KEY).messages.stream(model=MODEL, max_tokens=64, messages=MESSAGES) as stream:
        pieces = list(stream.text_stream)
        answer = stream.get_final_message()
    expect(len(pieces) > 1 and "".join(pieces) == answer.content[0].text, "%d pieces" % len(pieces))
    expect(answer.stop_reason == "end_turn", answer.stop_reason)


@check("anthropic-py messages, more tokens than anybody may have")
def _():
    answer = claude(api_key=KEY).messages.create(model=MODEL, max_tokens=200_000, messages=MESSAGES, timeout=60)
    expect(answer.content[0].text, answer)


@check("anthropic-py messages that search the web")
def _():
    tool = {"type": "web_search_20250305", "name": "web_search"}
    return refusal(anthropic.PermissionDeniedError, lambda: claude(api_key=KEY).messages.create(
        model=MODEL, max_tokens=64, messages=MESSAGES, tools=[tool]))


@check("anthropic-py abort")
def _():
    global aborts
    with claude(api_key=KEY).messages.create(model=MODEL, max_tokens=4096, messages=ENDLESS, stream=True) as stream:
        it = iter(stream)
        events = [next(it) for _ in range(4)]
    aborts += 1
    expect(events[0].type == "message_start", events)


@check("anthropic-py wrong key")
def _():
    refused = refusal(anthropic.AuthenticationError,
                      lambda: claude(api_key=WRONG).messages.create(model=MODEL, max_tokens=64, messages=MESSAGES))
    expect(refused.body["error"]["type"] == "authentication_error", refused.body)
    return refused


# -- what the metered Corral refuses and counts: one request at once and one every two seconds, for each of the keys


def limited(number):
    return LIMITED.split(",")[number]


def rate_limited(kind, ask):
    """the second request at once is refused, with the time to come back"""
    ask()
    refused = refusal(kind, ask)
    after = int(refused.response.headers["retry-after"])
    expect(1 <= after <= 2, "Retry-After: %d" % after)
    return refused


def retried(ask):
    """with the client's own retries, the second request waits as long as it is told and passes"""
    ask()
    began = time.monotonic()
    ask()
    expect(time.monotonic() - began > 1, "came back after %.1f s" % (time.monotonic() - began))


def limited_ai(number, retries):
    client = openai.OpenAI(base_url=METERED + "/v1", api_key=limited(number), max_retries=retries)
    return lambda: client.chat.completions.create(model=MODEL, messages=MESSAGES, max_tokens=2)


def limited_claude(number, retries):
    client = anthropic.Anthropic(base_url=METERED, api_key=limited(number), max_retries=retries)
    return lambda: client.messages.create(model=MODEL, messages=MESSAGES, max_tokens=2)


@check("openai-py more requests than allowed")
def _():
    refused = rate_limited(openai.RateLimitError, limited_ai(0, 0))
    expect(refused.code == "rate_limit_exceeded", refused.code)
    expect(refused.response.headers["x-ratelimit-remaining-requests"] == "0", refused.response.headers)
    return refused


@check("openai-py more requests than allowed, with its own retries")
def _():
    retried(limited_ai(1, 3))


@check("anthropic-py more requests than allowed")
def _():
    refused = rate_limited(anthropic.RateLimitError, limited_claude(2, 0))
    expect(refused.body["error"]["type"] == "rate_limit_error", refused.body)
    return refused


@check("anthropic-py more requests than allowed, with its own retries")
def _():
    retried(limited_claude(3, 3))


@check("ollama-py more requests than allowed")
def _():
    client = ollama.Client(host=METERED, headers={"Authorization": "Bearer " + limited(4)})
    client.generate(model=MODEL, prompt="hi")
    refused = refusal(ollama.ResponseError, lambda: client.generate(model=MODEL, prompt="hi"))
    expect(refused.status_code == 429, refused)
    return refused


def count(prompt, completion):
    expect(prompt > 0 and completion >= 0, "%s prompt, %s completion tokens" % (prompt, completion))
    used[0] += prompt
    used[1] += completion


@check("openai-py stream, with and without usage: told to who asks, counted for both")
def _():
    client = openai.OpenAI(base_url=METERED + "/v1", api_key=METERED_KEY, max_retries=0)
    asked = list(client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True,
                                                stream_options={"include_usage": True}))
    plain = list(client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True))
    told = [c.usage for c in asked if c.usage]
    expect(len(told) == 1 and asked[-1].usage and not asked[-1].choices, "usage in %d chunks" % len(told))
    expect(not any(c.usage for c in plain) and all(c.choices for c in plain), "usage that nobody asked for")
    expect(len(plain) == len(asked) - 1, "%d chunks, and %d with usage" % (len(plain), len(asked)))
    for _ in range(2):
        count(told[0].prompt_tokens, told[0].completion_tokens)


@check("openai-py completions, stream without usage")
def _():
    client = openai.OpenAI(base_url=METERED + "/v1", api_key=METERED_KEY, max_retries=0)
    told = client.completions.create(model=MODEL, prompt="a b c").usage
    chunks = list(client.completions.create(model=MODEL, prompt="a b c", stream=True))
    expect(not any(c.usage for c in chunks) and all(c.choices for c in chunks), "usage that nobody asked for")
    for _ in range(2):
        count(told.prompt_tokens, told.completion_tokens)


@check("openai-py responses and embeddings are counted")
def _():
    client = openai.OpenAI(base_url=METERED + "/v1", api_key=METERED_KEY, max_retries=0)
    events = list(client.responses.create(model=MODEL, input="a b c", stream=True))
    count(events[-1].response.usage.input_tokens, events[-1].response.usage.output_tokens)
    count(client.embeddings.create(model=EMBEDDER, input="one", encoding_format="float").usage.prompt_tokens, 0)


@check("anthropic-py and ollama-py are counted")
def _():
    with anthropic.Anthropic(base_url=METERED, api_key=METERED_KEY, max_retries=0).messages.stream(
            model=MODEL, max_tokens=64, messages=MESSAGES) as stream:
        usage = stream.get_final_message().usage
    count(usage.input_tokens, usage.output_tokens)
    client = ollama.Client(host=METERED, headers={"Authorization": "Bearer " + METERED_KEY})
    last = list(client.chat(model=MODEL, messages=MESSAGES, stream=True))[-1]
    count(last.prompt_eval_count, last.eval_count)


def main():
    failed = 0
    for name, body in CHECKS:
        try:
            shown = body()
            print("ok   %s%s" % (name, ': shows "%s"' % str(shown).replace("\n", " ") if shown else ""), flush=True)
        except Exception as problem:  # whatever a client library throws is a finding, and the others still run
            failed += 1
            print("FAIL %s: %s: %s" % (name, type(problem).__name__, str(problem).replace("\n", " | ")), flush=True)
    print("tokens %d %d" % tuple(used))
    print("aborts %d" % aborts)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""The workloads, and the arguments that streamload needs for one of them on a target."""
import anchors

LOADER = str(anchors.BIN / "streamload")

# name: (title, unit, args for streamload, needs)   needs: what a target must have
CHAT = "--api @API@ --nostream --model fake:t=16"
W = {
    "tags1": ("GET /api/tags, 1 connection", "request", "req --conns 1 --secs 1.5 --warm .2", "tags"),
    "tags16": ("GET /api/tags, 16 connections", "request", "req --conns 16 --secs 1.5 --warm .2", "tags"),
    "tags64": ("GET /api/tags, 64 connections", "request", "req --conns 64 --secs 1.5 --warm .2", "tags"),
    "tags256": ("GET /api/tags, 256 connections", "request", "req --conns 256 --secs 1.5 --warm .3", "tags"),
    "rate500": ("chat 1 KB, open loop 500/s, 64 connections", "request",
                f"req --conns 64 --secs 1.5 --warm .2 --rate 500 {CHAT} --body 1024", ""),
    "chat1k": ("chat, no stream, 1 KB body, 16 connections", "request",
               f"req --conns 16 --secs 1.5 --warm .2 {CHAT} --body 1024", ""),
    "chat32k": ("chat, no stream, 32 KB body, 16 connections", "request",
                f"req --conns 16 --secs 1.5 --warm .2 {CHAT} --body 32768", ""),
    "chat1m": ("chat, no stream, 1 MB body, 8 connections", "request",
               f"req --conns 8 --secs 1.5 --warm .2 {CHAT} --body 1048576", ""),
    "s64": ("64 streams x 200 tokens at 20 ms", "token",
            "stream --conns 64 --api @API@ --model fake:t=200,i=20ms --body 1024 --ramp 200 --timeout 25", ""),
    "s500": ("500 streams x 50 tokens at 100 ms", "token",
             "stream --conns 500 --api @API@ --model fake:t=50,i=100ms --body 1024 --ramp 500 --timeout 25", ""),
    "s2000": ("2000 streams x 50 tokens at 100 ms", "token",
              "stream --conns 2000 --api @API@ --model fake:t=50,i=100ms --body 1024 --ramp 1500 --timeout 40", ""),
    "max": ("32 streams x 20000 tokens, no interval, 1 token a write", "token",
            "stream --conns 32 --api @API@ --model fake:t=20000,b=1 --body 1024 --timeout 6", ""),
    "idle": ("5000 idle keep-alive connections", "connection", "idle --conns 5000 --secs 1.2 --path @LIGHT@", ""),
    "abort": ("abort after 5 tokens (stream at 20 ms)", "abort",
              "abort --repeat 15 --after 5 --api @API@ --model fake:t=500,i=20ms --timeout 6", ""),
    "abort0": ("abort while waiting for the first token (it would come after 2.5 s)", "abort",
               "abort --repeat 4 --after 0 --api @API@ --model fake:t=100,i=20ms,ttft=2500ms --timeout 6", ""),
    "rej64": ("no key: GET /api/tags, 64 kept connections", "reject", "req --conns 64 --secs 1.5 --warm .2 --expect @REJ@", "auth"),
    "rejbody": ("wrong key: POST 32 KB, 16 kept connections", "reject",
                f"req --conns 16 --secs 1.5 --warm .2 {CHAT} --body 32768 --key sk-wrong-key-0000 --expect @REJ@", "auth"),
    "rejnew": ("no key, a new connection each, 64 at once", "reject",
               "req --conns 64 --secs 1.5 --warm .2 --newconn --expect @REJ@", "auth"),
    "tlsnew": ("GET /api/tags over TLS, a full handshake each, 16 at once", "handshake",
               "req --conns 16 --secs 1.5 --warm .2 --newconn --tls", "tls"),
}


def loader_args(w, t, up):
    """the command that puts workload w on target t, in front of the upstream up"""
    a = W[w][2].replace("@API@", t["api"]).replace("@REJ@", str(t.get("reject", 401)))
    a = a.replace("@LIGHT@", "/api/version").split()
    if W[w][3] != "auth":
        a += ["--key", t.get("key") or anchors.KEY]
    for h in t.get("headers", []):
        a += ["--header", h]
    if "--api" not in a and t.get("light"):
        a[a.index("--path") + 1] = t["light"]
    if a[0] == "abort":
        a += ["--stats", f"127.0.0.1:{up['port']}"]
    port = t["tls_port"] if W[w][3] == "tls" else t["port"]
    return [LOADER] + a + [f"{t.get('host', '127.0.0.1')}:{port}"]


def can(w, t):
    need = W[w][3]
    if w in t.get("skip", []):
        return False
    if need == "tags":
        return t.get("tags", True)
    if need == "auth":
        return t.get("auth", True)
    if need == "tls":
        return bool(t.get("tls_port"))
    if w == "idle" and not t.get("tags", True) and not t.get("light"):
        return False
    return True

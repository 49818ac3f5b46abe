#!/usr/bin/env python3
"""What a start of Corral costs, and what a Corral at rest weighs, as installed.

  startup.py [--profiles small,default,large] [--parts start,cold,idle,streams,keys] [--runs 9] [--out run/startup.jsonl]

Lays the launcher and the packaged program (`./corral --version` builds it) out in run/startup as an installation has
them, starts fakellama and, one after the other, Corrals with everything switched on, all on loopback ports of its own
(BASE_PORT + 60 and on), and ends only what it started.

  start    from the exec of the launcher to the first proxied 200, and the memory after 50 requests; with the start-up
           archive and without it (--archive with,without)
  cold     p50 and p99 of the first 1,000 requests after a start: tags and chat in turn, 8 connections
  idle     memory with 5,000 idle keep-alive connections, after a warm-up of 2 s of chat at full speed
  streams  memory at its highest with 2,000 streams of a token each --interval seconds, after the same warm-up
  keys     memory after 50 requests with 100,000 keys in the key file, less that with one

Memory is the resident set (VmRSS) in MB of 10^6 bytes. Prints a table at the end: median (lowest-highest). --with NAME=VALUE
puts a variable into Corral's environment, to try options: --with CORRAL_JAVA_OPTS=-Xint. Exit status 1 on any error.

Times mean something on a quiet machine only, where memory hardly depends on it. On a busy one, as root,
`chrt -r 10 ./startup.py --parts start,cold` lets Corral and what it talks to go before everything else.
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

import anchors
import bench

RUN = anchors.RUN
PLACE = RUN / "startup"
UP, PORT = anchors.BASE + 60, anchors.BASE + 61
PARTS = ("start", "cold", "idle", "streams", "keys")
CHAT = json.dumps({"model": "fake:latest", "user": "fake:t=4,i=0", "stream": False, "options": {"num_predict": 4},
                   "messages": [{"role": "user", "content": "word " * 180}]}).encode()
CONFIG = """\
listen: 127.0.0.1:{port}
admin: {{listen: 127.0.0.1:{admin}}}
upstream: {{url: http://127.0.0.1:{up}, max-idle-connections: 4096, parallel: 9999}}
state-dir: {state}
limits: {{connections-per-address: 20000}}
roles:
  user:
    groups: [liveness, read, inference]
    limits: {{requests-per-minute: 1000M, tokens-per-minute: 1000M, tokens-per-day: 100000M, concurrency: 100k}}
timeouts: {{keep-alive: 10m}}
"""


def requests(key):
    """the two requests in turn, for ever"""
    common = f"Host: 127.0.0.1:{PORT}\r\nAuthorization: Bearer {key}\r\n"
    tags = f"GET /api/tags HTTP/1.1\r\n{common}\r\n".encode()
    chat = f"POST /api/chat HTTP/1.1\r\n{common}Content-Type: application/json\r\nContent-Length: {len(CHAT)}\r\n\r\n".encode() + CHAT
    while True:
        yield tags
        yield chat


def whole(answer):
    """true once these bytes are one whole response; its status must be 200"""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"Corral answered {answer[:300]!r}")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


def exchange(s, request):
    s.sendall(request)
    answer = b""
    while not whole(answer):
        more = s.recv(65536)
        if not more:
            raise ConnectionError("closed")
        answer += more


class Corral:
    """one Corral, from its start to its end"""

    def __init__(self, key, config, profile, archive, extra):
        self.key = key
        env = {**os.environ, "CORRAL_MEMORY": profile, "CORRAL_ARCHIVE": archive,
               "XDG_CACHE_HOME": str(PLACE / "cache"), **extra}
        if anchors.listener(PORT) is not None:
            raise SystemExit(f"port {PORT} is taken by pid {anchors.listener(PORT)}")
        self.began = time.monotonic()
        with open(PLACE / "corral.out", "ab") as log:
            self.process = subprocess.Popen([str(PLACE / "bin" / "corral"), "serve", "--config", str(config)], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=env, start_new_session=True)
        self.first = self._first()

    def _first(self):
        """seconds to the first proxied 200"""
        request = next(requests(self.key))
        while time.monotonic() < self.began + 60:
            if self.process.poll() is not None:
                raise SystemExit(f"Corral ended with status {self.process.returncode}, see {PLACE}/corral.out")
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", PORT)) == 0:
                    exchange(s, request)
                    took = time.monotonic() - self.began
                    # Unlike the time, it hardly depends on who else is on the machine.
                    self.cpu = bench.cpu(self.process.pid)[0]
                    return took
            time.sleep(.002)
        raise SystemExit("Corral did not listen within a minute")

    def rss(self):
        return bench.rss(self.process.pid) / 1e6

    def to(self, *args):
        return [bench.LOADER, *map(str, args), "--key", self.key, f"127.0.0.1:{PORT}"]

    def after_50(self):
        with socket.create_connection(("127.0.0.1", PORT)) as s:
            for request, _ in zip(requests(self.key), range(50)):
                exchange(s, request)
        time.sleep(1.2)                       # what they used is saved, at most half a second later
        return self.rss()

    def warm(self):
        subprocess.run(self.to("req", "--conns", 16, "--secs", 2, "--api", "chat", "--nostream", "--model", "fake:t=16",
                               "--body", 1024), stdout=subprocess.DEVNULL, check=True)
        time.sleep(.5)
        return self.rss()

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(20)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            self.process.kill()
        self.process.wait()


def first_thousand(corral, n=1000, connections=8):
    """latency of each, in ms"""
    source, chosen, seen, sent = requests(corral.key), selectors.DefaultSelector(), [], 0
    for _ in range(connections):
        s = socket.create_connection(("127.0.0.1", PORT))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chosen.register(s, selectors.EVENT_READ, state := {"at": time.monotonic(), "answer": b""})
        s.sendall(next(source))
        sent += 1
        state["at"] = time.monotonic()
    while len(seen) < n:
        for found, _ in chosen.select(30):
            state = found.data
            state["answer"] += found.fileobj.recv(65536)
            if not whole(state["answer"]):
                continue
            seen.append((time.monotonic() - state["at"]) * 1e3)
            state["answer"] = b""
            if sent < n:
                sent += 1
                state["at"] = time.monotonic()
                found.fileobj.sendall(next(source))
    for found in list(chosen.get_map().values()):
        found.fileobj.close()
    return sorted(seen)


# --------------------------------------------------------------- the parts
def cold(corral):
    seen = first_thousand(corral)
    return {"p50_ms": round(seen[499], 2), "p99_ms": round(seen[989], 2), "max_ms": round(seen[-1], 2)}


def start(corral):
    return {"first_ms": round(corral.first * 1e3), "cpu_ms": round(corral.cpu * 1e3), "rss_mb": round(corral.after_50(), 1)}


def idle(corral, n):
    warm = corral.warm()
    p = subprocess.Popen(corral.to("idle", "--conns", n, "--secs", 4), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    ready = p.stdout.readline().split()
    time.sleep(1)
    rss = corral.rss()
    still = json.loads(p.communicate()[0].splitlines()[-1])["open"]
    if still != n:
        raise RuntimeError(f"{still} of {n} idle connections still open ({ready})")
    return {"warm_mb": round(warm, 1), "rss_mb": round(rss, 1), "kb_each": round((rss - warm) * 1e3 / n, 2)}


def streams(corral, n, interval):
    warm, tokens = corral.warm(), max(10, int(10 / interval))
    p = subprocess.Popen(corral.to("stream", "--conns", n, "--model", f"fake:t={tokens},i={interval * 1000:.0f}ms", "--body", 1024,
                                   "--ramp", 4000, "--timeout", 60), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    most, at_once = 0, 0
    while p.poll() is None:
        most = max(most, corral.rss())
        at_once = max(at_once, bench.stats(UP)["active"])
        time.sleep(.2)
    said = json.loads(p.communicate()[0].splitlines()[-1])
    if at_once != n or any(said.get(bad) for bad in ("streams_bad", "unfinished", "lost", "disorder", "neterr", "other")):
        raise RuntimeError(f"{at_once} of {n} streams at once; {said}")
    return {"warm_mb": round(warm, 1), "rss_mb": round(most, 1), "kb_each": round((most - warm) * 1e3 / n, 2),
            "added_p50_us": said["added_us"]["p50"]}


# --------------------------------------------------------------- the installation
def lay_out():
    """-> {"one": (key, config), "many": (key, config)}"""
    source = anchors.HERE.parent
    jar = source / "proxy-server" / "target" / "corral.jar"
    if not jar.exists():
        raise SystemExit(f"{jar} is missing: run ./corral --version first, which builds it")
    shutil.rmtree(PLACE, ignore_errors=True)
    (PLACE / "bin").mkdir(parents=True)
    (PLACE / "lib").mkdir()
    shutil.copy2(source / "corral", PLACE / "bin" / "corral")
    shutil.copy2(jar, PLACE / "lib" / "corral.jar")
    made = {}
    for name in ("one", "many"):
        state, config = PLACE / name, PLACE / f"{name}.yaml"
        config.write_text(CONFIG.format(port=PORT, admin=PORT + 1, up=UP, state=state))
        made[name] = (anchors.mint([str(PLACE / "bin" / "corral"), "keys", "create", "bench", "--config", str(config)]), config)
    return made


def many_keys(n):
    file = PLACE / "many" / "keys.json"
    head, entry, tail = file.read_text().splitlines()
    known = json.loads(entry)
    others = []
    for i in range(n - 1):
        digest = hashlib.sha256(b"key %d" % i).hexdigest()
        id = "".join("ABCDEFGHJKLMNPQRSTUVWXYZabcdefgh"[int(digest[2 * j:2 * j + 2], 16) % 32] for j in range(8))
        others.append({**known, "id": id, "name": f"key-{i}", "secrets": [{"sha256": digest}]})
    file.write_text(head + "\n" + ",\n".join([entry] + [json.dumps(o, separators=(",", ":")) for o in others]) + "\n" + tail + "\n")
    return file.stat().st_size


def archived(key, config, profile, extra):
    """makes the archive of this profile, as an installation does; false where this launcher makes none"""
    if "--make-archive" not in (PLACE / "bin" / "corral").read_text():
        return False
    subprocess.run([str(PLACE / "bin" / "corral"), "--make-archive"], check=True, stdin=subprocess.DEVNULL,
                   env={**os.environ, "CORRAL_MEMORY": profile, "XDG_CACHE_HOME": str(PLACE / "cache"), **extra})
    return True


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--profiles", default="small,default,large")
    ap.add_argument("--parts", default=",".join(PARTS))
    ap.add_argument("--archive", default="with,without")
    ap.add_argument("--runs", type=int, default=9, help="starts of each kind; a third of them for idle, streams and keys")
    ap.add_argument("--idle", type=int, default=5000)
    ap.add_argument("--streams", type=int, default=2000)
    ap.add_argument("--interval", type=float, default=.5, help="seconds between the tokens of a stream")
    ap.add_argument("--keys", type=int, default=100000)
    ap.add_argument("--with", dest="extra", action="append", default=[], metavar="NAME=VALUE")
    ap.add_argument("--out", default=str(RUN / "startup.jsonl"))
    a = ap.parse_args()
    extra = dict(e.split("=", 1) for e in a.extra)
    parts = a.parts.split(",")
    if set(parts) - set(PARTS):
        raise SystemExit(f"--parts: {a.parts} (expected: some of {','.join(PARTS)})")
    bench_limit()
    RUN.mkdir(exist_ok=True)
    anchors.LOGS.mkdir(parents=True, exist_ok=True)
    made = lay_out()
    if "keys" in parts:
        print(f"a key file of {many_keys(a.keys) / 1e6:.1f} MB", flush=True)
    upstream = anchors.start("fakellama-startup", UP, [str(RUN / "fakellama"), "-p", str(UP)])
    rows, out = [], open(a.out, "a")
    few = max(1, a.runs // 3)
    plan = []
    for profile in a.profiles.split(","):
        kinds = [k for k in a.archive.split(",") if k == "without" or archived(*made["one"], profile, extra)]
        for part in parts:
            # The archive is a matter of the start; the other parts are measured as installed.
            for kind in kinds if part in ("start", "cold") else kinds[:1]:
                plan.append((part, profile, kind, a.runs if part in ("start", "cold") else few))
    measures = {"start": start, "cold": cold, "idle": lambda c: idle(c, a.idle),
                "streams": lambda c: streams(c, a.streams, a.interval)}
    try:
        for turn in range(a.runs):                       # in turn, so that a busy minute of the machine meets all
            for part, profile, kind, n in plan:
                if turn >= n:
                    continue
                archive = "" if kind == "with" else "off"

                def one(measure, which="one"):
                    corral = Corral(*made[which], profile, archive, extra)
                    try:
                        return measure(corral)
                    finally:
                        corral.stop()
                if part == "keys":
                    few_keys, lots = one(start), one(start, "many")
                    got = {"more_mb": round(lots["rss_mb"] - few_keys["rss_mb"], 1), "first_ms": lots["first_ms"]}
                else:
                    got = one(measures[part])
                rows.append(dict(part=part, profile=profile, archive=kind, turn=turn, **got))
                out.write(json.dumps(rows[-1]) + "\n")
                out.flush()
                print(json.dumps(rows[-1]), flush=True)
    finally:
        os.kill(upstream, signal.SIGTERM)
        os.waitpid(upstream, 0)
    report(rows)


def bench_limit():
    """descriptors for the loads, and for the Corrals that inherit the limit"""
    import resource
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def report(rows):
    print("\n| what | profile | archive | n | figures: median (lowest-highest) |\n|---|---|---|---|---|")
    for kind in dict.fromkeys((r["part"], r["profile"], r["archive"]) for r in rows):
        mine = [r for r in rows if (r["part"], r["profile"], r["archive"]) == kind]
        figures = [k for k in mine[0] if k not in ("part", "profile", "archive", "turn")]
        cells = [f"{k} {statistics.median(v := [r[k] for r in mine]):g} ({min(v):g}-{max(v):g})" for k in figures]
        print(f"| {' | '.join(kind)} | {len(mine)} | {', '.join(cells)} |")


if __name__ == "__main__":
    sys.exit(main())

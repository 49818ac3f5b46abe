#!/usr/bin/env python3
"""One key with a hundred requests at once, nine keys with one at a time each: who waits how long, who gets how much.

  fairness.py [--parallel 4,1] [--hog 100] [--others 9] [--seconds 20] [--write docs/fairness.md]

Starts an upstream of its own on loopback that works on a fixed number of requests at a time, each at a fixed rate, and
keeps the rest in the order in which they came, as Ollama does; and Corral from its jar with as many places. Everybody
asks again as soon as the answer is there. The same without Corral is the comparison. A latency is that of a whole answer;
solo is that of one key while nobody else asks, by the same way. Exit status 1 on any answer that was not whole.
"""
import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

import anchors
from crowd import stop

UPSTREAM = anchors.BASE + 60
CORRAL = anchors.BASE + 61
LONGER = 3                          # times as long as the others': the one key's answers, the second time
CONFIG = """listen: 127.0.0.1:{port}
admin: {{listen: "off"}}
upstream: {{url: "http://127.0.0.1:{up}", parallel: {parallel}}}
queue: {{waiting: 1000, waiting-per-key: 500}}
state-dir: {state}
log: {{level: warn}}
"""


async def upstream(port, parallel, interval):
    """Ollama as far as this needs it: a semaphore wakes in the order of coming"""
    places = asyncio.Semaphore(parallel)

    async def head(reader):
        first = (await reader.readline()).split()
        length = 0
        while (line := await reader.readline()).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return first[1] if first else None, await reader.readexactly(length)

    def chunk(value):
        data = json.dumps(value).encode() + b"\n"
        return b"%x\r\n%s\r\n" % (len(data), data)

    async def answer(body, writer):
        count = json.loads(body)["options"]["num_predict"]
        async with places:
            begun = time.monotonic_ns()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
            for i in range(count):
                await asyncio.sleep(begun / 1e9 + (i + 1) * interval - time.monotonic())
                writer.write(chunk(dict(model="fake", message=dict(role="assistant", content="x"), done=False)))
            took = time.monotonic_ns() - begun
            writer.write(chunk(dict(model="fake", message=dict(role="assistant", content=""), done=True, done_reason="stop",
                                    prompt_eval_count=10, eval_count=count, eval_duration=took, total_duration=took)))
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def serve(reader, writer):
        try:
            while True:
                path, body = await head(reader)
                if path is None:
                    break
                if path == b"/api/chat":
                    answering = asyncio.create_task(answer(body, writer))
                    leaving = asyncio.create_task(reader.read(1))
                    await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
                    leaving.cancel()
                    await asyncio.wait((leaving,))
                    if not answering.done():
                        answering.cancel()
                        break
                    answering.result()
                else:
                    listing = b'{"models":[]}'
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                                 % (len(listing), listing))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    await (await asyncio.start_server(serve, "127.0.0.1", port)).serve_forever()


class Client:
    """asks again and again on a connection of its own"""
    bad = []

    def __init__(self, port, key, name, tokens, book):
        self.port, self.name, self.tokens, self.book = port, name, tokens, book
        body = json.dumps(dict(model="fake", messages=[dict(role="user", content="Why?")], options=dict(num_predict=tokens)))
        self.request = (f"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
                        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()

    async def ask(self):
        self.writer.write(self.request)
        status = await self.reader.readline()
        while (await self.reader.readline()).strip():
            pass
        last = b""
        while size := int(await self.reader.readline(), 16):
            last = (last + await self.reader.readexactly(size))[-4096:]
            await self.reader.readline()
        await self.reader.readline()
        if b" 200 " not in status or json.loads(last.splitlines()[-1]).get("eval_count") != self.tokens:
            raise ValueError(f"{self.name}: {status!r} {last!r}")

    async def run(self, until):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while time.monotonic() < until:
                begun = time.monotonic()
                await self.ask()
                self.book.append((self.name, time.monotonic(), time.monotonic() - begun, self.tokens))
        except (ValueError, ConnectionError, asyncio.IncompleteReadError) as e:
            self.bad.append(repr(e))
        finally:
            self.writer.close()


async def load(port, clients, warm, seconds):
    """(name, end, latency, tokens) of everything that ended after the warm-up, in seconds; clients: (key, name, tokens)"""
    book, begun = [], time.monotonic()
    tasks = [asyncio.create_task(Client(port, key, name, tokens, book).run(begun + warm + seconds))
             for key, name, tokens in clients]
    await asyncio.wait(tasks, timeout=warm + seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if Client.bad:
        raise SystemExit("\n".join(Client.bad[:10]))
    return [entry for entry in book if entry[1] >= begun + warm]


def row(way, parallel, hog_tokens, solo, book, others):
    waits = sorted(latency for name, _, latency, _ in book if name != "hog")
    per_key = {}
    for name, _, _, tokens in book:
        per_key[name] = per_key.get(name, 0) + tokens
    total = sum(per_key.values())
    small = [per_key.get(f"other-{i}", 0) for i in range(others)]
    median = statistics.median(waits)
    p95 = waits[min(len(waits) - 1, int(len(waits) * .95))]
    return (f"| {way} | {parallel} | {hog_tokens} | {solo * 1000:.0f} | {median * 1000:.0f} ({median / solo:.1f}×) | "
            f"{p95 * 1000:.0f} ({p95 / solo:.1f}×) | {waits[-1] * 1000:.0f} ({waits[-1] / solo:.1f}×) | "
            f"{per_key.get('hog', 0) / total:.1%} | {min(small) / total:.1%} to {max(small) / total:.1%} |")


def measure(a, way, port, keys, parallel, hog_tokens):
    solo = asyncio.run(load(port, [(keys["other-0"], "other-0", a.tokens)], 5, 5))
    solo = statistics.median(latency for _, _, latency, _ in solo)
    clients = [(keys["hog"], "hog", hog_tokens)] * a.hog
    clients += [(keys[f"other-{i}"], f"other-{i}", a.tokens) for i in range(a.others)]
    # As long as everybody waits in the order of coming.
    whole = (a.hog * hog_tokens + a.others * a.tokens) * a.interval / 1000 / parallel
    line = row(way, parallel, hog_tokens, solo, asyncio.run(load(port, clients, max(5, whole), max(a.seconds, 1.5 * whole))), a.others)
    print(line, flush=True)
    return line


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--parallel", default="4,1")
    ap.add_argument("--hog", type=int, default=100, help="requests of the one key at once")
    ap.add_argument("--others", type=int, default=9, help="keys with one request at a time")
    ap.add_argument("--tokens", type=int, default=20, help="of an answer")
    ap.add_argument("--interval", type=float, default=10, help="milliseconds a token")
    ap.add_argument("--seconds", type=float, default=20, help="at least; as many more as it takes")
    ap.add_argument("--write", help="a file for the table, with what it means")
    ap.add_argument("--upstream", help=argparse.SUPPRESS)
    a = ap.parse_args()
    if a.upstream:
        asyncio.run(upstream(UPSTREAM, int(a.upstream), a.interval / 1000))
        return 0
    anchors.RUN.mkdir(exist_ok=True)
    anchors.LOGS.mkdir(parents=True, exist_ok=True)
    program = str(anchors.HERE.parent / "corral")
    names = ["hog"] + [f"other-{i}" for i in range(a.others)]
    lines = []
    for parallel in map(int, a.parallel.split(",")):
        running = []
        try:
            running.append(anchors.start("fairness-upstream", UPSTREAM, [sys.executable, os.path.abspath(__file__), "--upstream",
                                         str(parallel), "--interval", str(a.interval)]))
            state = anchors.RUN / "fairness-state"
            shutil.rmtree(state, ignore_errors=True)
            conf = anchors.RUN / "fairness.yaml"
            conf.write_text(CONFIG.format(port=CORRAL, up=UPSTREAM, parallel=parallel, state=state))
            keys = {name: anchors.mint([program, "keys", "create", name, "--config", str(conf)]) for name in names}
            running.append(anchors.start("fairness-corral", CORRAL, [program, "serve", "--config", str(conf)], wait=60))
            for hog_tokens in (a.tokens, LONGER * a.tokens):
                lines.append(measure(a, "upstream alone", UPSTREAM, keys, parallel, hog_tokens))
                lines.append(measure(a, "Corral", CORRAL, keys, parallel, hog_tokens))
        finally:
            for pid in reversed(running):
                stop(pid)
    if a.write:
        write(a, lines)
    return 0


def write(a, lines):
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=anchors.HERE).stdout
    text = (anchors.HERE / "fairness.md.in").read_text()
    values = dict(HOG=a.hog, OTHERS=a.others, ALL=a.others + 1, TOKENS=a.tokens, INTERVAL=f"{a.interval:g}", SECONDS=f"{a.seconds:g}",
                  TABLE="\n".join(lines), REVISION=revision.strip(), CPUS=os.cpu_count(), SYSTEM=platform.system(),
                  SERVICE=f"{a.tokens * a.interval:g}")
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    with open(a.write, "w", encoding="utf-8") as out:
        out.write(text)


if __name__ == "__main__":
    sys.exit(main())

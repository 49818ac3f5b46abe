#!/usr/bin/env python3
"""Many slow streams and many idle keep-alive connections at once through Corral; memory per stream and per connection.

  crowd.py [--streams 10000] [--idle 10000] [--proxies N] [--tokens 20] [--interval 2] [--java-options '-Xmx256m']

Starts fakellama and N Corral processes on loopback, warms them, opens the idle connections, then the streams, and reads
the resident memory at each step. A stream costs a proxy two descriptors, an idle connection one; N is the least number of
processes that the descriptor limit of this machine allows, unless it is given. Ends with one line of JSON; exit status 1
on any error: a stream that failed or lost a token, an idle connection that did not stay open, anything left behind.
"""
import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
import urllib.request

import anchors
import bench

RUN = anchors.RUN
PORTS = anchors.BASE + 20           # proxy i listens on PORTS + i, its admin listener 100 above
SPARE = 400                         # descriptors of a proxy that are not streams or idle connections


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port + 100}/metrics", timeout=10) as r:
        return {m[1]: float(m[2]) for m in re.finditer(r"^(\w+(?:\{[^}]*\})?) (\S+)$", r.read().decode(), re.M)}


def limit():
    """raises the descriptor limit as far as it goes"""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def loader(*args):
    return subprocess.Popen([bench.LOADER, *map(str, args)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


def until(what, seconds, probe):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if probe():
            return True
        time.sleep(.1)
    print(f"not within {seconds} s: {what}", file=sys.stderr)
    return False


def memory(pids):
    return sum(bench.rss(p) for p in pids)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--streams", type=int, default=10000)
    ap.add_argument("--idle", type=int, default=10000)
    ap.add_argument("--proxies", type=int)
    ap.add_argument("--tokens", type=int, default=20)
    ap.add_argument("--interval", type=float, default=2, help="seconds between the tokens of a stream")
    ap.add_argument("--ramp", type=float, default=15, help="seconds over which the streams start")
    ap.add_argument("--java-options", default="")
    a = ap.parse_args()
    files = limit()
    n = a.proxies or -(-(2 * a.streams + a.idle) // (files - SPARE))
    streams, idle = a.streams // n, a.idle // n
    print(f"{files} descriptors a process: {n} Corral process(es), each {streams} streams and {idle} idle connections", flush=True)

    RUN.mkdir(exist_ok=True)
    anchors.LOGS.mkdir(parents=True, exist_ok=True)
    errors, running = [], []
    upstream = anchors.start("fakellama", anchors.BASE, [str(RUN / "fakellama"), "-p", str(anchors.BASE)])
    running.append(upstream)
    proxies, keys = [], []
    try:
        template = (anchors.HERE / "anchors" / "corral.yaml.in").read_text().replace("@WORKERS@", "0")
        program = str(anchors.HERE.parent / "corral")
        for i in range(n):
            conf = RUN / f"crowd-{i}.yaml"
            conf.write_text(anchors.fill(template, PORTS + i))
            keys.append(anchors.mint([program, "keys", "create", f"crowd-{time.time_ns()}", "--config", str(conf)]))
            env = {"CORRAL_JAVA_OPTS": a.java_options} if a.java_options else {}
            proxies.append(anchors.start(f"crowd-{i}", PORTS + i, [program, "serve", "--config", str(conf)], env, wait=40))
        running += proxies
        fresh = memory(proxies)
        for i in range(n):                                    # JIT, pools, heap
            to = f"127.0.0.1:{PORTS + i}"
            for args in (["req", "--conns", 32, "--secs", 4, "--api", "chat", "--nostream", "--body", 1024],
                         ["stream", "--conns", 500, "--model", "fake:t=40,i=50ms", "--body", 1024, "--ramp", 500]):
                loader(*args, "--key", keys[i], to).communicate()
        time.sleep(1)
        warm, began = memory(proxies), time.monotonic()
        cpu0 = [bench.cpu(p) for p in proxies]

        hold, model = a.ramp + 40 + a.tokens * a.interval, f"fake:t={a.tokens},i={a.interval * 1000:.0f}ms"
        idlers = [loader("idle", "--conns", idle, "--secs", hold, "--key", keys[i], f"127.0.0.1:{PORTS + i}") for i in range(n)] if idle else []
        ready = sum(int(p.stdout.readline().split()[1]) for p in idlers)
        if ready != idle * n:
            errors.append(f"{ready} of {idle * n} idle connections opened")
        time.sleep(1)
        with_idle = memory(proxies)
        print(f"{ready} idle connections open after {time.monotonic() - began:.0f} s: {with_idle / 1e6:.0f} MB", flush=True)

        loads = [loader("stream", "--conns", streams, "--model", model, "--body", 1024,
                        "--ramp", int(a.ramp * 1000), "--timeout", hold, "--key", keys[i], f"127.0.0.1:{PORTS + i}") for i in range(n)]
        if not until("all streams at once", a.ramp + 20, lambda: bench.stats(anchors.BASE)["active"] == streams * n):
            errors.append(f"{bench.stats(anchors.BASE)['active']} of {streams * n} streams at once")
        most = 0
        at_once = bench.stats(anchors.BASE)["active"]
        seen = [scrape(PORTS + i) for i in range(n)]
        while any(p.poll() is None for p in loads):
            most = max(most, memory(proxies))
            time.sleep(.5)
        results = [json.loads(p.communicate()[0].splitlines()[-1]) for p in loads]
        cpu = sum(bench.cpu_diff(c, bench.cpu(p)) for c, p in zip(cpu0, proxies))
        tokens = sum(r["tokens"] for r in results)
        for r in results:
            for bad in ("streams_bad", "unfinished", "lost", "disorder", "neterr", "other"):
                if r.get(bad):
                    errors.append(f"{bad} {r[bad]}")
        if tokens != streams * n * a.tokens:
            errors.append(f"{tokens} of {streams * n * a.tokens} tokens")
        still = sum(json.loads(p.communicate()[0].splitlines()[-1])["open"] for p in idlers)
        if still != idle * n:
            errors.append(f"{still} of {idle * n} idle connections still open at the end")

        def left():
            now = [scrape(PORTS + i) for i in range(n)]
            return sum(x["corral_in_flight_requests"] + x["corral_client_connections"] + x["corral_buffered_body_bytes"] for x in now)
        if not until("nothing left", 20, lambda: left() == 0):
            errors.append(f"{left()} requests, connections and bytes left behind")
        for i in range(n):
            if b"LEAK" in (anchors.LOGS / f"crowd-{i}.err").read_bytes() + (anchors.LOGS / f"crowd-{i}.out").read_bytes():
                errors.append("a leaked buffer was reported")
        out = dict(proxies=n, descriptors=files, streams=streams * n, idle=idle * n, at_once=at_once,
                   client_connections=sum(x["corral_client_connections"] for x in seen),
                   fresh_mb=round(fresh / 1e6, 1), warm_mb=round(warm / 1e6, 1), idle_mb=round(with_idle / 1e6, 1),
                   streams_mb=round(most / 1e6, 1), after_mb=round(memory(proxies) / 1e6, 1),
                   kb_per_idle=round((with_idle - warm) / max(1, idle * n) / 1024, 2),
                   kb_per_stream=round((most - with_idle) / max(1, streams * n) / 1024, 2),
                   tokens=tokens, cpu_s=round(cpu, 2), cpu_us_per_token=round(cpu / max(1, tokens) * 1e6, 1),
                   added_p50_us=max(r["added_us"]["p50"] for r in results),
                   added_p99_us=max(r["added_us"]["p99"] for r in results), errors=errors)
        print(json.dumps(out))
    finally:
        for pid in reversed(running):
            stop(pid)
    return 1 if errors else 0


def stop(pid):
    for sig in (15, 9):
        for p in anchors.tree(pid):
            try:
                os.kill(p, sig)
            except ProcessLookupError:
                pass
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                if os.waitpid(pid, os.WNOHANG)[0]:
                    return
            except ChildProcessError:
                return
            time.sleep(.1)


if __name__ == "__main__":
    sys.exit(main())

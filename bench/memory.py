"""Memory over the number of connections: each target started anew, warmed, then idle connections or slow streams in steps."""
import subprocess
import time

import anchors
import sampling
from procfs import rss, stats
from workloads import LOADER, W, can, loader_args

IDLE, STREAMS = [500, 1000, 2000, 3500, 5000], [250, 500, 1000, 1500, 2000]
HOLD = 120                          # seconds; the loaders are ended when the last step has been read


def _load(t, kind, n, hold):
    """a client that opens n more connections and keeps them"""
    key = ["--key", t.get("key") or anchors.KEY]
    if kind == "idle":
        args = ["idle", "--conns", n, "--secs", hold, "--path", "/api/version"]
    else:
        args = ["stream", "--conns", n, "--api", t["api"], "--model", f"fake:t={hold},i=1000ms", "--body", 1024, "--ramp", 800,
                "--timeout", hold + 20]
    for h in t.get("headers", []):
        key += ["--header", h]
    return subprocess.Popen(sampling.pinned([LOADER, *map(str, args), *key, f"127.0.0.1:{t['port']}"]), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def curve(t, up, kind, steps):
    """[[connections, resident bytes], ...], the first without any"""
    subprocess.run(sampling.pinned(loader_args("chat1k", t, up)), stdout=subprocess.DEVNULL, check=False)
    time.sleep(.6)
    points, loads, now = [[0, rss(t["pid"])]], [], 0
    try:
        for n in steps:
            loads.append(_load(t, kind, n - now, HOLD))
            now = n
            if kind == "idle":
                ready = loads[-1].stdout.readline().split()
                if ready[:1] != ["READY"]:
                    raise RuntimeError(f"no {n} idle connections")
            else:
                end = time.monotonic() + 15
                while stats(up["port"])["active"] < n:
                    if time.monotonic() > end:
                        raise RuntimeError(f"{stats(up['port'])['active']} of {n} streams at once")
                    time.sleep(.1)
            time.sleep(.8)
            points.append([n, rss(t["pid"])])
    finally:
        for p in loads:
            p.kill()
        for p in loads:
            p.communicate()
    return points


def measure(names, count, emit):
    """for each target and round: {"kind": "memory", "t", "what", "round", "points"}, or what went wrong as "fail" """
    for rnd in range(count):
        for name in names:
            for kind, w, steps in (("idle", "idle", IDLE), ("streams", "s2000", STREAMS)):
                anchors.down([name], quiet=True)
                if anchors.up([name], quiet=True):
                    continue
                targets, up = sampling.get_targets()
                if not can(w, targets[name]):
                    continue
                r = dict(kind="memory", t=name, what=kind, round=rnd, unit=W[w][1])
                try:
                    r["points"] = curve(targets[name], up, kind, steps)
                except RuntimeError as e:
                    r = dict(kind="failed", t=name, what=f"memory, {kind}", fail=str(e))
                sampling.settle(up)
                emit(r)


def line(r):
    if "fail" in r:
        return f"   memory {r['t']:12} failed: {r['fail']}"
    return f"   memory {r['t']:12} {r['what']:8} " + ", ".join(f"{n}: {b / 1e6:.1f} MB" for n, b in r["points"])

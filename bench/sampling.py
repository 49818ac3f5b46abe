"""One workload on one target, rounds of them in turn, and the warming of JVMs before."""
import json
import os
import re
import signal
import subprocess
import time

import anchors
from procfs import cpu, cpu_diff, machine, rss, stats
from workloads import W, can, loader_args

# A workload is warm when a pass costs no less than the best before it by this share; not before the third, not after the eighth.
SETTLED, LEAST, PASSES = 0.04, 3, 8
# What a pass has few of needs more passes, 40 at most: Java compiles what ran some thousands of times, however long that took.
ENOUGH, MOST = {"handshake": 10_000}, 40


def pinned(cmd):
    """the client shares a CPU with the upstream, as the targets have one for themselves"""
    return (["taskset", "-c", "0"] if anchors.PIN else []) + cmd


def settle(up):
    """waits for the streams to end; those that get nowhere (leaked by a proxy) are not waited for"""
    last, since = -1, time.time()
    while True:
        s = stats(up["port"])
        if s["active"] == 0:
            return s
        if s["tokens"] != last:
            last, since = s["tokens"], time.time()
        if time.time() - since > .3:
            return s
        time.sleep(.05)


def sample(w, name, t, up):
    """one run of a workload on a target, as a record of results.jsonl"""
    cmd = pinned(loader_args(w, t, up))
    settle(up)
    s0, c0, u0, m0, r0 = stats(up["port"]), cpu(t["pid"]), cpu(up["pid"]), machine(), rss(t["pid"])
    k0 = os.times()
    t0 = time.time()
    p = subprocess.Popen(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak, ready_rss, open_now = r0, None, 0
    try:
        if w == "idle":
            line = p.stdout.readline()
            time.sleep(.5)
            ready_rss = rss(t["pid"])
            open_now = int(line.split()[1]) if line.startswith("READY") else 0
        while p.poll() is None:
            if W[w][1] == "token":
                peak = max(peak, rss(t["pid"]))
            time.sleep(.5 if w == "abort" else .2)
            if time.time() - t0 > 120:
                p.kill()
        out, err = p.communicate()
    finally:
        p.kill()
    wall = time.time() - t0
    k1, c1, u1, m1 = os.times(), cpu(t["pid"]), cpu(up["pid"]), machine()
    try:
        o = json.loads(out.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return dict(w=w, t=name, fail=(err or out)[-300:])
    s1 = settle(up)
    client = (k1.children_user + k1.children_system) - (k0.children_user + k0.children_system)
    tc, uc = cpu_diff(c0, c1), cpu_diff(u0, u1)
    r = dict(w=w, t=name, wall=round(wall, 3), cpu=tc, up_cpu=uc, client_cpu=round(client, 3),
             others=round(m1[0] - m0[0] - (0 if t is up else tc) - uc - client, 3),
             steal=round(m1[1] - m0[1], 3), rss0=r0, peak=peak, o=o, up_active_left=s1["active"])
    unit = W[w][1]
    # the loader's counts leave out its warm-up; CPU is for all: scale by the upstream's own count
    if unit in ("request", "handshake"):        # one request each
        n = s1["requests"] - s0["requests"]
    elif unit == "token":
        n = o["tokens"]
    elif unit == "reject":
        n = (o["ok"] + o["other"]) * (o["secs"] + float(re.search(r"--warm (\S+)", W[w][2])[1])) / o["secs"]
        r["leaked"] = s1["requests"] - s0["requests"]
    else:
        n = o.get("ok") or o.get("aborts") or 1
    r["n"] = n
    if n:
        r["cpu_us"] = tc / n * 1e6
        r["up_us"] = uc / n * 1e6
        r["client_us"] = client / n * 1e6
    if w == "idle":
        r["idle_rss"], r["open"] = ready_rss, open_now
    return r


def get_targets(targets=None, extra=()):
    """(targets by name, the upstream): those that anchors.py started and `extra` ones, NAME=HOST:PORT,pid=N,..."""
    t = {k: v for k, v in anchors.load().items() if anchors.same(v)}
    for spec in extra or []:
        name, rest = spec.split("=", 1)
        f = rest.split(",")
        host, port = f[0].rsplit(":", 1)
        if not host.startswith("127.") and host != "localhost":
            raise SystemExit("loopback targets only")
        d = dict(host="127.0.0.1" if host == "localhost" else host, port=int(port), api="chat", auth=True, tags=True)
        for kv in f[1:]:
            k, v = kv.split("=", 1)
            d[k] = int(v) if k in ("pid", "cpu", "reject") else v
        if "pid" not in d:
            d["pid"] = anchors.listener(d["port"])
        if "cpu" in d:
            subprocess.run(["taskset", "-acp", str(d["cpu"]), str(d["pid"])], stdout=subprocess.DEVNULL)
        t[name] = d
    up = t["direct"]
    if targets:
        t = {k: t[k] for k in targets.split(",")}
    for k, v in t.items():                      # never load a stranger's port
        own = anchors.listener(v["port"])
        if own not in anchors.tree(v["pid"]):
            raise SystemExit(f"{k}: port {v['port']} is held by pid {own}, not by {v['pid']}")
    return t, up


def bad(r):
    """what went wrong in a sample: failed, wrong or lost answers, refusals that reached the upstream"""
    o = r.get("o", {})
    n = o.get("other", 0) + o.get("neterr", 0) + o.get("unfinished", 0) + r.get("leaked", 0) + (1 if "fail" in r else 0)
    return n + (o["streams_bad"] + o["lost"] if o.get("mode") == "stream" else 0) + (o["never"] + o["bad"] if o.get("mode") == "abort" else 0)


def line(r):
    """a sample in one line"""
    return (f"{r.get('round', ''):>2} {r['w']:8} {r['t']:12} {r.get('n', 0):9.0f} {W[r['w']][1]}s  cpu {r.get('cpu_us', -1):9.2f} us"
            f"  bad {bad(r)}  others {r.get('others', 0):.2f}s {r.get('fail', '')}")


def warm(targets, up, names, say=print):
    """runs the workloads on the JVMs among the targets until none costs less than the time before; the passes that it took"""
    for name, t in targets.items():
        if not t.get("jvm"):
            for w in ("chat1k", "s64"):         # pools
                sample(w, name, t, up)
    passes = {}
    for name, t in targets.items():
        if not t.get("jvm"):
            continue
        best, done = {}, {}
        left = [w for w in names if can(w, t) and W[w][1] in ("request", "handshake", "token", "reject")]
        for n in range(1, MOST + 1):
            passes[name], costs = n, []
            for w in list(left):
                r = sample(w, name, t, up)
                cost = r.get("cpu_us")
                costs.append(f"{w} {cost:.1f}" if cost else f"{w} failed")
                done[w] = done.get(w, 0) + r.get("n", 0)
                enough = done[w] >= ENOUGH.get(W[w][1], 0) or not cost
                if enough and (n >= PASSES or cost and n >= LEAST and cost > best.get(w, 0) * (1 - SETTLED)):
                    left.remove(w)
                if cost:
                    best[w] = min(cost, best.get(w, cost))
            say(f"warm-up {n} of {name}, CPU us: " + ", ".join(costs))
            if not left:
                break
    return passes


def rounds(targets, up, names, count, emit):
    """each workload on every target in turn, the order rotated from round to round; emit(record) for each sample"""
    order = list(targets)
    for rnd in range(count):
        for f in anchors.LOGS.glob("*.access.log"):
            os.truncate(f, 0)
        for w in names:
            for k in order:
                if can(w, targets[k]):
                    emit({**sample(w, k, targets[k], up), "round": rnd})
        order = order[1:] + order[:1]


def syscalls(targets, up, names, emit):
    """system calls and context switches per unit of work, counted by perf; emit(record) for each"""
    for k, t in targets.items():
        for w in names:
            if not can(w, t):
                continue
            pids = ",".join(map(str, anchors.tree(t["pid"])))
            perf = subprocess.Popen(["perf", "stat", "-x;", "-e", "raw_syscalls:sys_enter,context-switches", "-p", pids],
                                    stderr=subprocess.PIPE, text=True)
            try:
                time.sleep(.3)
                r = sample(w, k, t, up)
                perf.send_signal(signal.SIGINT)
                v = [x.split(";")[0] for x in perf.communicate(timeout=20)[1].splitlines() if ";" in x]
            finally:
                perf.kill()
            n = r.get("n")
            per = [float(x) / n if n and re.fullmatch(r"[\d.]+", x) else None for x in v[:2]] + [None, None]
            emit(dict(kind="syscalls", w=w, t=k, calls=per[0], switches=per[1], n=n))

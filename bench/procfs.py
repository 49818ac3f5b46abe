"""CPU time, memory and load, read from /proc over a process tree, and what the fake upstream counted."""
import json
import os
import urllib.request

from anchors import tree

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu(pid):
    """(ticks of the tree in s, {tid: ns}) """
    ticks, ns = 0, {}
    for p in tree(pid):
        try:
            f = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()
            ticks += int(f[11]) + int(f[12])
            for t in os.listdir(f"/proc/{p}/task"):
                ns[int(t)] = int(open(f"/proc/{p}/task/{t}/schedstat").read().split()[0])
        except OSError:
            pass
    return ticks / TICK, ns


def cpu_diff(a, b):
    exact, ticks = sum(v - a[1].get(t, 0) for t, v in b[1].items()) / 1e9, b[0] - a[0]
    # threads that ended, or lived only within the window, are missing in "exact"
    return exact if set(a[1]) <= set(b[1]) and ticks - exact < .05 else ticks


def rss(pid):
    n = 0
    for p in tree(pid):
        try:
            n += int(open(f"/proc/{p}/statm").read().split()[1]) * PAGE
        except OSError:
            pass
    return n


def machine():
    """(busy s, steal s) of the whole machine"""
    v = [int(x) for x in open("/proc/stat").readline().split()[1:9]]
    return (sum(v) - v[3] - v[4]) / TICK, v[7] / TICK


def stats(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/__stats", timeout=5) as r:
        return json.load(r)

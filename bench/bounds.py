"""What was measured, beside the bounds of bounds.json.

A bound is met when the median over the rounds is not above it. Fields: `workload`, `measure` (below), `against` (the target it
is compared with, in the same round), `bound`, `aim`, `unit`; for figures of startup.py, `workload` is "startup", and `part`,
`profile` and `archive` choose its records (run/startup.jsonl).

  cpu             CPU time per unit of work, as a ratio
  added_p99       99th percentile of the delay added to a token, as a ratio
  added_p50_more  its median, as a difference in µs
  told_p50 _p99   from a client's leaving to the upstream's knowing, µs
  never_told      aborts of which the upstream did not hear within 3 s, all rounds together
  syscalls        system calls per unit of work
"""
import json
import pathlib
import statistics

import tables
from workloads import W

FILE = pathlib.Path(__file__).resolve().parent / "bounds.json"
HOLDS, MISSED, UNKNOWN = "holds", "missed", "not measured"
TITLES = {"cpu": "CPU per {unit}", "added_p99": "added delay per token, p99", "added_p50_more": "added delay per token, p50",
          "told_p50": "upstream told after, p50", "told_p99": "upstream told after, p99", "never_told": "upstream never told",
          "syscalls": "system calls per {unit}"}
PARTS = {"start": {"rss_mb": "memory after 50 requests", "first_ms": "start to first proxied response"},
         "cold": {"p99_ms": "first 1,000 requests, p99"}, "idle": {"rss_mb": "memory, 5,000 idle connections"},
         "streams": {"rss_mb": "memory, 2,000 slow streams"}, "keys": {"more_mb": "memory of 100,000 keys"}}


def added(which):
    return lambda r: r["o"].get("added_us", {}).get(which)


def told(which):
    return lambda r: r["o"]["told_us"][which] if r["o"].get("told_us", {}).get("n") else None


def _values(b, s, rows, startup, target):
    """the figures of one bound, one for each round"""
    w, against, what = b["workload"], b.get("against"), b["measure"]
    if w == "startup":
        return [r[what] for r in startup if what in r and all(r.get(k) == b[k] for k in ("part", "profile", "archive") if k in b)]
    if what == "cpu":
        return s.within_rounds(w, target, against, tables.cpu_us)
    if what == "added_p99":
        return s.within_rounds(w, target, against, added("p99"))
    if what == "added_p50_more":
        return s.within_rounds(w, target, against, added("p50"), lambda a, b: a - b)
    if what in ("told_p50", "told_p99"):
        return list(s.values(w, target, told(what[5:])).values())
    if what == "never_told":
        counts = list(s.values(w, target, lambda r: r["o"]["never"]).values())
        return [sum(counts)] if counts else []
    if what == "syscalls":
        return [r["calls"] for r in rows if r.get("kind") == "syscalls" and r["w"] == w and r["t"] == target and r["calls"]]
    raise ValueError(f"{FILE.name}: measure {what!r} (expected: one of {', '.join(TITLES)})")


def title(b):
    if b["workload"] == "startup":
        archive = {"with": ", with the start-up archive", "without": ", without the start-up archive"}.get(b.get("archive"), "")
        return f"{PARTS[b['part']][b['measure']]} (profile {b['profile']}{archive})"
    return f"`{b['workload']}`: " + TITLES[b["measure"]].format(unit=W[b["workload"]][1])


def check(rows, startup=(), target="corral", file=FILE):
    """each bound with its figures: [{"title", "against", "bound", "aim", "unit", "values", "median", "verdict"}]"""
    s, out = tables.Samples(rows), []
    for b in json.loads(file.read_text()):
        values = _values(b, s, rows, startup, target)
        median = statistics.median(values) if values else None
        verdict = UNKNOWN if median is None else HOLDS if median <= b["bound"] else MISSED
        out.append({**b, "title": title(b), "values": values, "median": median, "verdict": verdict})
    return out


def amount(v, unit):
    if v is None:
        return ""
    return f"{v:g} ×" if unit == "×" else f"{v:g} {unit}"


def told_bound(c):
    """the bound as a reader is told it: ≤ 1.2 × nginx, ≤ nginx + 15 µs, ≤ 5 calls"""
    against = c.get("against")
    if c["measure"] == "added_p50_more":
        return f"≤ {against} + {amount(c['bound'], c['unit'])}"
    return f"≤ {amount(c['bound'], c['unit'])}" + (f" {against}" if against else "")


def markdown(checks, only_measured=False):
    shown = [c for c in checks if not only_measured or c["values"]]
    return tables.table(["what", "bound", "aim", "measured: median (lowest–highest)", "verdict"],
                        [[c["title"], told_bound(c), f"{c['aim']:g}" if "aim" in c else "", tables.mm(c["values"]),
                          f"**{c['verdict']}**" if c["verdict"] == MISSED else c["verdict"]] for c in shown])


def summary(checks):
    n = {v: sum(c["verdict"] == v for c in checks) for v in (HOLDS, MISSED, UNKNOWN)}
    return f"{n[HOLDS]} bounds hold, {n[MISSED]} missed, {n[UNKNOWN]} not measured"

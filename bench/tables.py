"""Samples as Markdown tables: medians, ranges, and ratios within the round."""
import os
import re
import statistics as st

from workloads import W

FIRST = ["direct", "nginx", "corral", "nginx-lua", "haproxy", "caddy"]


def fmt(v):
    a = abs(v)
    return f"{v:.0f}" if a >= 100 else f"{v:.1f}" if a >= 10 else f"{v:.2f}"


def mm(vals, scale=1.0):
    """the median (lowest-highest)"""
    vals = [v * scale for v in vals if v is not None]
    if not vals:
        return "–"
    m = st.median(vals)
    return fmt(m) if len(vals) == 1 else f"{fmt(m)} ({fmt(min(vals))}–{fmt(max(vals))})"


class Samples:
    """the records of results.jsonl that are samples, by workload and target"""

    def __init__(self, rows):
        mine = [r for r in rows if "w" in r and "kind" not in r]
        self.failed = [r for r in mine if "fail" in r]
        self.rows = [r for r in mine if "fail" not in r]
        seen = list(dict.fromkeys(r["t"] for r in self.rows))
        self.targets = [t for t in FIRST if t in seen] + [t for t in seen if t not in FIRST]
        self.workloads = [w for w in W if any(r["w"] == w for r in self.rows)]

    def get(self, w, t):
        return [r for r in self.rows if r["w"] == w and r["t"] == t]

    def values(self, w, t, read):
        """{round: read(sample)} where there is a value"""
        found = {r["round"]: read(r) for r in self.get(w, t)}
        return {k: v for k, v in found.items() if v is not None}

    def within_rounds(self, w, t, base, read, how=lambda a, b: a / b):
        """how a target compares with another, a value for each round in which both were measured"""
        mine, other = self.values(w, t, read), self.values(w, base, read)
        return [how(mine[k], other[k]) for k in mine if other.get(k)]


def cpu_us(r):
    return r.get("cpu_us")


def errors(rs):
    o = [r["o"] for r in rs]
    e = sum(x["other"] + x["neterr"] + x.get("streams_bad", 0) * (x["mode"] == "stream") for x in o)
    u = sum(x.get("unfinished", 0) for x in o)
    return f"{e}" + (f" +{u} unfinished" if u else "")


def table(head, rows):
    return "\n".join("| " + " | ".join(map(str, r)) + " |" for r in [head, ["---"] * len(head)] + rows) + "\n"


def costs(s, workloads=None):
    """CPU of the targets"""
    return table(["workload", "per"] + s.targets,
                 [[f"`{w}`", W[w][1]] + [mm([r.get("cpu_us") for r in s.get(w, t)]) for t in s.targets]
                  for w in workloads or s.workloads if W[w][1] in ("request", "token", "reject")])


def ratios(s, base, workloads=None):
    targets = [t for t in s.targets if t not in ("direct", base)]
    return table(["workload"] + targets,
                 [[f"`{w}`"] + [mm(s.within_rounds(w, t, base, cpu_us)) for t in targets]
                  for w in workloads or s.workloads if W[w][1] in ("request", "token", "reject")])


def details(s, w):
    """everything that the client measured in one workload"""
    unit, rows = W[w][1], []
    for t in s.targets:
        g = s.get(w, t)
        o = [r["o"] for r in g]
        if not g:
            continue
        if unit in ("request", "reject"):
            head = ["target", f"{unit}s/s", "p50 µs", "p99 µs", f"CPU µs/{unit}", "upstream+client µs", "errors"]
            row = [mm([x["rps"] for x in o]), mm([x["lat_us"]["p50"] for x in o]), mm([x["lat_us"]["p99"] for x in o]),
                   mm([r.get("cpu_us") for r in g]), mm([r["up_us"] + r["client_us"] for r in g if "up_us" in r]), errors(g)]
        elif unit == "token":
            n = int(re.search(r"--conns (\d+)", W[w][2])[1])
            head = ["target", "tokens/s", "added p50 µs", "added p99 µs", "TTFT p50 ms", "TTFT p99 ms", "CPU µs/token",
                    "frames/read", "lost", "RSS MB peak", "KB/stream", "errors"]
            row = [mm([x["tok_s"] for x in o]), mm([x["added_us"]["p50"] for x in o]), mm([x["added_us"]["p99"] for x in o]),
                   mm([x["ttft_us"]["p50"] for x in o], 1e-3), mm([x["ttft_us"]["p99"] for x in o], 1e-3),
                   mm([r.get("cpu_us") for r in g]), mm([x["frames_per_read"] for x in o]), sum(x["lost"] for x in o),
                   mm([r["peak"] for r in g], 1e-6), mm([(r["peak"] - r["rss0"]) / n for r in g], 1e-3), errors(g)]
        elif unit == "connection":
            first = [r for r in g if r["round"] == min(x["round"] for x in g)]
            head = ["target", "open at READY", "RSS MB before", "RSS MB holding", "KB/connection (first round)"]
            row = [mm([r["open"] for r in g]), mm([r["rss0"] for r in g], 1e-6), mm([r["idle_rss"] for r in g], 1e-6),
                   mm([(r["idle_rss"] - r["rss0"]) / 5000 for r in first], 1e-3)]
        else:
            told = [x["told_us"] for x in o if x["told_us"]["n"]]
            head = ["target", "told p50 µs", "p99 µs", "max µs", "never told (3 s)", "no stream"]
            row = [mm([x["p50"] for x in told]), mm([x["p99"] for x in told]), mm([x["max"] for x in told]),
                   f"{sum(x['never'] for x in o)} of {sum(x['aborts'] for x in o)}", sum(x["bad"] for x in o)]
        rows.append([t] + row)
    return table(head, rows)


def delays(s):
    """what streams and aborts wait for, in µs, a row for each figure; lost tokens and aborts of which nobody heard, where there are any"""
    rows = []
    for w in s.workloads:
        figures = {"token": ("added_us", "added delay"), "abort": ("told_us", "upstream told after")}.get(W[w][1])
        if not figures:
            continue
        for q in ("p50", "p99"):
            rows.append([f"`{w}`", f"{figures[1]}, {q}"] + [
                mm([r["o"][figures[0]][q] for r in s.get(w, t) if r["o"][figures[0]].get("n", 1)]) for t in s.targets])
        gone = [sum(r["o"].get("lost" if W[w][1] == "token" else "never", 0) for r in s.get(w, t)) for t in s.targets]
        if any(gone):
            rows.append([f"`{w}`", "lost" if W[w][1] == "token" else "never told", *gone])
    return table(["workload", "µs"] + s.targets, rows)


def others(s):
    """CPU that was neither the target's, the upstream's nor the client's, as a share of the machine: median (lowest-highest)"""
    return mm([max(0, 100 * r["others"] / r["wall"] / os.cpu_count()) for r in s.rows]) + " %"


def noise(s):
    rows = []
    for w in s.workloads:
        rs = [r for r in s.rows if r["w"] == w]
        costs = [[r["cpu_us"] for r in s.get(w, t) if r.get("cpu_us")] for t in s.targets]
        spread = [max(v) / min(v) for v in costs if len(v) > 1]
        rows.append([f"`{w}`", mm([100 * r["others"] / r["wall"] / os.cpu_count() for r in rs]) + " %",
                     f"{sum(r['steal'] for r in rs):.2f}", fmt(st.median(spread)) if spread else "–"])
    return table(["workload", "others' share of the machine", "steal s, sum", "spread of CPU (max/min), median over targets"], rows)


def report(rows, base="nginx"):
    """every table of these records, as one text"""
    s = Samples(rows)
    out = ["### CPU of the target, median microseconds (lowest–highest)", costs(s),
           f"### Ratio of CPU to {base} (median over rounds of the ratio within the round)", ratios(s, base)]
    for w in s.workloads:
        out += [f"### {w}: {W[w][0]}", details(s, w)]
    out += ["### Noise", noise(s)]
    out += [f"failed: round {r.get('round')} {r['w']} {r['t']}: {r['fail']}" for r in s.failed]
    return "\n\n".join(out)


def syscalls(rows):
    mine = [r for r in rows if r.get("kind") == "syscalls"]
    names = [w for w in W if any(r["w"] == w for r in mine)]
    return table(["target"] + [f"{w}: {what}/{W[w][1]}" for w in names for what in ("calls", "switches")],
                 [[t] + [mm([r[k] for r in mine if r["t"] == t and r["w"] == w]) for w in names for k in ("calls", "switches")]
                  for t in dict.fromkeys(r["t"] for r in mine)])


def memory(rows):
    """what targets weigh, new, and with the most connections and streams of the curve"""
    out = []
    mine = [r for r in rows if r.get("kind") == "memory"]
    for t in dict.fromkeys(r["t"] for r in mine):
        cells = [t]
        for what in ("idle", "streams"):
            points = [r["points"] for r in mine if r["t"] == t and r["what"] == what]
            most = [p[-1][0] for p in points]
            cells += [mm([p[0][1] / 1e6 for p in points]), mm([p[-1][1] / 1e6 for p in points]), max(most, default="–"),
                      mm([(p[-1][1] - p[0][1]) / p[-1][0] / 1024 for p in points if p[-1][0]])]
        out.append(cells)
    return table(["target", "warm MB", "idle MB", "connections", "KiB each", "warm MB", "streams MB", "streams", "KiB each"], out)

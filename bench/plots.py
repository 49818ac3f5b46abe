"""A small writer of SVG, and the three pictures of a report: CPU, added delay, memory over connections.

Pictures bring their own background and follow the reader's light or dark setting. Targets are told apart by their place
and name, never by colour alone.
"""
import math
import statistics
from html import escape

import bounds
import tables
from workloads import W

FONT = 13
STYLE = """
svg { font: 13px system-ui, "DejaVu Sans", sans-serif; }
.paper { fill: #ffffff; } .t { fill: #1f2328; } .dim { fill: #59636e; } .title { font-size: 17px; font-weight: 600; }
.panel { font-weight: 600; } .grid { stroke: #d9dee3; } .axis { stroke: #818b98; }
.f-corral { fill: #0969da; } .s-corral { stroke: #0969da; } .f-nginx { fill: #4d7c3a; } .s-nginx { stroke: #4d7c3a; }
.f-nginx-lua { fill: #84a957; } .s-nginx-lua { stroke: #84a957; } .f-haproxy { fill: #b8791f; } .s-haproxy { stroke: #b8791f; }
.f-caddy { fill: #a2559c; } .s-caddy { stroke: #a2559c; } .f-other { fill: #818b98; } .s-other { stroke: #818b98; }
.whisker { stroke: #1f2328; } .hollow { fill: #ffffff; stroke-width: 2; } .line { fill: none; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; } .t { fill: #e6edf3; } .dim { fill: #9198a1; } .grid { stroke: #2a313a; } .axis { stroke: #656c76; }
.f-corral { fill: #58a6ff; } .s-corral { stroke: #58a6ff; } .f-nginx { fill: #6ca553; } .s-nginx { stroke: #6ca553; }
.f-nginx-lua { fill: #a5cc78; } .s-nginx-lua { stroke: #a5cc78; } .f-haproxy { fill: #d9a04a; } .s-haproxy { stroke: #d9a04a; }
.f-caddy { fill: #cb82c5; } .s-caddy { stroke: #cb82c5; } .f-other { fill: #7d8590; } .s-other { stroke: #7d8590; }
.whisker { stroke: #e6edf3; } .hollow { fill: #0d1117; }
}
"""
KNOWN = {"corral", "nginx", "nginx-lua", "haproxy", "caddy"}


def colour(target):
    return target if target in KNOWN else "other"


class Svg:
    def __init__(self, width, height, title, about):
        self.w, self.h, self.title, self.parts = width, height, title, []
        self.text(20, 30, title, "t title")
        for i, part in enumerate(about):
            self.text(20, 51 + 18 * i, part, "dim")

    def text(self, x, y, words, css="t", anchor="start"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{escape(str(words))}</text>')

    def heading(self, x, y, name, about):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}"><tspan class="t panel">{escape(name)}</tspan>'
                          f'<tspan class="dim" dx="8">{escape(about)}</tspan></text>')

    def rect(self, x, y, w, h, css):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0.5):.1f}" height="{h:.1f}" rx="1.5" class="{css}"/>')

    def line(self, x1, y1, x2, y2, css, width=1.0):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}" stroke-width="{width}"/>')

    def dot(self, x, y, css, r=4.5):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" class="{css}"/>')

    def path(self, points, css):
        self.parts.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" class="line {css}"/>')

    def save(self, file):
        file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.w:.0f} {self.h:.0f}" width="{self.w:.0f}" '
                        f'height="{self.h:.0f}" role="img"><title>{escape(self.title)}</title><style>{STYLE}</style>'
                        f'<rect class="paper" width="100%" height="100%" rx="6"/>\n' + "\n".join(self.parts) + "\n</svg>\n")


def steps(top, count=4):
    """round numbers from 0 to beyond top"""
    raw = top / count
    size = 10 ** math.floor(math.log10(raw))
    step = next(m * size for m in (1, 2, 2.5, 5, 10) if m * size >= raw)
    return [i * step for i in range(math.ceil(top / step) + 1)]


def duration(us):
    """with the unit that makes it short"""
    for size, unit in ((1e6, "s"), (1e3, "ms")):
        if us >= size:
            return f"{us / size:.3g} {unit}"
    return f"{us:.3g} µs"


def spread(values):
    return min(values), statistics.median(values), max(values)


def cpu(s, file, about):
    """a panel for each workload: a bar for each target, its range as a whisker, its figure behind it"""
    names = [w for w in s.workloads if W[w][1] in ("request", "token", "reject")]
    panels = [(w, [(t, spread(v)) for t in s.targets if t != "direct" and (v := list(s.values(w, t, tables.cpu_us).values()))])
              for w in names]
    panels = [p for p in panels if p[1]]
    if not panels:
        return False
    columns, wide, row, top = 3, 330, 19, 86
    tall = 56 + row * max(len(p[1]) for p in panels)
    svg = Svg(20 + columns * (wide + 15), top + tall * math.ceil(len(panels) / columns) + 6, "CPU time of the proxy, µs per unit of work",
              ["Median of the rounds; the whisker is the lowest and the highest round. Each panel has its own scale, from 0.", about])
    for i, (w, bars) in enumerate(panels):
        x, y = 20 + i % columns * (wide + 15), top + i // columns * tall
        svg.heading(x, y + 12, w, f"µs per {W[w][1]}")
        left, room = x + 74, wide - 74 - 62
        unit = room / max(hi for _, (_, _, hi) in bars)
        for n, (t, (lo, mid, hi)) in enumerate(bars):
            at = y + 21 + n * row
            svg.text(left - 7, at + 12, t, "t" if t == "corral" else "dim", "end")
            svg.rect(left, at + 1.5, mid * unit, row - 5, f"f-{colour(t)}")
            middle = at + row / 2 - 1
            svg.line(left + lo * unit, middle, left + hi * unit, middle, "whisker", 1.4)
            for end in (lo, hi):
                svg.line(left + end * unit, middle - 3, left + end * unit, middle + 3, "whisker", 1.4)
            svg.text(left + max(mid, hi) * unit + 7, at + 12, tables.fmt(mid))
        svg.line(left, y + 20, left, y + 22 + row * len(bars), "axis")
    svg.save(file)
    return True


def delay(s, file, about):
    """a panel for each streaming workload: p50 and p99 of each target on one logarithmic scale"""
    panels = []
    for w in (w for w in s.workloads if W[w][1] == "token"):
        rows = []
        for t in s.targets:
            both = [list(s.values(w, t, bounds.added(q)).values()) for q in ("p50", "p99")]
            if both[0] and both[1]:
                rows.append((t, *map(statistics.median, both)))
        if rows:
            panels.append((w, rows))
    if not panels:
        return False
    row, left, room, top = 23, 130, 640, 100
    low = 10 ** math.floor(math.log10(max(1, min(p50 for _, rows in panels for _, p50, _ in rows))))
    high = 10 ** math.ceil(math.log10(max(p99 for _, rows in panels for _, _, p99 in rows)))
    height = top + sum(34 + row * len(rows) for _, rows in panels) + 58
    svg = Svg(left + room + 150, height, "Delay added to a token",
              ["From the upstream's send to the client's read; median of the rounds. ‘direct’ is no proxy: the floor of the method.", about])

    def at(v):
        return left + room * math.log(max(v, low) / low) / math.log(high / low)

    svg.dot(left + 6, 85, "f-other")
    svg.text(left + 16, 89, "median token (p50)", "dim")
    svg.dot(left + 172, 85, "hollow s-other")
    svg.text(left + 182, 89, "99th percentile (p99)", "dim")
    bottom, y = height - 44, top
    for decade in range(round(math.log10(low)), round(math.log10(high)) + 1):
        for m in (1, 2, 5):
            v = m * 10 ** decade
            if low <= v <= high:
                svg.line(at(v), top + 4, at(v), bottom, "grid", 1 if m == 1 else .6)
                if m == 1 or room / math.log10(high / low) > 300:
                    svg.text(at(v), bottom + 16, duration(v), "dim", "middle")
    svg.text(left + room + 14, top - 11, "p50 / p99", "dim")
    svg.text(left + room / 2, bottom + 36, "added delay per token (logarithmic)", "dim", "middle")
    for w, rows in panels:
        svg.heading(20, y + 20, w, W[w][0].replace(" x ", " × "))
        y += 28
        for t, p50, p99 in rows:
            c, middle = colour(t), y + row / 2
            svg.text(left - 12, middle + 4, t, "t" if t == "corral" else "dim", "end")
            svg.line(at(p50), middle, at(p99), middle, f"s-{c}", 2)
            svg.dot(at(p50), middle, f"f-{c}")
            svg.dot(at(p99), middle, f"hollow s-{c}")
            svg.text(left + room + 14, middle + 4, f"{duration(p50)} / {duration(p99)}")
            y += row
        y += 6
    svg.save(file)
    return True


def memory(rows, startup, file, about):
    """resident memory over idle connections and over streams; startup.py's figures as points"""
    panels, mine = [], [r for r in rows if r.get("kind") == "memory"]
    for what, label in (("idle", "idle keep-alive connections"), ("streams", "streams at once, a token a second each")):
        lines = {}
        for t in dict.fromkeys(r["t"] for r in mine if r["what"] == what):
            runs = [dict(r["points"]) for r in mine if r["t"] == t and r["what"] == what]
            xs = sorted(set.intersection(*(set(r) for r in runs)))
            lines[t] = [(x, statistics.median(r[x] for r in runs) / 1e6) for x in xs]
        points = {}
        for profile in dict.fromkeys(r["profile"] for r in startup if r.get("part") == what):
            g = [r for r in startup if r.get("part") == what and r["profile"] == profile]
            count = {"idle": 5000, "streams": 2000}[what]
            points[f"corral, {profile}"] = [(0, statistics.median(r["warm_mb"] for r in g)), (count, statistics.median(r["rss_mb"] for r in g))]
        if lines or points:
            panels.append((label, lines, points))
    if not panels:
        return False
    wide, tall, top, left, names = 330, 300, 108, 62, 150
    svg = Svg(20 + len(panels) * (left + wide + names), top + tall + 62, "Resident memory over connections, MB",
              ["Each started anew and warmed; more connections step by step. Dashed: startup.py's profiles, first and last step.", about])
    high = steps(max(y for _, lines, points in panels for v in [*lines.values(), *points.values()] for _, y in v))
    for i, (label, lines, points) in enumerate(panels):
        x0 = 10 + left + i * (left + wide + names)
        most = max(x for v in [*lines.values(), *points.values()] for x, _ in v)

        def place(p):
            return x0 + wide * p[0] / most, top + tall - tall * p[1] / high[-1]

        for v in high:
            y = place((0, v))[1]
            svg.line(x0, y, x0 + wide, y, "grid")
            svg.text(x0 - 8, y + 4, f"{v:g}", "dim", "end")
        svg.text(x0 - 44, top - 14, "MB", "dim")
        for v in steps(most, 5):
            if v <= most:
                svg.text(place((v, 0))[0], top + tall + 18, f"{v:,.0f}", "dim", "middle")
        svg.text(x0 + wide / 2, top + tall + 42, label, "t", "middle")
        svg.line(x0, top + tall, x0 + wide, top + tall, "axis")
        ends = []
        for name, line in [*lines.items(), *points.items()]:
            c, dashed = colour(name.split(",")[0]), name in points
            svg.parts.append('<g stroke-dasharray="5 4">' if dashed else "<g>")
            svg.path([place(p) for p in line], f"s-{c}")
            svg.parts.append("</g>")
            for p in line:
                svg.dot(*place(p), f"f-{c}", 3)
            ends.append((place(line[-1])[1], f"{name}  {line[-1][1]:.0f}", c))
        y = -1e9
        for at, words, c in sorted(ends):                  # names beside the ends of their lines, none over another
            y = max(at, y + FONT + 4)
            svg.rect(x0 + wide + 12, y - 5, 10, 10, f"f-{c}")
            svg.text(x0 + wide + 27, y + 4.5, words)
    svg.save(file)
    return True


def draw(rows, startup, folder, about):
    """writes what there is data for; the names of the files"""
    s = tables.Samples(rows)
    made = [("cpu.svg", cpu(s, folder / "cpu.svg", about)), ("delay.svg", delay(s, folder / "delay.svg", about)),
            ("memory.svg", memory(rows, startup, folder / "memory.svg", about))]
    return [name for name, drawn in made if drawn]

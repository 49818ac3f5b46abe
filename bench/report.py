"""The report of one measurement, and the block of docs/performance.md that is made from it."""
import json

import anchors
import bounds
import machine
import plots
import sampling
import tables

DOCS = machine.ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin; written by bench/measure --write-docs -->", "<!-- measured: end -->"
STARTUP = anchors.HERE / "run" / "startup.jsonl"


def read(file):
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def write(folder, docs, strict):
    """report.md and the plots beside results.jsonl; prints what holds; the exit status"""
    rows = read(folder / "results.jsonl")
    head = next((r for r in rows if r.get("kind") == "machine"), None)
    if head is None:
        raise SystemExit(f"{folder}: no results.jsonl with a measurement")
    if not (folder / "startup.jsonl").exists() and STARTUP.exists():
        (folder / "startup.jsonl").write_text(STARTUP.read_text())
    startup = read(folder / "startup.jsonl")
    s, checks = tables.Samples(rows), bounds.check(rows, startup)
    found = head["facts"]
    drawn = plots.draw(rows, startup, folder, f"Corral {found['commit']}, {found['date']}, {found['cpu']}")
    wrong = [r for r in rows if r.get("kind") == "failed" or ("w" in r and "kind" not in r and sampling.bad(r))]
    (folder / "report.md").write_text(text(rows, s, checks, head, drawn, wrong, startup))
    if "--no-warm" in head["args"]:
        print("\nThe JVM was cold (--no-warm): these figures mean nothing.")
    print("\n" + bounds.markdown(checks, only_measured=True))
    print("\n" + tables.ratios(s, "nginx") if "nginx" in s.targets else tables.costs(s))
    for r in wrong:
        print("wrong:", sampling.line(r) if "w" in r else r)
    print(f"{bounds.summary(checks)}; {len(s.rows)} samples, {len(wrong)} with an error\n{folder / 'report.md'}")
    if docs:
        into_docs(rows, s, checks, head, folder)
    return 1 if wrong or (strict and any(c["verdict"] == bounds.MISSED for c in checks)) else 0


def text(rows, s, checks, head, drawn, wrong, startup):
    rounds = len({r["round"] for r in s.rows})
    passes = next((r["passes"] for r in rows if r.get("kind") == "warm"), {})
    end = next((r["load"] for r in rows if r.get("kind") == "end"), None)
    out = [f"# Benchmark of {head['facts']['date']}", machine.lines(head["facts"])
           + (f"\n- load at the end: {' '.join('%.2f' % x for x in end)}" if end else "")
           + f"\n- others' share of the machine in a sample: {tables.others(s)}"
           + f"\n- rounds: {rounds}; command: bench/measure {' '.join(head['args'])}".rstrip()
           + (f"\n- missing, and left out: {', '.join(head['missing'])}" if head["missing"] else "")
           + "".join(f"\n- {t}: warm after {n} passes" for t, n in passes.items()),
           "## Bounds", bounds.markdown(checks), bounds.summary(checks) + ". "
           + "A ratio is the median over the rounds of the ratio within the round."]
    if startup:
        out.append("Start-up and memory are of `startup.py`, from its last run before this one.")
    if wrong:
        out += ["## Errors", "\n".join("- " + (sampling.line(r) if "w" in r else f"{r['t']}, {r['what']}: {r['fail']}") for r in wrong)]
    out += ["## Plots"] + [f"![{name[:-4]}]({name})" for name in drawn]
    if any(r.get("kind") == "syscalls" for r in rows):
        out += ["## System calls and context switches", tables.syscalls(rows)]
    if any(r.get("kind") == "memory" for r in rows):
        out += ["## Memory", tables.memory(rows)]
    return "\n\n".join(out + ["## All figures", tables.report(rows)]) + "\n"


def into_docs(rows, s, checks, head, folder):
    """replaces the marked block of docs/performance.md"""
    f = head["facts"]
    versions = ", ".join(f"{k} {v}" for k, v in f.items() if k in ("nginx", "haproxy", "caddy"))
    used = [t for t in ("nginx", "corral", "nginx-lua", "haproxy", "caddy") if t in s.targets]
    block = [
        BEGIN,
        f"Commit {f['commit']}, {f['date']}. {f['cpu']}, {f['memory']}, {f['kernel']}, {f['system']}, Java {f['java']}, {versions}. "
        f"{len({r['round'] for r in s.rows})} rounds; load before {f['load']}; others took {tables.others(s)} of the machine "
        "in a sample: median (lowest–highest), as everywhere below.",
        "### The bounds", bounds.markdown(checks, only_measured=True), bounds.summary(checks) + ".",
        "### CPU time of the proxy, µs per unit of work", tables.costs(s)]
    if "nginx" in used:
        block += ["### The same as a ratio to nginx", tables.ratios(s, "nginx")]
    if any(w in s.workloads for w in ("s64", "s500", "s2000", "abort", "abort0")):
        block += ["### Delay added to a token, and to the news that a client has left, µs", tables.delays(s)]
    if any(r.get("kind") == "memory" for r in rows):
        block += ["### Memory, warm and with the most connections", tables.memory(rows)]
    if any(r.get("kind") == "syscalls" for r in rows):
        block += ["### System calls and context switches", tables.syscalls(rows)]
    block += [END]
    old = DOCS.read_text()
    if BEGIN not in old or END not in old:
        raise SystemExit(f"{DOCS}: no block between {BEGIN!r} and {END!r}")
    kept = old[old.index(END) + len(END):]
    DOCS.write_text(old[:old.index(BEGIN)] + "\n\n".join(p.strip() for p in block) + kept)
    print(f"{DOCS}: block replaced")
    for name in ("cpu.svg", "delay.svg", "memory.svg"):
        source = folder / name
        if source.exists():
            target = DOCS.parent / "performance" / name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(source.read_bytes())

#!/usr/bin/env python3
"""Checks the programs of this folder against made-up samples and processes of its own: what selftest.py does for the C tools."""
import contextlib
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ET

import anchors
import bounds
import needs
import plots
import report
import sampling
import selftest
import tables

HERE = pathlib.Path(__file__).resolve().parent
FACTS = {"date": "2026-11-23 06:00 UTC", "commit": "abc", "cpu": "2 × x", "memory": "1 GiB", "kernel": "Linux", "system": "Debian",
         "load": "0.1 0.1 0.1", "java": "17", "nginx": "1"}


def program(name):
    """a program without .py as a module"""
    loader = importlib.machinery.SourceFileLoader(name, str(HERE / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def sample(w, t, rnd, cpu, **o):
    told = dict(n=15, p50=200 * cpu, p99=300 * cpu, max=400 * cpu)
    base = dict(mode={"s64": "stream", "abort": "abort"}.get(w, "req"), ok=10, other=0, neterr=0, rps=1.0, tok_s=1.0, lost=0, never=0,
                bad=0, aborts=15, streams_bad=0, unfinished=0, frames_per_read=1.0, told_us=told, lat_us=dict(p50=1, p99=2),
                added_us=dict(p50=10 * cpu, p99=40 * cpu), ttft_us=dict(p50=1, p99=2))
    return dict(w=w, t=t, round=rnd, cpu_us=cpu, up_us=1.0, client_us=1.0, peak=2e6, rss0=1e6, others=0.1, wall=1.0, steal=0.0,
                n=10, o={**base, **o})


def measurement():
    rows = [dict(kind="machine", facts=FACTS, missing=["caddy"], args=[])]
    for rnd, slow in enumerate((1.0, 3.0, 1.1)):           # a slow round is slow for all
        for w in ("chat1k", "s64", "rej64", "abort"):
            rows += [sample(w, "nginx", rnd, 2.0 * slow), sample(w, "corral", rnd, 2.2 * slow), sample(w, "direct", rnd, slow)]
    rows.append(dict(kind="syscalls", w="chat1k", t="corral", calls=6.0, switches=0.1, n=1))
    for what in ("idle", "streams"):
        rows.append(dict(kind="memory", t="corral", what=what, round=0, points=[[0, 7e7], [500, 8e7], [1000, 9e7]]))
    return rows + [dict(kind="end", load=[1, 1, 1])]


class Tables(unittest.TestCase):
    def test_ratio_is_taken_within_the_round(self):
        s = tables.Samples(measurement())
        for ratio in s.within_rounds("chat1k", "corral", "nginx", tables.cpu_us):
            self.assertAlmostEqual(ratio, 1.1)

    def test_failed_sample_is_told_and_not_counted(self):
        text = tables.report(measurement() + [dict(w="chat1k", t="corral", round=3, fail="boom")])
        self.assertIn("boom", text)
        self.assertIn("1.10 (1.10–1.10)", text)

    def test_errors_of_a_sample(self):
        self.assertEqual(sampling.bad(sample("s64", "corral", 0, 1.0, lost=2)), 2)
        self.assertEqual(sampling.bad(sample("rej64", "corral", 0, 1.0) | {"leaked": 3}), 3)
        self.assertEqual(sampling.bad(sample("abort", "corral", 0, 1.0, never=1)), 1)
        self.assertEqual(sampling.bad(dict(w="s64", t="corral", fail="x")), 1)
        self.assertEqual(sampling.bad(sample("chat1k", "corral", 0, 1.0)), 0)


class Bounds(unittest.TestCase):
    def found(self, what, **which):
        startup = [dict(part="start", profile="small", archive="with", rss_mb=99.0), dict(part="start", profile="default", archive="with", rss_mb=300.0)]
        checks = bounds.check(measurement(), startup)
        return next(c for c in checks if c["measure"] == what and all(c.get(k) == v for k, v in which.items()))

    def test_every_bound_of_the_file_can_be_read(self):
        for c in bounds.check([], []):
            self.assertEqual(c["verdict"], bounds.UNKNOWN)
            self.assertTrue(c["title"] and bounds.told_bound(c))

    def test_verdicts(self):
        self.assertEqual(self.found("cpu", workload="chat1k", against="nginx")["verdict"], bounds.HOLDS)
        self.assertEqual(self.found("cpu", workload="chat1k", against="nginx-lua")["verdict"], bounds.UNKNOWN)
        self.assertEqual(self.found("syscalls", workload="chat1k")["verdict"], bounds.MISSED)
        self.assertEqual(self.found("never_told", workload="abort")["median"], 0)
        self.assertAlmostEqual(self.found("added_p50_more", workload="s64")["median"], 2.2)
        self.assertEqual(self.found("rss_mb", part="start")["values"], [99.0])

    def test_missed_bound_fails_only_a_strict_run(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            (place / "results.jsonl").write_text("\n".join(map(json.dumps, measurement())))
            (place / "startup.jsonl").write_text("")
            with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
                self.assertEqual(report.write(place, False, False), 0)
                self.assertEqual(report.write(place, False, True), 1)
            text = (place / "report.md").read_text()
            self.assertIn("missing, and left out: caddy", text)
            for name in ("cpu.svg", "delay.svg", "memory.svg"):
                self.assertIn(name, text)
                ET.parse(place / name)


class Docs(unittest.TestCase):
    def test_only_the_marked_block_is_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            old, report.DOCS = report.DOCS, pathlib.Path(folder) / "performance.md"
            try:
                for _ in range(2):
                    if not report.DOCS.exists():
                        report.DOCS.write_text(f"before\n\n{report.BEGIN}\nold figures\n{report.END}\n\nafter\n")
                    rows = measurement()
                    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
                        report.into_docs(rows, tables.Samples(rows), bounds.check(rows), rows[0], pathlib.Path(folder))
                text = report.DOCS.read_text()
            finally:
                report.DOCS = old
        self.assertTrue(text.startswith("before\n\n<!--") and text.endswith("-->\n\nafter\n"), text)
        self.assertNotIn("old figures", text)
        self.assertEqual(text.count("### The bounds"), 1)

    def test_the_document_has_the_block(self):
        text = report.DOCS.read_text()
        self.assertEqual((text.count(report.BEGIN), text.count(report.END)), (1, 1))


class Plots(unittest.TestCase):
    def test_scale_is_round_and_covers(self):
        for top in (0.3, 7, 99, 100, 101, 12345):
            marks = plots.steps(top)
            self.assertTrue(marks[0] == 0 and marks[-1] >= top and len(marks) <= 6, marks)

    def test_names_are_escaped(self):
        svg = plots.Svg(100, 100, "a <b> & c", [])
        svg.text(0, 0, "<script>")
        with tempfile.TemporaryDirectory() as folder:
            svg.save(pathlib.Path(folder) / "x.svg")
            self.assertNotIn("<script>", (pathlib.Path(folder) / "x.svg").read_text())
            ET.parse(pathlib.Path(folder) / "x.svg")


class Compare(unittest.TestCase):
    def test_verdicts(self):
        c = program("compare")
        for ratios, stray, expected in (([1.2, 1.15, 1.3], 0.02, c.SLOWER), ([0.8, 0.85, 0.7], 0.02, c.FASTER), ([1.04, 1.2, 1.0], 0.0, c.SAME),
                                        ([1.2, 0.95, 1.3], 0.0, c.UNCLEAR), ([1.1, 1.08, 1.2], 0.3, c.UNCLEAR)):
            self.assertEqual(c.verdict(ratios, 0.05, stray), expected, ratios)

    def test_wrong_answers_of_the_second_are_a_regression(self):
        c = program("compare")
        rows = [sample("chat1k", t, r, 2.0) for t in ("nginx", "A", "B") for r in range(3)]
        self.assertFalse(c.judge(rows, ["chat1k"], 0.05)[1])
        self.assertTrue(c.judge(rows + [sample("chat1k", "B", 3, 2.0, other=5)], ["chat1k"], 0.05)[1])
        self.assertTrue(c.judge(rows + [dict(w="chat1k", t="B", round=4, fail="gone")], ["chat1k"], 0.05)[1])


class Processes(unittest.TestCase):
    def setUp(self):
        self.port = selftest.free_port()
        self.folder = tempfile.TemporaryDirectory()
        anchors.use(self.folder.name, self.folder.name)

    def tearDown(self):
        anchors.end_all()
        self.folder.cleanup()

    def serve(self, port):
        return anchors.start("served", port, ["sh", "-c", f"{sys.executable} -m http.server --bind 127.0.0.1 {port} & wait"])

    def test_everything_that_was_started_is_ended_with_its_children(self):
        pid = self.serve(self.port)
        children = {p: anchors.starttime(p) for p in anchors.tree(pid)}
        self.assertGreaterEqual(len(children), 2)
        anchors.end_all()
        self.assertIsNone(anchors.listener(self.port))
        self.assertFalse([p for p, began in children.items() if anchors.alive(p, began)])

    def test_port_of_somebody_else_is_refused_and_named(self):
        other = subprocess.Popen([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(self.port)], stderr=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 10
            while anchors.listener(self.port) is None and time.monotonic() < end:
                time.sleep(.05)
            with self.assertRaisesRegex(SystemExit, "taken by pid"):
                self.serve(self.port)
            with self.assertRaises(SystemExit), open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
                needs.free_ports([self.port])
            self.assertIsNone(other.poll())
        finally:
            other.kill()
            other.wait()

    def test_interrupted_measurement_ends_what_it_started(self):
        base = next(b for b in range(21000, 28000, 200) if all(map(needs.bindable, (b, b + 6, b + 106))))
        p = subprocess.Popen([sys.executable, str(HERE / "measure"), "--targets", "direct", "--only", "s500", "--rounds", "9", "--no-warm"],
                             env={**os.environ, "BASE_PORT": str(base)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            end = time.monotonic() + 60
            while anchors.listener(base) is None and time.monotonic() < end and p.poll() is None:
                time.sleep(.05)
            self.assertIsNotNone(anchors.listener(base))
            loaders = {c: anchors.starttime(c) for c in anchors.tree(p.pid) if c != p.pid}
            p.send_signal(signal.SIGINT)
            said = p.communicate(timeout=60)[0]
        finally:
            p.kill()
        self.assertEqual(p.returncode, 130, said)
        self.assertIsNone(anchors.listener(base))
        self.assertFalse([c for c, began in loaders.items() if anchors.alive(c, began)], said)
        folder = re.search(r"report in (\S+)", said)[1]
        for file in pathlib.Path(folder).iterdir():
            file.unlink()
        os.rmdir(folder)


if __name__ == "__main__":
    unittest.main(warnings="ignore")

"""What the checks in this folder share: free loopback ports, a Corral of their own, its end by process id.

Python 3 standard library only. Everything listens and connects on 127.0.0.1.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORRAL = str(ROOT / "corral")
SECRET = re.compile(r"crl_[0-9A-Za-z]{8}_[0-9A-Za-z]{20,}")


class CannotRun(Exception):
    """Something that the check needs is not to be had here; says what."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def free_ports(n):
    """n different ports: all are held until all are known"""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def wait_until(what, seconds, probe, alive=None):
    """probe() until it is true; an exception of kind OSError counts as not yet"""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            got = probe()
            if got:
                return got
        except OSError:
            pass
        if alive and alive.poll() is not None:
            raise RuntimeError("%s: the process ended with status %d" % (what, alive.returncode))
        time.sleep(0.05)
    raise RuntimeError("%s: not within %g s" % (what, seconds))


def fetch(url, key=None, method=None, body=None, headers=None, timeout=20):
    """-> (status, text, header mapping); an HTTP error is an answer like any other"""
    data = None if body is None else json.dumps(body).encode()
    req = urllib.request.Request(url, data=data, method=method, headers=dict(headers or {}))
    if key:
        req.add_header("Authorization", "Bearer " + key)
    if data is not None:
        req.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(req, timeout=timeout) as r:
            return r.status, r.read().decode(), r.headers
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode(), e.headers


def listening(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A program that was started here, in a session of its own, with its output in a file."""

    def __init__(self, name, command, folder, env=None, cwd=None):
        self.name = name
        self.log = pathlib.Path(folder) / (name + ".out")
        with open(self.log, "ab") as out:
            self.popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                          env={**os.environ, **(env or {})}, cwd=cwd or folder, start_new_session=True)

    @property
    def pid(self):
        return self.popen.pid

    def poll(self):
        return self.popen.poll()

    @property
    def returncode(self):
        return self.popen.returncode

    def text(self):
        return self.log.read_text(errors="replace")

    def stop(self, seconds=15):
        """SIGTERM, and SIGKILL for what is left of its session after that; -> exit status"""
        if self.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        return self.popen.wait()


class Workplace:
    """A temporary folder and the processes that work in it; all are gone at the end of the with-block."""

    def __init__(self, keep_on_error=True):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="corral-check-"))
        self.processes = []
        self.keep_on_error = keep_on_error

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))   # a time limit's signal ends the processes as well
        return self

    def start(self, name, command, **more):
        p = Process(name, command, self.folder, **more)
        self.processes.append(p)
        return p

    def __exit__(self, kind, value, trace):
        for p in reversed(self.processes):
            p.stop()
        if kind and self.keep_on_error:
            for p in self.processes:
                print("--- last lines of %s\n%s" % (p.name, "\n".join(p.text().splitlines()[-20:])))
        shutil.rmtree(self.folder, ignore_errors=True)


def corral(*args, timeout=120, check=True, env=None):
    """Runs one command of the packaged program to its end; -> its standard output"""
    r = subprocess.run([CORRAL, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                       timeout=timeout, env={**os.environ, **(env or {})})
    if check and r.returncode:
        raise RuntimeError("corral %s: status %d\n%s%s" % (" ".join(map(str, args)), r.returncode, r.stdout, r.stderr))
    return r.stdout


def create_key(config, name, role="user"):
    """-> the secret of a new key"""
    out = corral("keys", "create", name, "--role", role, "--config", config)
    found = SECRET.search(out)
    if not found:
        raise RuntimeError("corral keys create printed no key:\n" + out)
    return found.group(0)


def serve(place, config, port, admin_port=None, name="corral"):
    """Starts the packaged program; returns when it listens"""
    p = place.start(name, [CORRAL, "serve", "--config", str(config)])
    wait_until("corral serve", 60, lambda: listening(port), p)
    if admin_port:
        wait_until("corral's admin listener", 20, lambda: fetch("http://127.0.0.1:%d/healthz" % admin_port)[0] == 200, p)
    return p


def metric(text, name, **labels):
    """Sum of the samples of one metric that have these labels"""
    total = 0.0
    for line in text.splitlines():
        m = re.match(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$", line)
        if m and m.group(1) == name:
            have = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', m.group(2) or ""))
            if all(have.get(k) == v for k, v in labels.items()):
                total += float(m.group(3))
    return total

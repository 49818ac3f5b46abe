"""What a measurement needs of the machine: programs, built files, free ports. Installs nothing unless it is asked to."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys

import anchors

HERE = anchors.HERE
LUA = ["/usr/lib/nginx/modules/ngx_http_lua_module.so", "/usr/lib/nginx/modules/ndk_http_module.so"]
CJSON = "/usr/lib/x86_64-linux-gnu/lua/5.1/cjson.so"
# what: (is it there, Debian packages, who needs it; None: nothing works without it)
NEEDS = {
    "gcc and make": (lambda: has("gcc", "make"), "gcc make libc6-dev", None),
    "OpenSSL's headers": (lambda: os.path.exists("/usr/include/openssl/ssl.h"), "libssl-dev", "tls"),
    "taskset": (lambda: has("taskset"), "util-linux", None),
    "java 17 and mvn": (lambda: has("java", "mvn"), "openjdk-17-jdk-headless maven", "corral"),
    "nginx": (lambda: has("nginx"), "nginx-light", "nginx"),
    "nginx's Lua module and cjson": (lambda: has("nginx") and all(map(os.path.exists, [*LUA, CJSON])),
                                     "nginx-light libnginx-mod-http-lua lua-cjson", "nginx-lua"),
    "haproxy": (lambda: has("haproxy"), "haproxy", "haproxy"),
    "caddy": (lambda: has("caddy"), "caddy", "caddy"),
    "perf": (lambda: has("perf"), "linux-perf", "the count of system calls"),
}


def has(*names):
    return all(map(shutil.which, names))


def check(targets, install):
    """(the targets that can run here, what is missing); ends the program if nothing can be measured without it"""
    def missing():
        return {what: (packages, who) for what, (there, packages, who) in NEEDS.items()
                if (who in targets or who not in anchors.ANCHORS) and not there()}
    lacking = missing()
    if lacking and install:
        packages = sorted({p for names, _ in lacking.values() for p in names.split()})
        print(f"apt-get install {' '.join(packages)}", flush=True)
        subprocess.run(["apt-get", "-q", "update"], check=True)
        subprocess.run(["apt-get", "-q", "-y", "--no-install-recommends", "install", *packages], check=True,
                       env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        lacking = missing()
    for what, (packages, who) in lacking.items():
        print(f"missing: {what}, for {who or 'everything'}. On Debian or Ubuntu: sudo apt-get install {packages}"
              + ("  (and stop the service that starts then)" if who in ("nginx", "haproxy", "caddy") else ""))
    if lacking:
        print("--install does that; what can be measured without goes on" if not install else "could not be installed")
    if any(who in (None, "corral", "nginx") for _, who in lacking.values()):
        sys.exit(2)
    return [t for t in targets if t not in {who for _, who in lacking.values()}], sorted(lacking)


def build(targets, say):
    """the tools, and what of the targets is built here"""
    say("building the upstream and the client")
    tls = [] if NEEDS["OpenSSL's headers"][0]() else ["NO_TLS=1"]
    run(["make", "-s", *tls], HERE)
    if "corral" in targets:
        say("building Corral, if its sources are newer than the program")
        run([str(HERE.parent / "corral"), "--version"], HERE.parent)
    if {"netty-floor", "netty-body"} & set(targets):
        run(["mvn", "-q", "-B", "package"], HERE / "anchors" / "netty-floor")


def run(cmd, where):
    if subprocess.run(cmd, cwd=where, stdin=subprocess.DEVNULL, check=False).returncode:
        sys.exit(f"failed: {' '.join(cmd)} in {where}")


def ports(target):
    port = anchors.BASE + anchors.ANCHORS[target]["n"]
    return [port, port + 100] if "mint" in anchors.ANCHORS[target] else [port]


def free_ports(wanted):
    """ends the program if somebody else holds one"""
    held = {p: anchors.listener(p) for p in wanted if not bindable(p)}
    for port, pid in held.items():
        if pid is None:
            print(f"port {port} is held by an outgoing connection, as happens above 32767")
            continue
        try:
            who = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:100]
        except OSError:
            who = "a process that cannot be seen"
        print(f"port {port} is held by pid {pid}: {who}")
    if held:
        sys.exit("nothing was started; end those (./anchors.py down, if they are this folder's), or choose another BASE_PORT")


def bindable(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
            s.listen(1)
        except OSError:
            return False
        return True


def perf_refused():
    p = subprocess.run(["perf", "stat", "-e", "raw_syscalls:sys_enter", "true"], capture_output=True, text=True, check=False)
    if p.returncode:
        print("perf may not count system calls here:", (p.stderr.strip().splitlines() or ["?"])[0])
    return p.returncode != 0


def last_lines(file, n=8):
    return "\n".join(file.read_text(errors="replace").splitlines()[-n:]) if file.exists() else ""

"""What a figure depends on: machine, versions, commit, date, load."""
import os
import pathlib
import re
import shutil
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSIONS = {"java": ["java", "-version"], "nginx": ["nginx", "-v"], "haproxy": ["haproxy", "-v"], "caddy": ["caddy", "version"]}


def said(cmd, cwd=None):
    """all that a command printed, or nothing"""
    try:
        p = subprocess.run(cmd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=cwd,
                           timeout=20, check=False)
        return p.stdout.strip() if p.returncode == 0 else ""
    except (OSError, subprocess.TimeoutExpired):
        return ""


def field(file, name):
    found = re.search(rf"^{name}\s*[:=]\s*\"?(.*?)\"?$", pathlib.Path(file).read_text(), re.M)
    return found[1] if found else "unknown"


def changed():
    """whether what is measured is not what was committed last"""
    return bool(said(["git", "-C", str(ROOT), "status", "--porcelain", "--", "pom.xml", "corral", "proxy-*", "bench/anchors"]))


def commit():
    """the revision of the source tree, and whether it was changed since"""
    at = said(["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]) or "unknown"
    return at + (" with changes" if changed() else "")


def facts():
    u = os.uname()
    found = {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": commit(),
        "cpu": f"{os.cpu_count()} × {field('/proc/cpuinfo', 'model name')}"
               + (" (virtual)" if re.search(r"^flags.*\bhypervisor\b", pathlib.Path("/proc/cpuinfo").read_text(), re.M) else ""),
        "memory": f"{int(field('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB",
        "kernel": f"{u.sysname} {u.release} {u.machine}",
        "system": field("/etc/os-release", "PRETTY_NAME") if os.path.exists("/etc/os-release") else "unknown",
        "load": "%.2f %.2f %.2f" % os.getloadavg(),
    }
    for name, cmd in VERSIONS.items():
        if shutil.which(cmd[0]):
            lines = [x for x in said(cmd).splitlines() if not x.startswith(("Picked up", "NOTE"))]
            version = re.search(r"\d+(\.\d+)+\S*", lines[0].replace('"', "")) if lines else None
            found[name] = version[0] if version else "unknown"
    return found


def lines(found):
    return "\n".join(f"- {k}: {v}" for k, v in found.items())

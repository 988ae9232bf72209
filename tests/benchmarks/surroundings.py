"""Where the benchmarks run: a network namespace of their own, which nobody else can reach."""

import os
import platform
import shutil
import subprocess
import sys

_INSIDE = "CMPROBE_BENCH_NAMESPACE"


def isolate() -> None:
    """Go on in a network namespace with loopback alone; SystemExit where that is not possible."""
    if _INSIDE in os.environ:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None or os.geteuid() != 0:
        raise SystemExit("the benchmarks need Linux, root, unshare and ip: see docs/performance.md")
    command = [unshare, "--net", sys.executable, *sys.argv]
    os.execve(unshare, command, os.environ | {_INSIDE: "1"})  # noqa: S606 - the same program again


def void() -> None:
    """Make 10.0.0.0/8 a place where every packet vanishes: a tun device that nobody reads."""
    for command in (
        "ip tuntap add dev void mode tun",
        "ip addr add 10.255.255.254/8 dev void",
        "ip link set void up",
    ):
        subprocess.run(command.split(), check=True)


def about() -> str:
    """Name what was measured with."""
    versions = [f"Python {platform.python_version()}", f"{os.cpu_count()} processors"]
    for command in ("openssl version", "prometheus-blackbox-exporter --version", "nginx -v"):
        try:
            done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
        except FileNotFoundError:
            continue
        versions.append((done.stdout + done.stderr).splitlines()[0].split(" (")[0])
    return ", ".join(versions)

"""Waiting for a server, and the processor time of processes."""

import os
import socket
import subprocess
import time
from pathlib import Path

_PATIENCE = 10.0
_TICK = os.sysconf("SC_CLK_TCK")


def listening(port: int, address: str = "127.0.0.1") -> None:
    """Return when something listens; SystemExit when nothing does for too long."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"nothing listens on port {port}")


def used(process: int) -> float:
    """Return the processor seconds (user and system) that a running process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def spent(command: list[str], **environment: str) -> float:
    """Run a command to its end and return its processor seconds; SystemExit where it fails."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | environment,
    )
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime

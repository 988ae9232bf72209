"""Words for systemd (sd_notify): ready, reloading, stopping, still alive."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Mapping


class Notifier:
    """Tells the service manager how we are; says nothing where there is none."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # "@" stands for the abstract namespace of Linux.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        pid, microseconds = environment.get("WATCHDOG_PID"), environment.get("WATCHDOG_USEC", "")
        ours = pid is None or pid == str(os.getpid())
        self._alive = int(microseconds) / 2e6 if ours and microseconds.isdecimal() else 0.0

    def ready(self) -> None:
        """Say that we answer, also after a reload."""
        self._say("READY=1")

    def reloading(self) -> None:
        """Say that files are being read again; `ready` ends it."""
        self._say(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._say("STOPPING=1")

    async def watch(self) -> None:
        """Say twice in every period of the watchdog that the event loop is alive."""
        while self._alive > 0:
            self._say("WATCHDOG=1")
            await asyncio.sleep(self._alive)

    def _say(self, words: str) -> None:
        if not self._address or sys.platform == "win32":
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.settimeout(0)
                sender.sendto(words.encode(), self._address)
        except OSError:
            return

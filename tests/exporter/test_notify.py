import asyncio
import os
import socket
import sys
import time

import pytest

from probe.exporter.notify import Notifier

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="systemd is not there")


@pytest.fixture
def manager(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(2)
        yield listener


def test_tells_systemd(manager):
    notifier = Notifier({"NOTIFY_SOCKET": manager.getsockname()})
    notifier.ready()
    notifier.reloading()
    notifier.stopping()
    assert manager.recv(100) == b"READY=1"
    assert manager.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
    assert manager.recv(100) == b"STOPPING=1"


def test_the_watchdog_hears_of_us_twice_in_its_period(manager):
    surroundings = {
        "NOTIFY_SOCKET": manager.getsockname(),
        "WATCHDOG_USEC": "40000",
        "WATCHDOG_PID": str(os.getpid()),
    }

    async def main():
        task = asyncio.create_task(Notifier(surroundings).watch())
        heard = [await asyncio.to_thread(manager.recv, 100) for _ in range(3)]
        task.cancel()
        assert heard == [b"WATCHDOG=1"] * 3

    begun = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - begun >= 0.035  # two pauses of half a period


@pytest.mark.parametrize(
    "surroundings",
    [{}, {"NOTIFY_SOCKET": "/gone"}, {"NOTIFY_SOCKET": "@gone", "WATCHDOG_USEC": "x"}],
)
def test_says_nothing_where_nobody_listens(surroundings):
    notifier = Notifier(surroundings)
    notifier.ready()
    asyncio.run(notifier.watch())

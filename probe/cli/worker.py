"""One process of several that share a scan: it probes and judges its part, and sends the results.

The process that started it decides when to stop: signals are not for this one, and it ends when
that process is gone.
"""

import asyncio
import contextlib
import signal
import threading
from argparse import Namespace
from datetime import datetime
from multiprocessing.connection import Connection

import msgspec

from probe.cli import logs
from probe.cli.run import prepare
from probe.model.report import Result
from probe.model.target import Target
from probe.net.session import Session
from probe.scan import Collection
from probe.scan import run as scan
from probe.scan.parcels import Packer

_MOST = 100  # targets in a parcel
_LONGEST = 0.2  # seconds that a result waits for others


class Part(msgspec.Struct, frozen=True):
    """What one process has to do: targets with their positions, so many at a time."""

    targets: dict[int, Target]
    concurrency: int
    as_of: datetime
    options: Namespace
    errands: Connection | None = None
    """Over which the process that started this one fetches for it."""


def work(connection: Connection, part: Part) -> None:
    """Do a part, and send parcels over ``connection``; an empty one is the end."""
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    logs.configure(verbose=part.options.verbose, quiet=part.options.quiet)
    asyncio.run(_work(connection, part))
    connection.send_bytes(b"")


async def _work(connection: Connection, part: Part) -> None:
    ready = prepare(tuple(part.targets.values()), part.options)
    settings = msgspec.structs.replace(ready.settings, concurrency=part.concurrency)
    outbox = _Outbox(connection, tuple(part.targets))
    fetcher = None
    if part.errands is not None:
        from probe.net.revocation.remote import Remote  # noqa: PLC0415 - only scans that fetch

        fetcher = Remote(part.errands)
    async with Session(settings, fetcher=fetcher) as session:
        task = asyncio.ensure_future(
            scan(ready.targets, settings, ready.judge(part.as_of), session=session, kept=outbox)
        )
        arguments = (connection, asyncio.get_running_loop(), task)
        threading.Thread(target=_obey, args=arguments, daemon=True).start()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    outbox.send()


def _obey(
    connection: Connection, loop: asyncio.AbstractEventLoop, task: "asyncio.Future[object]"
) -> None:
    """Stop at the first word of the process that started this one, and when it is gone."""
    with contextlib.suppress(EOFError, OSError):
        connection.recv_bytes()
    with contextlib.suppress(RuntimeError):  # the loop is closed: all is done
        loop.call_soon_threadsafe(task.cancel)


class _Outbox(Collection):
    """Sends what is finished instead of keeping it."""

    __slots__ = ("_connection", "_packer", "_positions", "_timer")

    def __init__(self, connection: Connection, positions: tuple[int, ...]) -> None:
        super().__init__()
        self._connection = connection
        self._positions = positions
        self._packer = Packer()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, position: int, results: tuple[Result, ...]) -> None:
        """Lay the results in; ``position`` is a place in this part."""
        self._packer.add(self._positions[position], results)
        if len(self._packer) >= _MOST:
            self.send()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LONGEST, self.send)

    def send(self) -> None:
        """Send what there is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._packer:
            # A reader that is gone has stopped this process already.
            with contextlib.suppress(OSError):
                self._connection.send_bytes(self._packer.close())

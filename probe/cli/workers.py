"""A scan spread over processes: each takes the targets of its hosts, and one report comes of it.

All targets of a host go to one process, so that the limit of connections to a host stays one.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import threading
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final

import msgspec

from probe.cli import patience
from probe.cli.run import Scanning, here
from probe.cli.worker import Part, work
from probe.inventory import Shard
from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import AddressObservation, Observation
from probe.model.settings import Fetch
from probe.model.stages import HandshakeFailed, Skipped
from probe.model.target import Target
from probe.net.session import Session
from probe.scan import Collection, Progress
from probe.scan.job import Job
from probe.scan.parcels import Unpacker

if TYPE_CHECKING:
    from probe.net.revocation.remote import Desk

_log = logging.getLogger(__name__)

WORTH: Final = 500
"""Targets for each process before another one is worth its start."""

_GRACE: Final = 5.0  # seconds for a stopped process to send what it has finished
_LOST = Skipped(because="the process that probed this target ended early")


def count(wanted: int | None, targets: int) -> int:
    """Return how many processes to use: ``wanted``, or as many as are worth it for None."""
    if wanted is not None:
        return max(1, min(wanted, targets))
    return max(1, min(os.cpu_count() or 1, targets // WORTH))


def scanning(options: Namespace, targets: int) -> Scanning:
    """Return what scans so many targets with the processes that ``--workers`` asks for."""
    number = count(options.workers, targets)
    return here if number == 1 else Workers(number, options)


class Workers:
    """Scans as `probe.scan.run` does, in ``number`` processes; call it with a job."""

    def __init__(self, number: int, options: Namespace) -> None:
        self._number = number
        self._options = options

    async def __call__(
        self, job: Job, as_of: datetime, progress: Progress | None, kept: Collection
    ) -> None:
        """Fill ``kept``; on cancellation with what was finished until then."""
        total = len(job.targets)
        if progress is not None:
            progress(0, total)
        parts = shares(job.targets, self._number)
        concurrency = -(-job.settings.concurrency // len(parts))
        async with AsyncExitStack() as stack:
            desk = await _desk(job, stack)
            workers = [
                _Worker(Part(targets, concurrency, as_of, self._options), desk) for targets in parts
            ]
            try:
                await _collect(workers, kept, lambda: progress and progress(kept.targets, total))
            finally:
                for worker in workers:
                    worker.end()
        for worker in workers:
            self._replace(worker, job, as_of, kept)

    @staticmethod
    def _replace(worker: "_Worker", job: Job, as_of: datetime, kept: Collection) -> None:
        """Report the targets that a process has lost."""
        if not worker.open:
            return
        status = worker.process.exitcode
        _log.error("a worker ended early (status %s): %d targets", status, len(worker.open))
        failure = Failure(Stage.TLS, Kind.INTERNAL, f"the worker process ended: status {status}")
        judge = job.judge(as_of)
        for position, target in worker.open.items():
            handshake = HandshakeFailed(failure=failure, seconds=0.0, engine="none")
            seen = Observation(resolution=_LOST, connection=_LOST, handshake=handshake)
            kept.add(position, judge(target, (AddressObservation(target.address, seen),)))


def shares(targets: Sequence[Target], number: int) -> list[dict[int, Target]]:
    """Return targets by position in at most ``number`` parts, stable and one host in one part."""
    parts = [Shard(index, number) for index in range(1, number + 1)]
    found: list[dict[int, Target]] = [{} for _ in parts]
    for position, target in enumerate(targets):
        key = Session.key(target)
        index = next(at for at, part in enumerate(parts) if part.holds(key))
        found[index][position] = target
    return [part for part in found if part]


class _Worker:
    """A process, our end of its connection, and the targets that it has not finished."""

    def __init__(self, part: Part, desk: "Desk | None") -> None:
        context = multiprocessing.get_context("spawn")
        self.open = dict(part.targets)
        self._unpacker = Unpacker()
        self._connection, theirs = context.Pipe()
        given = [theirs]
        self._errands: Connection | None = None
        if desk is not None:
            self._errands, errands = context.Pipe()
            desk.serve(self._errands)
            given.append(errands)
            part = msgspec.structs.replace(part, errands=errands)
        self.process = context.Process(target=work, args=(theirs, part), daemon=True)
        with patience.held():  # Ctrl-C goes to all of them, and a worker is told by us to stop
            self.process.start()
        for connection in given:
            connection.close()

    def read(self, tell: Callable[[bytes | None], object]) -> None:
        """Call ``tell`` with every parcel, and with None at the end; runs in a thread."""
        connection: Connection = self._connection
        with contextlib.suppress(EOFError, OSError):
            while parcel := connection.recv_bytes():
                tell(parcel)
        tell(None)

    def take(self, parcel: bytes, kept: Collection) -> None:
        """Keep what a parcel holds."""
        for position, results in self._unpacker.open(parcel, self.open):
            kept.add(position, results)
            del self.open[position]

    def stop(self) -> None:
        """Ask the process to send what it has finished, and to end."""
        with contextlib.suppress(OSError):
            self._connection.send_bytes(b"stop")

    def end(self) -> None:
        """End the process, whatever it does."""
        self.process.join(_GRACE if not self.open else 0.2)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self._connection.close()
        if self._errands is not None:
            self._errands.close()


async def _desk(job: Job, stack: AsyncExitStack) -> "Desk | None":
    """Return what fetches for all processes, so that each URL is fetched once; None for nothing."""
    if job.settings.fetch is Fetch.NONE:
        return None
    from probe.net.revocation.remote import Desk  # noqa: PLC0415 - only scans that fetch

    session = await stack.enter_async_context(Session(job.settings))
    desk = Desk(session.fetcher())
    stack.push_async_callback(desk.close)
    return desk


async def _collect(workers: list[_Worker], kept: Collection, progressed: Callable[[], Any]) -> None:
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[_Worker, bytes | None]] = asyncio.Queue()

    def teller(worker: _Worker) -> Callable[[bytes | None], object]:
        return lambda parcel: loop.call_soon_threadsafe(queue.put_nowait, (worker, parcel))

    for worker in workers:
        threading.Thread(target=worker.read, args=(teller(worker),), daemon=True).start()
    running = len(workers)

    async def receive() -> None:
        nonlocal running
        while running:
            worker, parcel = await queue.get()
            if parcel is None:
                running -= 1
            else:
                worker.take(parcel, kept)
                progressed()

    try:
        await receive()
    except asyncio.CancelledError:
        for worker in workers:
            worker.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await receive()
        raise

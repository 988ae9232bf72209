"""Targets to results: observe many at once, judge them in batches, hand the results on.

As many workers as targets may be in flight, each one task; what waits is a place in the schedule
and nothing more. What was seen waits for the reader of the results, who has it judged: a slow one
slows the scan, and memory stays flat.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Sequence

from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import AddressObservation, Observation
from probe.model.report import Result
from probe.model.settings import Settings
from probe.model.stages import Failed
from probe.model.target import Target
from probe.net.observe import observe
from probe.net.session import Session
from probe.net.warm import warm
from probe.scan import descriptors
from probe.scan.batches import Batches
from probe.scan.schedule import Schedule

_log = logging.getLogger(__name__)

Judge = Callable[[Target, Sequence[AddressObservation]], tuple[Result, ...]]
"""What makes results of observations: pure, and quick, since it runs on the event loop."""

Progress = Callable[[int, int], None]
"""Called with how many targets are done, of how many."""

Finished = tuple[int, tuple[Result, ...]]

Seen = tuple[int, Target, Sequence[AddressObservation]]
"""A target with its position, and what was observed of it."""

Late = Callable[[int, tuple[Result, ...]], None]
"""Called with the positions and results of targets that are left when a scan is cut short."""


async def numbered(
    targets: Sequence[Target],
    settings: Settings,
    judge: Judge,
    progress: Progress | None = None,
    session: Session | None = None,
    late: Late | None = None,
) -> AsyncGenerator[Finished, None]:
    """Yield each target's position and results as they are finished.

    When it is cut short, ``late`` gets those that were finished and not yet read, or lacked
    nothing but revocation.

    Without ``session`` it makes one of its own (SessionError when the settings cannot be used).
    An error of ``judge`` or ``progress`` ends the scan and is raised here.
    """
    own = session or Session(settings)
    own.begin()
    warm(targets, settings)
    total = len(targets)
    size = descriptors.suffice(max(1, min(settings.concurrency, total)))
    schedule = Schedule(targets, max(1, settings.per_host), own.key)
    crew = _Crew(schedule, settings, own, judge, Batches(size, total), size)
    try:
        if progress is not None:
            progress(0, total)
        for done in range(1, total + 1):
            yield await crew.finished()
            if progress is not None:
                progress(done, total)
    finally:
        for position, results in await crew.dismiss():
            if late is not None:
                late(position, results)
        if session is None:
            await own.close()


def _unobserved(error: Exception) -> AddressObservation:
    """Return what stands for a target whose observation has met a bug of ours."""
    failure = Failure(Stage.DNS, Kind.INTERNAL, f"internal error: {type(error).__name__}")
    return AddressObservation(None, Observation(resolution=Failed(failure, 0.0)))


class _Crew:
    """The workers of one scan.

    One that finds nothing to do may leave: what is put aside is taken up by a worker that is busy
    with the same host now.
    """

    def __init__(
        self,
        schedule: Schedule,
        settings: Settings,
        session: Session,
        judge: Judge,
        seen: Batches[Seen | Exception],
        size: int,
    ) -> None:
        self._schedule = schedule
        self._settings = settings
        self._session = session
        self._judge = judge
        self._seen = seen
        self._left: list[Seen] = []
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._work()) for _ in range(size)]

    async def finished(self) -> Finished:
        """Return what was finished next; raise what a worker stumbled over, or the judge."""
        item = await self._seen.take()
        if isinstance(item, Exception):
            raise item
        return self._judged(item)

    async def dismiss(self) -> list[Finished]:
        """Stop all work; returns what was not read."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        finished = []
        for item in (*self._left, *self._seen.rest()):
            if not isinstance(item, Exception):
                # Where the judge cannot judge, the first error is being raised already.
                with contextlib.suppress(Exception):
                    finished.append(self._judged(item))
        return finished

    def _judged(self, seen: Seen) -> Finished:
        position, target, observations = seen
        return position, self._judge(target, observations)

    async def _work(self) -> None:
        try:
            while (item := self._schedule.next()) is not None:
                position, target = item
                unfinished: list[AddressObservation] = []
                try:
                    observations = await observe(target, self._settings, self._session, unfinished)
                except asyncio.CancelledError:
                    if unfinished:
                        self._left.append((position, target, unfinished))
                    raise
                except Exception as error:  # noqa: BLE001 - a bug met in one target ends no scan
                    _log.exception("%s could not be observed", target.id)
                    observations = (_unobserved(error),)
                self._schedule.done(target)
                await self._put((position, target, observations))
        except Exception as error:  # noqa: BLE001 - raised again where the results are read
            await self._seen.put(error)

    async def _put(self, seen: Seen) -> None:
        try:
            await self._seen.put(seen)
        except asyncio.CancelledError:
            self._left.append(seen)
            raise

"""The scans that repeat: what is due is scanned together, and kept as it is finished.

One round ends before the next begins, so no target is ever scanned twice at once. Targets become
due one by one: a round waits a moment for others that are about to.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

from probe.exporter.due import after, delay, failing
from probe.exporter.sessions import Sessions
from probe.exporter.state.octets import mark
from probe.exporter.store import Store
from probe.model.observation import AddressObservation
from probe.model.report import Result
from probe.model.target import Target
from probe.render.times import counted
from probe.scan import scan

_log = logging.getLogger(__name__)

_GATHER: Final = 10.0
"""Seconds that a round waits for others at most; with short intervals a 60th of it."""

_AFTER_BUG: Final = 30.0
_LONGEST_SLEEP: Final = 60.0  # the clock may be set meanwhile
_CLOCKS: Final = timedelta(minutes=1)


class Scanner:
    """Scans the targets of a store for as long as it runs.

    ``random`` returns 0 up to 1; ``ended`` is awaited after every round.
    """

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        *,
        interval: float,
        random: Callable[[], float],
        ended: Callable[[], Awaitable[None]],
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._interval = interval
        self._random = random
        self._ended = ended
        self._woken = asyncio.Event()
        # Targets that met a bug of ours, and until when, on the loop's clock, they are left alone.
        self._broken: dict[str, float] = {}

    def wake(self) -> None:
        """Look at once for what is due, as after a reload."""
        self._broken.clear()
        self._woken.set()

    async def run(self) -> None:
        """Scan until cancelled."""
        while True:
            self._woken.clear()
            due = self._due(datetime.now(UTC))
            if due:
                await self._round(due)
                await self._ended()
            await self._sleep()

    async def _sleep(self) -> None:
        """Sleep until something is due, and a moment for others."""
        now = datetime.now(UTC)
        left = min(
            (self._left(target, now) for target in self._store.job.targets),
            default=_LONGEST_SLEEP,
        )
        gather = min(_GATHER, self._interval / 60)
        seconds = min(max(left, 0.0) + gather, _LONGEST_SLEEP)
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    def _left(self, target: Target, now: datetime) -> float:
        """Return the seconds until a target is due, 0 or less if it is.

        So is one that was scanned in what is the future by now.
        """
        entry = self._store.entry(target.id)
        left = 0.0
        if entry is not None and entry.scanned <= now + _CLOCKS:
            left = (entry.due - now).total_seconds()
        until = self._broken.get(target.id)
        return left if until is None else max(left, until - asyncio.get_running_loop().time())

    def _due(self, now: datetime) -> list[Target]:
        """Return the targets that are due."""
        return [target for target in self._store.job.targets if self._left(target, now) <= 0]

    async def _round(self, targets: Sequence[Target]) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        settings = self._store.job.settings
        asked = {target.id for target in targets}
        missing = set(asked)
        # Also those that have left the inventory are forgotten.
        resting = {target.id for target in self._store.job.targets} - asked
        self._broken = {name: at for name, at in self._broken.items() if name in resting}
        try:
            async with self._sessions.use(settings) as session:
                work = scan(targets, settings, self._judge, session=session)
                async with aclosing(work) as finished:
                    async for results in finished:
                        missing -= {result.target.id for result in results}
                        self._keep(results)
        except Exception:  # noqa: BLE001 - a bug met in one target or scan ends no exporter
            _log.exception("a scan of %d targets has ended early", len(targets))
            for name in missing:
                self._rest(name)
            self._store.scan_broken(len(self._broken))
            return
        seconds = loop.time() - begun
        self._store.scan_broken(len(self._broken))
        whole = asked.isdisjoint(self._broken)
        self._store.scan_ended(seconds, datetime.now(UTC), whole=whole)
        _log.info("scanned %s in %.1f s", counted(len(targets), "target"), seconds)

    def _rest(self, target_id: str) -> None:
        """Leave a target alone for a while: what it met is a bug of ours, and will not go soon."""
        pause = min(_AFTER_BUG, self._interval)
        self._broken[target_id] = asyncio.get_running_loop().time() + pause

    def _judge(self, target: Target, seen: Sequence[AddressObservation]) -> tuple[Result, ...]:
        """Judge by the rules of now: a reload may have changed them since the round began."""
        try:
            return self._store.job.judge(datetime.now(UTC))(target, seen)
        except Exception:  # noqa: BLE001 - a bug met in one target takes no other with it
            _log.exception("%s: could not be judged: internal error", target.id)
            self._rest(target.id)
            return ()

    def _keep(self, results: tuple[Result, ...]) -> None:
        """Keep the results of a target; a bug met there takes no other with it."""
        if not results:
            return
        scanned = results[0].target
        try:
            self._put(scanned, results)
        except Exception:  # noqa: BLE001 - a bug met in one target takes no other with it
            _log.exception("%s: could not be kept: internal error", scanned.id)
            self._rest(scanned.id)

    def _put(self, scanned: Target, results: tuple[Result, ...]) -> None:
        """Keep the results of a target, unless it is another one by now."""
        target = self._store.target(scanned.id)
        if target is None or (target is not scanned and mark(target) != mark(scanned)):
            return
        entry = self._store.entry(scanned.id)
        failures = (entry.failures if entry is not None else 0) + 1 if failing(results) else 0
        now = datetime.now(UTC)
        seconds = delay(results, failures, interval=self._interval, now=now, random=self._random)
        made = self._store.made(results, scanned=now, due=after(now, seconds), failures=failures)
        self._store.put(scanned.id, made)

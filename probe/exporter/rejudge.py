"""Observations judged once more: after a restart, and when rules, trust or targets have changed."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from probe.exporter.due import after, delay, failing
from probe.exporter.state.octets import Kept, mark
from probe.exporter.store import Entry, Store
from probe.model.observation import AddressObservation
from probe.scan.job import Job

OLDEST: Final = timedelta(days=7)
"""What was seen longer ago is not told any more."""

_AHEAD: Final = timedelta(minutes=1)  # clocks are set
_log = logging.getLogger(__name__)


def kept(entries: Mapping[str, Entry]) -> list[Kept]:
    """Return entries as a state holds them."""
    return [
        Kept(
            id=name,
            mark=mark(entry.results[0].target),
            scanned=entry.scanned,
            failures=entry.failures,
            seen=tuple(AddressObservation(one.address, one.observation) for one in entry.results),
        )
        for name, entry in entries.items()
        if entry.results
    ]


def restored(
    state: Iterable[Kept],
    store: Store,
    *,
    now: datetime,
    interval: float,
    random: Callable[[], float],
) -> dict[str, Entry]:
    """Return the entries of a state that still hold, due as if we had been there all the time."""
    judge = store.job.judge(now)
    found: dict[str, Entry] = {}
    for one in state:
        try:
            target = store.target(one.id)
            fresh = now - OLDEST <= one.scanned <= now + _AHEAD
            if target is None or not one.seen or not fresh or mark(target) != one.mark:
                continue
            results = judge(target, one.seen)
            failures = max(one.failures, 1) if failing(results) else 0
            seconds = delay(results, failures, interval=interval, now=one.scanned, random=random)
            due = after(one.scanned, seconds)
            found[one.id] = store.made(results, scanned=one.scanned, due=due, failures=failures)
        except Exception:  # noqa: BLE001 - a bug met in one target or scan ends no exporter
            _log.exception("%s: the state cannot be used", one.id)
    return found


class Rejudge:
    """Judges what was seen as another job would."""

    def __init__(self, job: Job, store: Store, now: datetime) -> None:
        self._job = job
        self._store = store
        self._now = now
        self._targets = {target.id: target for target in job.targets}
        self._judge = job.judge(now)

    def again(self, entry: Entry) -> Entry | None:
        """Return an entry, due now if its target has changed; None if the target has left."""
        before = entry.results[0].target
        target = self._targets.get(before.id)
        if target is None:
            return None
        seen = tuple(AddressObservation(one.address, one.observation) for one in entry.results)
        return self._store.made(
            self._judge(target, seen),
            scanned=entry.scanned,
            due=entry.due if mark(target) == mark(before) else self._now,
            failures=entry.failures,
            job=self._job,
        )

"""What the last scans found, in memory: the one thing that every page is made of.

The event loop is its only writer. Readers may be threads: what they read is replaced as a whole
and never changed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from probe.model.report import Report, Result
from probe.model.target import Target
from probe.scan.job import Job

Series = Any
Measure = Callable[[Result, str | None], Series]
"""Makes the metrics of one result."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """The last scan of one target: when it was, when the next is due, how many have failed."""

    results: tuple[Result, ...]
    scanned: datetime
    due: datetime
    failures: int = 0
    series: tuple[Series, ...] = ()


class Store:
    """The last results of every target of a job. ``generation`` changes with the contents."""

    def __init__(self, job: Job, measure: Measure | None = None) -> None:
        """Start empty; without ``measure`` there are no series."""
        self.job = job
        self._begun = datetime.now(UTC)
        self.generation = 0
        self.reload_error: str | None = None
        self.reloaded: bool | None = None
        self.ready = False
        self.duration = 0.0
        self.last_success: datetime | None = None
        self._measure = measure
        self._targets = {target.id: target for target in job.targets}
        self._entries: dict[str, Entry] = {}
        self._report: tuple[int, Report] | None = None

    def target(self, target_id: str) -> Target | None:
        """Return a target of the job."""
        return self._targets.get(target_id)

    def entry(self, target_id: str) -> Entry | None:
        """Return the last scan of a target; None before the first one."""
        return self._entries.get(target_id)

    def entries(self) -> dict[str, Entry]:
        """Return the last scan of every target that had one, as it is now."""
        return dict(self._entries)

    def results(self, target_id: str) -> tuple[Result, ...]:
        """Return the last results of a target, one an address."""
        entry = self._entries.get(target_id)
        return () if entry is None else entry.results

    def scanned(self, target_id: str) -> datetime | None:
        """Return when a target was scanned last."""
        entry = self._entries.get(target_id)
        return None if entry is None else entry.scanned

    def due(self, target_id: str) -> datetime | None:
        """Return when the next scan of a target is due; None where it is due at once."""
        entry = self._entries.get(target_id)
        return None if entry is None else entry.due

    def series(self) -> Sequence[Series]:
        """Return the metrics of every target, in the inventory's order."""
        return [one for entry in self._ordered() for one in entry.series]

    def report(self) -> Report:
        """Return the last results of every target as a report.

        It spans the scans that it is made of, and is judged as of the last of them. The first call
        after a change costs its time: call it in a thread.
        """
        generation, kept = self.generation, self._report
        if kept is not None and kept[0] == generation:
            return kept[1]
        entries = self._ordered()
        times = [entry.scanned for entry in entries]
        started = min(times, default=self._begun)
        finished = max(times, default=started)
        results = [result for entry in entries for result in entry.results]
        report = self.job.report(results, started=started, finished=finished, as_of=finished)
        self._report = generation, report
        return report

    def made(
        self, results: tuple[Result, ...], *, scanned: datetime, due: datetime, failures: int = 0
    ) -> Entry:
        """Return an entry with its metrics; any thread may do this."""
        measure, vantage = self._measure, self.job.vantage
        series = () if measure is None else tuple(measure(one, vantage) for one in results)
        return Entry(results=results, scanned=scanned, due=due, failures=failures, series=series)

    def put(self, target_id: str, entry: Entry) -> bool:
        """Keep the last scan of a target; False for one that has left the job."""
        if target_id not in self._targets:
            return False
        self._entries[target_id] = entry
        self.changed()
        return True

    def replace(self, job: Job, entries: Mapping[str, Entry]) -> None:
        """Go on with another job and these entries; those of no target are dropped."""
        self.job = job
        self._targets = {target.id: target for target in job.targets}
        self._entries = {name: entry for name, entry in entries.items() if name in self._targets}
        self.changed()

    def changed(self) -> None:
        """Note that what is kept of the contents is out of date."""
        self.generation += 1

    def _ordered(self) -> list[Entry]:
        entries = self._entries
        found = (entries.get(target.id) for target in self.job.targets)
        return [entry for entry in found if entry is not None]

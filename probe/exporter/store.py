"""What the last scans found, in memory: the one thing that every page is made of.

The event loop is its only writer. Readers may be threads: what they read is replaced as a whole
and never changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from probe import __version__
from probe.model.report import Report, Result
from probe.model.target import Target
from probe.render.metrics import Fleet, Health, Series, series
from probe.scan.job import Job

Measure = Callable[[Result, str | None, datetime | None], Series]
"""Makes the metrics of one result, with the vantage and the time of its scan."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """The last scan of one target: when it was, when the next is due, how many have failed."""

    results: tuple[Result, ...]
    scanned: datetime
    due: datetime
    failures: int = 0
    series: tuple[Series, ...] = ()


class Store:
    """The last results of every target of a job. ``generation`` changes with the contents."""

    def __init__(self, job: Job, measure: Measure = series) -> None:
        """Start empty."""
        self.job = job
        self.generation = 0
        self.reload_error: str | None = None
        self.ready = False
        self._begun = datetime.now(UTC)
        self._loaded = self._begun
        self._duration: float | None = None
        self._broken = 0
        self._last_success: datetime | None = None
        self._measure = measure
        self._targets = {target.id: target for target in job.targets}
        self._hosts = _by_host(job)
        self._entries: dict[str, Entry] = {}
        self._report: tuple[int, Report] | None = None

    def target(self, target_id: str) -> Target | None:
        """Return a target of the job."""
        return self._targets.get(target_id)

    def at(self, host: str) -> Sequence[Target]:
        """Return the targets of a host."""
        return self._hosts.get(host, ())

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

    def series(self) -> Sequence[Series]:
        """Return the metrics of every target, in the inventory's order."""
        return [one for entry in self._ordered(self.job.targets) for one in entry.series]

    def fleet(self) -> Fleet:
        """Return what there is to tell in metrics, of the targets and of ourselves."""
        health = Health(
            version=__version__,
            targets=len(self.job.targets),
            catalogue=self.job.catalogue.revision,
            scan_duration_seconds=self._duration,
            scan_last_success=self._last_success,
            scan_internal_errors=self._broken,
            inventory_reload_success=self.reload_error is None,
            inventory_loaded=self._loaded,
        )
        return Fleet(self.series(), health)

    def report(self) -> Report:
        """Return the last results of every target as a report.

        It spans the scans that it is made of, and is judged as of the last of them. The first call
        after a change costs its time: call it in a thread.
        """
        generation, kept = self.generation, self._report
        if kept is not None and kept[0] == generation:
            return kept[1]
        report = self.report_of(self.job.targets)
        self._report = generation, report
        return report

    def report_of(self, targets: Iterable[Target]) -> Report:
        """Return the last results of these targets as a report, in this order."""
        entries = self._ordered(targets)
        times = [entry.scanned for entry in entries]
        started = min(times, default=self._begun)
        finished = max(times, default=started)
        results = [result for entry in entries for result in entry.results]
        return self.job.report(results, started=started, finished=finished, as_of=finished)

    def made(
        self,
        results: tuple[Result, ...],
        *,
        scanned: datetime,
        due: datetime,
        failures: int = 0,
        job: Job | None = None,
    ) -> Entry:
        """Return an entry with its metrics, of another job if told; any thread may do this."""
        vantage = (job or self.job).vantage
        return Entry(
            results=results,
            scanned=scanned,
            due=due,
            failures=failures,
            series=tuple(self._measure(one, vantage, scanned) for one in results),
        )

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
        self._hosts = _by_host(job)
        self._entries = {name: one for name, one in entries.items() if name in self._targets}
        self.changed()

    def restore(self, entries: Mapping[str, Entry]) -> None:
        """Begin with entries of an earlier run."""
        self._last_success = max(entry.scanned for entry in entries.values())
        self.ready = True
        self.replace(self.job, entries)

    def scan_ended(self, seconds: float, now: datetime, *, whole: bool = True) -> None:
        """Note that what was due has been scanned, and all of it if ``whole``."""
        self._duration = seconds
        if whole:
            self._last_success = now
        self.ready = True
        self.changed()

    def scan_broken(self, targets: int) -> None:
        """Note for how many targets the last scan has ended in an internal error."""
        if targets != self._broken:
            self._broken = targets
            self.changed()

    def loaded(self, now: datetime) -> None:
        """Note that the inventory was read."""
        self._loaded, self.reload_error = now, None
        self.changed()

    def reload_failed(self, problem: str) -> None:
        """Note that the inventory could not be used, and why."""
        self.reload_error = problem
        self.changed()

    def changed(self) -> None:
        """Note that what is kept of the contents is out of date."""
        self.generation += 1

    def _ordered(self, targets: Iterable[Target]) -> list[Entry]:
        entries = self._entries
        found = (entries.get(target.id) for target in targets)
        return [entry for entry in found if entry is not None]


def _by_host(job: Job) -> dict[str, list[Target]]:
    found: dict[str, list[Target]] = {}
    for target in job.targets:
        found.setdefault(target.host.lower(), []).append(target)
    return found

"""The lines of the fleet, kept between requests: only what was scanned since is made anew."""

import threading

from probe.exporter.store import Store
from probe.model.report import Result
from probe.model.target import Target
from probe.render.digest import TargetView
from probe.render.html.rows import Row, row, waiting


class Rows:
    """A line for every target of a store, in the inventory's order. Any thread may ask."""

    def __init__(self, store: Store) -> None:
        """Start with nothing made."""
        self._store = store
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Target, tuple[Result, ...], Row]] = {}
        self._made: tuple[int, list[Row]] | None = None

    def all(self) -> list[Row]:
        """Return every line."""
        with self._lock:
            generation = self._store.generation
            if self._made is None or self._made[0] != generation:
                self._made = generation, self._make()
            return self._made[1]

    def _make(self) -> list[Row]:
        kept = {}
        for target in self._store.job.targets:
            results = self._store.results(target.id)
            before = self._kept.get(target.id)
            if before is not None and before[0] is target and before[1] is results:
                kept[target.id] = before
            else:
                line = row(TargetView(target, results)) if results else waiting(target)
                kept[target.id] = target, results, line
        self._kept = kept
        return [line for _, _, line in kept.values()]

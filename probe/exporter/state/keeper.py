"""What keeps the state file up to date, and brings it back."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from probe.exporter.rejudge import kept, restored
from probe.exporter.state import file as statefile
from probe.exporter.state.octets import encode
from probe.exporter.store import Entry, Store
from probe.render.times import counted

EVERY: Final = 60.0
"""Seconds between two writings at least."""

_log = logging.getLogger(__name__)


class Keeper:
    """Writes the state after rounds and at the end; does nothing without a path."""

    def __init__(self, store: Store, path: Path | None) -> None:
        self._store = store
        self._path = path
        self._written = -1
        self._next = 0.0
        # The last writing may find the one before it still at work: a thread is not cancelled.
        self._writing = threading.Lock()

    async def restore(self, *, interval: float, random: Callable[[], float]) -> None:
        """Have the store begin with what the file holds, judged as of now."""
        if self._path is None:
            return
        now = datetime.now(UTC)
        state = await asyncio.to_thread(statefile.read, self._path)
        entries = await asyncio.to_thread(
            restored, state, self._store, now=now, interval=interval, random=random
        )
        if entries:
            self._store.restore(entries)
            _log.info("%s: restored %s", self._path, counted(len(entries), "target"))

    async def save(self, *, at_once: bool = False) -> None:
        """Write what has changed, unless that was done a moment ago."""
        now = asyncio.get_running_loop().time()
        generation = self._store.generation
        if self._path is None or generation == self._written or (now < self._next and not at_once):
            return
        self._next = now + EVERY
        entries = self._store.entries()
        if await asyncio.to_thread(self._write, self._path, entries):
            self._written = generation

    def _write(self, path: Path, entries: Mapping[str, Entry]) -> bool:
        """Write the state; False, and the reason in the log, where that cannot be done."""
        try:
            with self._writing:
                return statefile.write(path, encode(kept(entries)))
        except Exception:  # noqa: BLE001 - a bug met in what was seen ends no exporter
            _log.exception("%s: the state cannot be written: internal error", path)
            return False

"""Everything read again while we run: all of it is used, or none."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from probe.exporter.rejudge import Rejudge
from probe.exporter.store import Entry, Store
from probe.exporter.web.config import WebConfig, WebConfigError
from probe.exporter.web.config import load as load_web
from probe.exporter.web.login import Users
from probe.render.times import counted
from probe.scan.job import Job

Judged = dict[str, tuple[Entry, Entry | None]]
_log = logging.getLogger(__name__)


class ReloadError(Exception):
    """What was read cannot be used; each line says what is wrong, with file and key."""


class Web:
    """The web configuration in use, with what has to be told of another one."""

    def __init__(self, path: Path | None, config: WebConfig, users: Users) -> None:
        self.path = path
        self.config = config
        self.users = users
        self.context: ssl.SSLContext | None = config.tls.context() if config.tls else None

    def read(self) -> WebConfig:
        """Return what the file says now. WebConfigError."""
        if self.path is None:
            return self.config
        found = load_web(self.path)
        before, now = self.config.tls, found.tls
        if (now and now.fixed) != (before and before.fixed):
            raise WebConfigError(
                f"{self.path}: tls: its presence, client_ca and minimum_version change by a restart"
            )
        return found

    def use(self, config: WebConfig) -> None:
        """Go on with it."""
        if self.context is not None and config.tls is not None:
            config.tls.load(self.context)
        self.users.replace(config.users)
        self.config = config


class Reloader:
    """Reads again when it is told to, one time after the other.

    ``load`` returns the job as the files have it now; it runs in a thread, and raises ReloadError.
    """

    def __init__(self, store: Store, load: Callable[[], Job], web: Web) -> None:
        self._store = store
        self._load = load
        self._web = web
        self._lock = asyncio.Lock()
        self._next: asyncio.Task[str] | None = None

    async def reload(self) -> str:
        """Read everything; return how that went. ReloadError when all stays as it was.

        Whoever asks while files are being read gets the next reading, and shares it with others.
        """
        if self._next is None:
            self._next = asyncio.ensure_future(self._in_turn())
        return await asyncio.shield(self._next)

    async def _in_turn(self) -> str:
        async with self._lock:
            self._next = None
            try:
                job, config = await asyncio.to_thread(self._read)
                entries = await asyncio.to_thread(self._judged, job, self._store.entries())
                self._web.use(config)
            except Exception as error:  # noqa: BLE001 - a bug in what is new leaves the old in use
                problem = str(error)
                if not isinstance(error, ReloadError):
                    _log.exception("reload: internal error")
                    problem = f"internal error: {type(error).__name__}"
                self._store.reload_failed(problem)
                for line in problem.splitlines():
                    _log.error("reload: %s", line)
                _log.error("reload: the inventory and settings before it stay in use")
                raise ReloadError(problem) from None
            self._swap(job, entries)
        message = f"reloaded: {counted(len(job.targets), 'target')}"
        _log.info("%s", message)
        return message

    def _read(self) -> tuple[Job, WebConfig]:
        """Read everything, and tell of all that is wrong with it."""
        problems: list[str] = []
        job, config = None, None
        try:
            job = self._load()
        except ReloadError as error:
            problems.append(str(error))
        try:
            config = self._web.read()
        except WebConfigError as error:
            problems.append(str(error))
        if job is None or config is None:
            raise ReloadError("\n".join(problems))
        return job, config

    def _judged(self, job: Job, entries: dict[str, Entry]) -> Judged:
        """Return each entry, and what the new job makes of it."""
        rejudge = Rejudge(job, self._store, datetime.now(UTC))
        return {name: (entry, rejudge.again(entry)) for name, entry in entries.items()}

    def _swap(self, job: Job, judged: Judged) -> None:
        """Go on with the job; what was scanned meanwhile is judged here, and is little."""
        now = datetime.now(UTC)
        rejudge = Rejudge(job, self._store, now)
        entries: dict[str, Entry] = {}
        for name, current in self._store.entries().items():
            old, new = judged.get(name, (None, None))
            made = new if old is current else rejudge.again(current)
            if made is not None:
                entries[name] = made
        self._store.replace(job, entries)
        self._store.loaded(now)

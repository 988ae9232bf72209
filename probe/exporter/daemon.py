"""The exporter from its start to its end: scans and server share one event loop."""

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import anyio.to_thread
import msgspec
import uvicorn
from starlette.applications import Starlette

from probe.exporter.notify import Notifier
from probe.exporter.probing.allowed import Allowed
from probe.exporter.probing.asked import Desk
from probe.exporter.probing.log import Logs
from probe.exporter.probing.page import ProbePage
from probe.exporter.probing.prober import Prober
from probe.exporter.reload import Reloader, ReloadError, Web
from probe.exporter.scanner import Scanner
from probe.exporter.sessions import Sessions
from probe.exporter.state.keeper import Keeper
from probe.exporter.store import Store
from probe.exporter.web import connections
from probe.exporter.web.app import app
from probe.exporter.web.config import WebConfig
from probe.exporter.web.guards import LARGEST_HEAD
from probe.exporter.web.hangup import on_hangup
from probe.exporter.web.hostcheck import Names
from probe.exporter.web.login import Users
from probe.exporter.web.metrics import MetricsPage
from probe.exporter.web.report import ReportPage
from probe.scan.job import Job

_log = logging.getLogger(__name__)
_DRAWING = 2  # pages at once
_GRACE = 3  # seconds that answers under way get at the end


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """How the exporter goes about it; none of it changes by a reload but what files hold.

    ``interval`` is in seconds. ``load`` reads the job again, in a thread; it raises ReloadError.
    ``announce`` is called when everything is up. ``names`` are ours where this machine alone
    reaches us, which is when others are refused (see `hostcheck`); None where others do.
    """

    interval: float
    load: Callable[[], Job]
    announce: Callable[[], None]
    allowed: Allowed = Allowed()
    trust: tuple[str, ...] = ("system",)
    intermediates: tuple[str, ...] = ()
    state: Path | None = None
    web_file: Path | None = None
    web: WebConfig = WebConfig()
    access_log: bool = False
    names: tuple[str, ...] | None = None


async def serve(job: Job, bound: socket.socket, setup: Setup) -> None:
    """Scan and answer until cancelled; then end in order, and write the state."""
    await _Exporter(job, setup).run(bound)


class _Exporter:
    """The parts, put together."""

    def __init__(self, job: Job, setup: Setup) -> None:
        self._setup = setup
        self._store = store = Store(job)
        self._chance = random.SystemRandom().random
        self._notifier = Notifier()
        self._sessions = Sessions()
        self._users = Users(setup.web.users)
        self._keeper = Keeper(store, setup.state)
        self._scanner = Scanner(
            store,
            self._sessions,
            interval=setup.interval,
            random=self._chance,
            ended=self._keeper.save,
        )
        web = Web(setup.web_file, setup.web, self._users)
        self._reloader = Reloader(store, setup.load, web)
        self._metrics = MetricsPage(store)
        self._report = ReportPage(store)
        desk = Desk(store, setup.allowed, setup.trust, setup.intermediates)
        self._probe = ProbePage(store, desk, Prober(self._sessions, setup.allowed), Logs())
        application = app(
            store,
            metrics=self._metrics,
            report=self._report,
            probe=self._probe,
            reload=self._reload,
            users=self._users,
            names=None if setup.names is None else Names(setup.names, lambda: web.config.hosts),
        )
        self._server = _server(application, web, setup)
        self._hangups: set[asyncio.Task[None]] = set()

    async def run(self, bound: socket.socket) -> None:
        """Do everything until cancelled; an error that ends a part ends the whole."""
        # From the start to the end: unhandled, SIGHUP would end us without the state written.
        with on_hangup(self._hung_up):
            await self._run(bound)

    async def _run(self, bound: socket.socket) -> None:
        # Pages are drawn in threads: the forty that there might be would leave the scans no time.
        anyio.to_thread.current_default_thread_limiter().total_tokens = _DRAWING
        await self._keeper.restore(interval=self._setup.interval, random=self._chance)
        answering = asyncio.create_task(self._server.serve(sockets=[bound]))
        up = asyncio.create_task(self._server.up.wait())
        await asyncio.wait((answering, up), return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        scanning = asyncio.create_task(self._scanner.run())
        watching = asyncio.create_task(self._notifier.watch())
        sweeping = asyncio.create_task(connections.watch(self._server.server_state.connections))
        try:
            self._setup.announce()
            self._notifier.ready()
            await asyncio.wait((answering, scanning), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._end(answering, (scanning, watching, sweeping, *self._hangups))
        # Nobody has cancelled this: a part has ended by itself.
        for task in (answering, scanning):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        raise RuntimeError("the web server has ended")

    async def _end(
        self, answering: asyncio.Task[None], others: Iterable[asyncio.Task[None]]
    ) -> None:
        """Give up scans, then probes, then whoever is still waiting for an answer."""
        self._notifier.stopping()
        self._server.should_exit = True
        loop = asyncio.get_running_loop()
        loop.call_later(_GRACE / 2, self._probe.end)
        loop.call_later(_GRACE, self._server.give_up)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, answering, return_exceptions=True)
        await self._keeper.save(at_once=True)
        await self._sessions.close()
        self._metrics.close()
        self._report.close()
        self._users.close()

    async def _reload(self) -> str:
        self._notifier.reloading()
        try:
            return await self._reloader.reload()
        finally:
            self._notifier.ready()
            self._scanner.wake()

    def _hung_up(self) -> None:
        """Begin a reload that nobody waits for; the log has how it went."""
        if self._server.should_exit:
            return

        async def reload() -> None:
            await self._server.up.wait()
            with contextlib.suppress(ReloadError):
                await self._reload()

        task = asyncio.create_task(reload())
        self._hangups.add(task)
        task.add_done_callback(self._hangups.discard)


class _Server(uvicorn.Server):
    """Leaves signals alone, which belong to the whole exporter, and tells when it is ``up``."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets=sockets)
        self.up.set()

    def give_up(self) -> None:
        """Hang up on whoever still waits, so that the web server need not complain of them."""
        for one in list(self.server_state.connections):
            if isinstance(one, connections.Connection):
                one.abort()
        for task in self.server_state.tasks:
            task.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing about them."""
        yield


def _server(application: Starlette, web: Web, setup: Setup) -> _Server:
    config = uvicorn.Config(
        application,
        loop="none",
        http=connections.Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=setup.access_log,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACE + 2,
        h11_max_incomplete_event_size=LARGEST_HEAD,
    )
    config.load()
    if web.context is not None:
        # Made here, so that a reload can give it a renewed certificate.
        config.ssl = web.context
    return _Server(config)

"""The exporter from its start to its end: scans and server share one event loop."""

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette

from probe.exporter.allowed import Allowed
from probe.exporter.app import app
from probe.exporter.asked import Desk
from probe.exporter.guards import LARGEST_HEAD
from probe.exporter.hangup import on_hangup
from probe.exporter.keeper import Keeper
from probe.exporter.login import Users
from probe.exporter.metricspage import MetricsPage
from probe.exporter.notify import Notifier
from probe.exporter.probelog import Logs
from probe.exporter.probepage import ProbePage
from probe.exporter.probing import Prober
from probe.exporter.reload import Reloader, ReloadError, Web
from probe.exporter.scanner import Scanner
from probe.exporter.sessions import Sessions
from probe.exporter.store import Store
from probe.exporter.webconfig import WebConfig
from probe.scan.job import Job

_log = logging.getLogger(__name__)
_GRACE = 3  # seconds that answers under way get at the end
_CONNECTIONS = 512


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """How the exporter goes about it; none of it changes by a reload but what files hold.

    ``interval`` is in seconds. ``load`` reads the job again, in a thread; it raises ReloadError.
    ``announce`` is called when everything is up.
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


async def serve(job: Job, bound: socket.socket, setup: Setup) -> None:
    """Scan and answer until cancelled; then end in order, and write the state."""
    store = Store(job)
    notifier = Notifier()
    sessions = Sessions()
    users = Users(setup.web.users)
    chance = random.SystemRandom().random
    web = Web(setup.web_file, setup.web, users)
    keeper = Keeper(store, setup.state)
    await keeper.restore(interval=setup.interval, random=chance)
    scanner = Scanner(store, sessions, interval=setup.interval, random=chance, ended=keeper.save)
    reloader = Reloader(store, setup.load, web)

    async def reload() -> str:
        notifier.reloading()
        try:
            return await reloader.reload()
        finally:
            notifier.ready()
            scanner.wake()

    metrics = MetricsPage(store)
    desk = Desk(store, setup.allowed, setup.trust, setup.intermediates)
    probe = ProbePage(store, desk, Prober(sessions, setup.allowed), Logs())
    server = _server(
        app(store, metrics=metrics, probe=probe, reload=reload, users=users), web, setup
    )
    hangups: set[asyncio.Task[None]] = set()

    async def hung_up() -> None:
        with contextlib.suppress(ReloadError):  # the log has it
            await reload()

    def hangup() -> None:
        task = asyncio.ensure_future(hung_up())
        hangups.add(task)
        task.add_done_callback(hangups.discard)

    answering = asyncio.ensure_future(server.serve(sockets=[bound]))
    working = [asyncio.ensure_future(scanner.run()), asyncio.ensure_future(notifier.watch())]
    try:
        with on_hangup(hangup):
            setup.announce()
            notifier.ready()
            await asyncio.wait((answering, working[0]), return_when=asyncio.FIRST_COMPLETED)
    finally:
        notifier.stopping()
        server.should_exit = True
        for task in (*working, *hangups):
            task.cancel()
        await asyncio.gather(*working, *hangups, return_exceptions=True)
        await asyncio.gather(answering, return_exceptions=True)
        await keeper.save(at_once=True)
        await sessions.close()
        metrics.close()
        users.close()
    for task in (answering, working[0]):
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


class _Server(uvicorn.Server):
    """Leaves signals alone: they belong to the whole exporter."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing about them."""
        yield


def _server(application: Starlette, web: Web, setup: Setup) -> _Server:
    config = uvicorn.Config(
        application,
        loop="none",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=setup.access_log,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=LARGEST_HEAD,
    )
    config.load()
    if web.context is not None:
        # Made here, so that a reload can give it a renewed certificate.
        config.ssl = web.context
    return _Server(config)

"""The web application: its routes, and what stands before all of them."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from probe.exporter.probing.page import ProbePage
from probe.exporter.reload import ReloadError
from probe.exporter.store import Store
from probe.exporter.web import pages
from probe.exporter.web.discovery import groups
from probe.exporter.web.guards import Guards
from probe.exporter.web.hostcheck import HostCheck, Names
from probe.exporter.web.login import Login, Users
from probe.exporter.web.metrics import MetricsPage
from probe.exporter.web.report import ReportPage

Reload = Callable[[], Awaitable[str]]


def app(
    store: Store,
    *,
    metrics: MetricsPage,
    report: ReportPage,
    probe: ProbePage,
    reload: Reload,
    users: Users,
    names: Names | None = None,
) -> Starlette:
    """Return the application that answers from ``store``; under any name without ``names``."""
    own: dict[str, Callable[[Request], Awaitable[Response]]] = {
        "/metrics": metrics,
        "/probe": probe,
        "/api/v1/report": report,
        **_small(store),
    }
    routes: list[BaseRoute] = [
        Route(path, _endpoint(answer), methods=["GET"]) for path, answer in own.items()
    ]
    routes.append(Route("/-/reload", _endpoint(_Reloads(reload)), methods=["POST"]))
    routes += pages.routes(store)
    before = [Middleware(Guards), Middleware(HostCheck, names, users), Middleware(Login, users)]
    missing = {404: pages.not_found(store)}
    made = Starlette(routes=routes, middleware=before, exception_handlers=missing)
    made.router.redirect_slashes = False
    return made


def _endpoint(
    answer: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Return a function: Starlette takes an object for an application."""

    async def endpoint(request: Request) -> Response:
        return await answer(request)

    return endpoint


def _small(store: Store) -> dict[str, Callable[[Request], Awaitable[Response]]]:
    """Return the pages that need no more than the store."""

    async def discovery(_: Request) -> Response:
        return Response(groups(store), media_type="application/json")

    async def healthy(_: Request) -> Response:
        return PlainTextResponse("cmprobe is healthy\n")

    async def ready(_: Request) -> Response:
        if store.ready:
            return PlainTextResponse("cmprobe is ready\n")
        return PlainTextResponse("cmprobe is not ready: the first scan has not ended\n", 503)

    return {"/sd": discovery, "/-/healthy": healthy, "/-/ready": ready}


class _Reloads:
    """Answers ``/-/reload``."""

    def __init__(self, reload: Reload) -> None:
        self._reload = reload

    async def __call__(self, _request: Request) -> Response:
        """Read everything again; 500 and every problem when it cannot be used."""
        try:
            return PlainTextResponse(f"{await self._reload()}\n")
        except ReloadError as error:
            return PlainTextResponse(f"{error}\n", 500)

"""The web application: its routes, and what stands before all of them."""

from importlib import import_module
from importlib.util import find_spec

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from probe.exporter.store import Store


def app(store: Store) -> Starlette:
    """Return the application that answers from ``store``."""

    async def healthy(_: Request) -> Response:
        return PlainTextResponse("cmprobe is healthy\n")

    async def ready(_: Request) -> Response:
        if store.ready:
            return PlainTextResponse("cmprobe is ready\n")
        return PlainTextResponse("cmprobe is not ready: the first scan has not ended\n", 503)

    routes: list[BaseRoute] = [Route("/-/healthy", healthy), Route("/-/ready", ready)]
    if find_spec("probe.exporter.pages") is not None:
        routes += import_module("probe.exporter.pages").routes(store)
    return Starlette(routes=routes)

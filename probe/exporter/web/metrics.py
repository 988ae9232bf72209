"""``/metrics``: written in a thread, once for each change, and squeezed where that is wanted."""

import asyncio
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec
from prometheus_client import CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from probe.exporter.store import Store
from probe.render.metrics import FleetCollector, content_type, exposition

_KEPT: Final = 4
"""Bodies of one state of the store, by format."""

_PIECE: Final = 256 * 1024
"""Octets that are handed to one client at once: who does not take them costs no more memory."""

_GZIP: Final = 16 + zlib.MAX_WBITS


class _Body(msgspec.Struct, frozen=True):
    generation: int
    octets: bytes
    kind: str


class MetricsPage:
    """Answers ``/metrics``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._registry = CollectorRegistry()
        self._registry.register(FleetCollector(store.fleet))
        self._kept: dict[tuple[str, bool], _Body] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="metrics")
        self._turn = asyncio.Lock()

    async def __call__(self, request: Request) -> Response:
        """Answer with the last results of every target."""
        # Many headers ask for few formats.
        accept = content_type(request.headers.get("accept"))
        squeezed = _gzip(request.headers.get("accept-encoding", ""))
        # Who asks for the same while it is being written waits for that.
        async with self._turn:
            body = self._kept.get((accept, squeezed))
            if body is None or body.generation != self._store.generation:
                body = await self._written(accept, squeezed=squeezed)
        headers = {"Content-Type": body.kind, "Vary": "Accept, Accept-Encoding"}
        if squeezed:
            headers["Content-Encoding"] = "gzip"
        return _InPieces(body.octets, headers=headers)

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _written(self, accept: str, *, squeezed: bool) -> _Body:
        generation = self._store.generation
        self._kept = {key: one for key, one in self._kept.items() if one.generation == generation}
        loop = asyncio.get_running_loop()
        octets, kind = await loop.run_in_executor(self._thread, self._write, accept, squeezed)
        body = _Body(generation, octets, kind)
        if len(self._kept) < _KEPT:
            self._kept[accept, squeezed] = body
        return body

    def _write(self, accept: str, squeezed: bool) -> tuple[bytes, str]:  # noqa: FBT001 - an executor passes no keywords
        octets, kind = exposition(self._registry, accept)
        if squeezed:
            gzip = zlib.compressobj(level=1, wbits=_GZIP)
            octets = gzip.compress(octets) + gzip.flush()
        return octets, kind


class _InPieces(Response):
    """A large body that is sent as it is taken."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        size = 0 if scope["method"] == "HEAD" else len(self.body)
        for at in range(0, size, _PIECE):
            piece = self.body[at : at + _PIECE]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _gzip(accepted: str) -> bool:
    """Whether a client takes gzip (RFC 9110, 12.5.3)."""
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in {"gzip", "x-gzip"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False

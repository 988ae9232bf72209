"""``/api/v1/report``: the JSON report, made in threads and sent piece by piece."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from probe.exporter.store import Store
from probe.render.jsonreport import chunks

_PIECE: Final = 256 * 1024


class ReportPage:
    """Answers ``/api/v1/report``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, _request: Request) -> Response:
        """Answer with the last results of every target."""
        report = await asyncio.to_thread(self._store.report)
        return StreamingResponse(_pieces(chunks(report)), media_type="application/json")


async def _pieces(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield parts put together, each piece made in a thread."""
    while piece := await asyncio.to_thread(_piece, parts):
        yield piece


def _piece(parts: Iterator[bytes]) -> bytes:
    """Take parts up to the size of a piece; nothing at the end."""
    piece = bytearray()
    for part in parts:
        piece += part
        if len(piece) >= _PIECE:
            break
    return bytes(piece)

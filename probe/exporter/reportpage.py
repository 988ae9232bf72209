"""``/api/v1/report``: the JSON report, made in threads and sent piece by piece.

``target``, ``site`` and ``role`` choose as the options of ``scan`` do, and may be repeated.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from probe.exporter.asked import Refusal
from probe.exporter.store import Store
from probe.inventory import select
from probe.inventory.problems import nearest, quote
from probe.inventory.roles import unknown
from probe.model.report import Report
from probe.render.jsonreport import chunks

_PIECE: Final = 256 * 1024
_KNOWN: Final = ("target", "site", "role")


class ReportPage:
    """Answers ``/api/v1/report``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, request: Request) -> Response:
        """Answer with the last results of every target, or of those that are asked for."""
        try:
            report = await asyncio.to_thread(self._report, request.query_params)
        except Refusal as refusal:
            return PlainTextResponse(f"{refusal.message}\n", refusal.status)
        return StreamingResponse(_pieces(chunks(report)), media_type="application/json")

    def _report(self, query: QueryParams) -> Report:
        """Return the report. Refusal: 400 for what makes no sense, 404 where nothing is chosen."""
        if not query:
            return self._store.report()
        for key in query:
            if key not in _KNOWN:
                known = nearest(key, _KNOWN) or f" ({', '.join(_KNOWN)})"
                raise Refusal(400, f"{quote(key)}: is no parameter{known}")
        targets, sites, roles = (list(filter(None, query.getlist(key))) for key in _KNOWN)
        for role in roles:
            if message := unknown(role):
                raise Refusal(400, f"role: {message}")
        chosen = select(self._store.job.targets, sites, roles, targets)
        if not chosen:
            raise Refusal(404, "no target of the inventory matches")
        return self._store.report_of(chosen)


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

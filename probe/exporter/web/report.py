"""``/api/v1/report``: the JSON report, made in a thread and sent piece by piece.

``target``, ``site`` and ``role`` choose as the options of ``scan`` do, and may be repeated.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from probe.exporter.probing.asked import Refusal
from probe.exporter.store import Store
from probe.inventory import select
from probe.inventory.problems import nearest, quote
from probe.inventory.roles import unknown
from probe.model.report import Report
from probe.render.jsonreport import chunks

Argument = TypeVar("Argument")
Made = TypeVar("Made")

_PIECE: Final = 256 * 1024
_KNOWN: Final = ("target", "site", "role")


class ReportPage:
    """Answers ``/api/v1/report``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # One thread: many who ask at once would leave the scans no time, and reloads no thread.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="report")

    async def __call__(self, request: Request) -> Response:
        """Answer with the last results of every target, or of those that are asked for."""
        try:
            report = await self._in_thread(self._report, request.query_params)
        except Refusal as refusal:
            return PlainTextResponse(f"{refusal.message}\n", refusal.status)
        return StreamingResponse(self._pieces(chunks(report)), media_type="application/json")

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, function: Callable[[Argument], Made], argument: Argument) -> Made:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, argument)

    async def _pieces(self, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
        """Yield parts put together, each piece made in the thread."""
        while piece := await self._in_thread(_piece, parts):
            yield piece

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


def _piece(parts: Iterator[bytes]) -> bytes:
    """Take parts up to the size of a piece; nothing at the end."""
    piece = bytearray()
    for part in parts:
        piece += part
        if len(piece) >= _PIECE:
            break
    return bytes(piece)

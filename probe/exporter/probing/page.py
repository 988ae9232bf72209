"""``/probe``: the multi-target pattern of Prometheus."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from probe.exporter.probing import deadline
from probe.exporter.probing.asked import Desk, Refusal
from probe.exporter.probing.log import Logs
from probe.exporter.probing.prober import Prober
from probe.exporter.store import Store
from probe.inventory.trust import TrustError
from probe.model.report import Result
from probe.net.session import SessionError
from probe.render.metrics import exposition, probe_registry

T = TypeVar("T")
_log = logging.getLogger(__name__)


class _Gone(Exception):  # noqa: N818 - a state, not a mistake
    """Nobody waits for the answer any more."""


class ProbePage:
    """Answers ``/probe``."""

    def __init__(self, store: Store, desk: Desk, prober: Prober, logs: Logs) -> None:
        self._store = store
        self._desk = desk
        self._prober = prober
        self._logs = logs
        self._running: set[asyncio.Future[Any]] = set()

    def end(self) -> None:
        """Give up what is being probed."""
        for task in self._running:
            task.cancel()

    async def __call__(self, request: Request) -> Response:
        """Probe what is asked for, and tell what was found."""
        seconds = deadline.of(request.headers.get(deadline.HEADER))
        try:
            asked = self._desk.read(request.query_params)
            if not asked.debug:
                work = self._prober.probe(asked, self._store.job, seconds)
                results, took = await self._unless_gone(request, _timed(work))
                return self._metrics(results, took, request.headers.get("accept"))
            with self._logs.capture() as lines:
                work = self._prober.probe(asked, self._store.job, seconds)
                results, took = await self._unless_gone(request, _timed(work))
                return self._debug(lines, results, took)
        except Refusal as refusal:
            return PlainTextResponse(f"{refusal.message}\n", refusal.status)
        except TimeoutError:
            return PlainTextResponse(f"not finished within {seconds:g} s\n", 503)
        except (SessionError, TrustError) as error:
            # Its words name files of this machine, which are the log's.
            _log.error("/probe: the settings cannot be used: %s", error)
            return PlainTextResponse("the settings cannot be used: the log says why\n", 500)
        except _Gone:
            return Response(status_code=499)

    async def _unless_gone(self, request: Request, work: Coroutine[Any, Any, T]) -> T:
        """Return what comes of it; cancel it when the client hangs up. _Gone, Refusal."""
        task = asyncio.ensure_future(work)
        watch = asyncio.ensure_future(_hung_up(request))
        self._running.add(task)
        try:
            await asyncio.wait((task, watch), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise _Gone
            if task.cancelled():
                raise Refusal(503, "the exporter is being ended")
            return task.result()
        finally:
            self._running.discard(task)
            task.cancel()
            watch.cancel()
            await asyncio.gather(task, watch, return_exceptions=True)

    def _metrics(self, results: tuple[Result, ...], took: float, accept: str | None) -> Response:
        registry = probe_registry(results, self._store.job.vantage, took)
        body, kind = exposition(registry, accept)
        return Response(body, headers={"Content-Type": kind})

    def _debug(self, lines: list[str], results: tuple[Result, ...], took: float) -> Response:
        body, _ = exposition(probe_registry(results, self._store.job.vantage, took), None)
        log = "".join(f"{line}\n" for line in lines)
        text = f"Log of this probe:\n{log}\nMetrics of this probe:\n{body.decode()}"
        return PlainTextResponse(text)


async def _timed(work: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """Return what comes of it, and the seconds that it took."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    return await work, loop.time() - begun


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass

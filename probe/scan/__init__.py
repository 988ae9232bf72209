"""The asyncio pipeline from targets to results: limits, deadlines, progress."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from probe.model.report import Result
from probe.model.settings import Settings
from probe.model.target import Target
from probe.net.session import Session
from probe.scan.collect import Collection, run
from probe.scan.pipeline import Judge, Progress, numbered

__all__ = ["Collection", "Judge", "Progress", "run", "scan"]


async def scan(
    targets: Sequence[Target],
    settings: Settings,
    judge: Judge,
    progress: Progress | None = None,
    *,
    session: Session | None = None,
) -> AsyncGenerator[tuple[Result, ...], None]:
    """Yield the results of each target as they are finished; `run` returns them in order.

    Close it (``contextlib.aclosing``) when leaving early, so that the work in flight stops.
    """
    async with aclosing(numbered(targets, settings, judge, progress, session)) as scanned:
        async for _, results in scanned:
            yield results

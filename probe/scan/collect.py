"""Results in the order of their targets, also when the scan is cut short."""

from collections.abc import Sequence
from contextlib import aclosing

from probe.model.report import Result
from probe.model.settings import Settings
from probe.model.target import Target
from probe.net.session import Session
from probe.scan.pipeline import Judge, Progress, numbered


class Collection:
    """Keeps what is finished; ``results`` can be read at any time, after a cancellation too."""

    __slots__ = ("_finished",)

    def __init__(self) -> None:
        self._finished: dict[int, tuple[Result, ...]] = {}

    @property
    def targets(self) -> int:
        """How many targets are finished."""
        return len(self._finished)

    @property
    def results(self) -> tuple[Result, ...]:
        """The results of the finished targets, in the order of the targets."""
        finished = self._finished
        return tuple(result for position in sorted(finished) for result in finished[position])

    def add(self, position: int, results: tuple[Result, ...]) -> None:
        """Keep the results of the target at ``position``."""
        self._finished[position] = results


async def run(
    targets: Sequence[Target],
    settings: Settings,
    judge: Judge,
    progress: Progress | None = None,
    *,
    session: Session | None = None,
    kept: Collection | None = None,
) -> tuple[Result, ...]:
    """Scan everything and return the results in the order of the targets.

    When it is cancelled, what was finished is in ``kept``, and so is what lacked nothing but
    revocation.
    """
    collection = kept if kept is not None else Collection()
    scanning = numbered(targets, settings, judge, progress, session, collection.add)
    async with aclosing(scanning) as scanned:
        async for position, results in scanned:
            collection.add(position, results)
    return collection.results

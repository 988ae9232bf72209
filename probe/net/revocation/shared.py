"""Answers that many targets need: each is fetched once, whoever asks first, and kept for a while.

Who waits may stop waiting; what is under way goes on for the others.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Iterable
from typing import Final, Generic, NamedTuple, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")

MOST: Final = 4096
"""Answers kept."""

MOST_OCTETS: Final = 64 * 1024 * 1024
"""Octets of answers kept; beyond, the oldest are dropped, and fetched again if need be."""

AT_ONE_PLACE: Final = 8
"""Questions to one place at once: one that hangs must not keep others from being asked."""

_AT_ONCE: Final = 64


class Kept(NamedTuple, Generic[T]):
    """An answer, its size in octets, and for how many seconds it holds (None: for good)."""

    value: T
    size: int
    seconds: float | None


class Shared(Generic[T]):
    """Answers by key, on one event loop."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, tuple[float, Kept[T]]] = OrderedDict()
        self._asked: dict[Hashable, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._places: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._octets = 0

    def known(self, key: Hashable) -> T | None:
        """Return the answer if it is there and still holds."""
        found = self._known.get(key)
        if found is None:
            return None
        until, kept = found
        if until < asyncio.get_running_loop().time():
            self._drop(key)
            return None
        return kept.value

    def items(self) -> list[tuple[Hashable, T]]:
        """Return every answer that is kept, the oldest first, also those that hold no more."""
        return [(key, kept.value) for key, (_, kept) in self._known.items()]

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._asked)

    def ask(
        self, key: Hashable, make: Callable[[], Coroutine[None, None, Kept[T]]], place: str = ""
    ) -> asyncio.Task[None] | None:
        """Have the answer fetched unless it is known; the task ends when it is there.

        ``place`` is who is asked.
        """
        if self.known(key) is not None:
            return None
        task = self._asked.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._fetch(key, make, place))
            self._asked[key] = task
        return task

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = list(self._asked.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch(
        self, key: Hashable, make: Callable[[], Coroutine[None, None, Kept[T]]], place: str
    ) -> None:
        try:
            here = self._places.setdefault(place, asyncio.Semaphore(AT_ONE_PLACE))
            async with here, self._turn:
                kept = await make()
            seconds = float("inf") if kept.seconds is None else kept.seconds
            self._known[key] = asyncio.get_running_loop().time() + seconds, kept
            self._octets += kept.size
            while len(self._known) > 1 and (len(self._known) > MOST or self._octets > MOST_OCTETS):
                self._drop(next(iter(self._known)))
        finally:
            self._asked.pop(key, None)

    def _drop(self, key: Hashable) -> None:
        _, kept = self._known.pop(key)
        self._octets -= kept.size


async def wait(tasks: Iterable[asyncio.Task[None] | None], seconds: float) -> None:
    """Wait for what is asked, so many seconds at most; what is late goes on."""
    waiting = {task for task in tasks if task is not None}
    if waiting:
        limit = max(0.0, seconds) if seconds < math.inf else None
        await asyncio.wait(waiting, timeout=limit)

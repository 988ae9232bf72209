"""Which target is next: in order, but never more of one host at once than its limit.

Targets whose host is busy are put aside and come first when it is free again. So a dead host
with many ports holds no more of the scan than its share.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from probe.model.target import Target


class Schedule:
    """Hands out targets with their positions; ``key`` names a target's host."""

    __slots__ = ("_aside", "_busy", "_key", "_limit", "_ready", "_rest")

    def __init__(self, targets: Iterable[Target], limit: int, key: Callable[[Target], str]) -> None:
        """Allow ``limit`` targets of one host at once."""
        self._rest: Iterator[tuple[int, Target]] = enumerate(targets)
        self._limit = limit
        self._key = key
        self._busy: dict[str, int] = {}
        self._aside: dict[str, deque[tuple[int, Target]]] = {}
        self._ready: deque[tuple[int, Target]] = deque()

    def next(self) -> tuple[int, Target] | None:
        """Return the next target that may start, None while (or because) there is none."""
        if self._ready:
            return self._ready.popleft()
        for position, target in self._rest:
            key = self._key(target)
            busy = self._busy.get(key, 0)
            if busy < self._limit:
                self._busy[key] = busy + 1
                return position, target
            self._aside.setdefault(key, deque()).append((position, target))
        return None

    def done(self, target: Target) -> bool:
        """Note that a target is through; return whether another of its host may start now."""
        key = self._key(target)
        aside = self._aside.get(key)
        if aside:
            # It takes over the place of the one that is through.
            self._ready.append(aside.popleft())
            return True
        self._aside.pop(key, None)
        self._busy[key] -= 1
        if not self._busy[key]:
            del self._busy[key]
        return False

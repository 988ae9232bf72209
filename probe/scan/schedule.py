"""Which target is next: fair to networks, and never more of one host at once than its limit.

The next target is of the network with the fewest in flight; among equals, the first in order. So
a network that is dead holds its share of the scan and no more while others have something to do,
and may have all of it when they have not. Targets whose host is busy are put aside until it is
free again.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable

from probe.model.target import Target

Item = tuple[int, Target]
"""A position and its target."""


def network(target: Target) -> str:
    """Return what fairness counts a target by: the /24 or /64 of its address, or its site.

    Where a name leads is not known before its turn; what stands at one site often fails together.
    """
    address = target.address
    if address is None:
        return f"site {target.site}"
    if ":" not in address:
        return address.rpartition(".")[0]
    from ipaddress import IPv6Address  # noqa: PLC0415 - rare, and text has no four groups to cut

    return str(int(IPv6Address(address.partition("%")[0])) >> 64)


class _Network:
    """Targets that may start, in order, and how many are in flight."""

    __slots__ = ("busy", "waiting")

    def __init__(self) -> None:
        self.busy = 0
        self.waiting: deque[Item] = deque()


class Schedule:
    """Hands out targets with their positions."""

    __slots__ = ("_aside", "_busy", "_heap", "_key", "_limit", "_network", "_networks")

    def __init__(
        self,
        targets: Iterable[Target],
        limit: int,
        key: Callable[[Target], str],
        network: Callable[[Target], str] = network,
    ) -> None:
        """Allow ``limit`` targets of one host at once; ``key`` and ``network`` name its place."""
        self._limit = limit
        self._key = key
        self._network = network
        self._busy: dict[str, int] = {}
        self._aside: dict[str, deque[Item]] = {}
        self._networks: dict[str, _Network] = {}
        for item in enumerate(targets):
            self._networks.setdefault(network(item[1]), _Network()).waiting.append(item)
        # In flight, first position, name; what does not agree with its network is out of date.
        self._heap: list[tuple[int, int, str]] = []
        for name in self._networks:
            self._offer(name)

    def next(self) -> Item | None:
        """Return the next target that may start, None while (or because) there is none."""
        while self._heap:
            busy, _, name = heapq.heappop(self._heap)
            found = self._networks[name]
            if busy != found.busy:
                continue
            item = self._startable(found.waiting)
            if item is not None:
                found.busy += 1
                self._offer(name)
                return item
        return None

    def done(self, target: Target) -> bool:
        """Note that a target is through; return whether another of its host may start now."""
        key, name = self._key(target), self._network(target)
        found = self._networks[name]
        found.busy -= 1
        self._busy[key] -= 1
        if not self._busy[key]:
            del self._busy[key]
        aside = self._aside.get(key)
        if aside:
            item = aside.popleft()
            place = self._network(item[1])
            self._networks[place].waiting.appendleft(item)
            if place != name:
                self._offer(place)
            if not aside:
                del self._aside[key]
        self._offer(name)
        return aside is not None

    def _offer(self, name: str) -> None:
        found = self._networks[name]
        if found.waiting:
            heapq.heappush(self._heap, (found.busy, found.waiting[0][0], name))

    def _startable(self, waiting: deque[Item]) -> Item | None:
        """Take the first whose host is not busy; those before it are put aside."""
        while waiting:
            item = waiting.popleft()
            key = self._key(item[1])
            busy = self._busy.get(key, 0)
            if busy < self._limit:
                self._busy[key] = busy + 1
                return item
            self._aside.setdefault(key, deque()).append(item)
        return None

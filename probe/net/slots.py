"""How many connections there may be to one address at once."""

import asyncio
from collections import deque

from probe.net.deadline import Deadline


class Slots:
    """Counts connections by key; who finds none free waits in order, off the clock."""

    __slots__ = ("_limit", "_used", "_waiting")

    def __init__(self, limit: int) -> None:
        """Allow ``limit`` at once for each key."""
        self._limit = limit
        self._used: dict[str, int] = {}
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def take(self, key: str, deadline: Deadline) -> None:
        """Take a slot, waiting for one if need be."""
        used = self._used.get(key, 0)
        if used < self._limit:
            self._used[key] = used + 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, deque()).append(turn)
        deadline.pause()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(key)
            raise
        finally:
            deadline.resume()

    def give(self, key: str) -> None:
        """Give a slot back: to the next who waits, if any."""
        waiting = self._waiting.get(key)
        while waiting:
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._waiting.pop(key, None)
        self._used[key] -= 1
        if not self._used[key]:
            del self._used[key]

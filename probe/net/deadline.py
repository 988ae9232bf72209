"""One deadline a target: a single timer, which stands still while the target waits for its turn."""

import asyncio


class Deadline:
    """Wraps the one timeout of a target.

    Waiting for a connection slot is our doing and not the server's: it is not charged.
    """

    __slots__ = ("_loop", "_pauses", "_remaining", "_timeout")

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._loop = asyncio.get_running_loop()
        self._timeout = timeout
        self._pauses = 0
        self._remaining = 0.0

    def pause(self) -> None:
        """Stop the clock."""
        when = self._timeout.when()
        # Once it has expired it cannot be changed any more: the target is being cancelled.
        if not self._pauses and when is not None and not self._timeout.expired():
            self._remaining = when - self._loop.time()
            self._timeout.reschedule(None)
        self._pauses += 1

    def resume(self) -> None:
        """Let the clock go on when nothing of the target waits for its turn any more."""
        self._pauses -= 1
        if not self._pauses and not self._timeout.expired():
            self._timeout.reschedule(self._loop.time() + self._remaining)

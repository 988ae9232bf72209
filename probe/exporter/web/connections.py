"""Connections of clients, and an end to those that are slow on purpose or have died.

The web server waits for ever for the rest of a request, and for a client to take its answer. Here
both have to come on, and where there are too many connections the one that is idle for longest
makes room: whoever opens hundreds and says nothing keeps nobody else out.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST: Final = 512
"""Connections at once."""

PATIENCE: Final = 20.0
"""Seconds for a request to be complete, and for 48 KiB of an answer to be taken."""

EVERY: Final = 1.0


class Connection(H11Protocol):
    """One client."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:  # noqa: ANN401 - as the base class has them
        """Start as the web server wants it."""
        super().__init__(*arguments, **keywords)
        self._idle = self.loop.time()
        self._asking: float | None = self._idle
        self._taking = self._idle

    @property
    def answering(self) -> bool:
        """Whether an answer is being made, or has not been taken."""
        return self._making or self.transport.get_write_buffer_size() > 0

    @property
    def _making(self) -> bool:
        return not getattr(self.cycle, "response_complete", True)  # there is none at first

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base class has it
        """Make room for it if need be."""
        super().connection_made(transport)
        if len(self.connections) > MOST:
            others = (one for one in self.connections if isinstance(one, Connection))
            idle = [one for one in others if not one.answering and one is not self]
            (min(idle, key=lambda one: one.idle_since) if idle else self).abort()

    @property
    def idle_since(self) -> float:
        """When it was opened or the last answer was complete, on the loop's clock."""
        return self._idle

    def data_received(self, data: bytes) -> None:
        """Take the time of a request that has only begun."""
        if self._asking is None:
            self._asking = self.loop.time()
        super().data_received(data)
        if self._making:
            self._asking = None
            self._taking = self.loop.time()
        elif self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            self._asking = None

    def on_response_complete(self) -> None:
        """Take the time of the last answer; what has come of the next request has begun with it."""
        self._idle = self._taking = self.loop.time()
        super().on_response_complete()
        if not self._making and (
            self.conn.their_state is h11.SEND_BODY or self.conn.trailing_data[0]
        ):
            self._asking = self._idle

    def pause_writing(self) -> None:
        """Take the time from when on there is more than the client takes at once."""
        self._taking = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Take the time of the last progress."""
        self._taking = self.loop.time()
        super().resume_writing()

    def overdue(self, now: float) -> bool:
        """Whether the client is too slow to be waited for."""
        if self.transport.get_write_buffer_size() > 0:
            return now - self._taking > PATIENCE
        return self._asking is not None and not self.answering and now - self._asking > PATIENCE

    def abort(self) -> None:
        """Close at once, whatever has not been sent."""
        self.transport.abort()


def sweep(connections: Iterable[object], now: float) -> None:
    """Close those that are overdue."""
    for one in list(connections):
        if isinstance(one, Connection) and one.overdue(now):
            one.abort()


async def watch(connections: Iterable[object]) -> None:
    """Sweep again and again, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(EVERY)
        sweep(connections, loop.time())

"""One TCP connection that runs exchanges one after another.

A single small object on stock asyncio: no streams, no task and no timer of its own. Time is the
caller's: cancelling `Connection.run` expires the exchange, which then tells what it saw.
"""

import asyncio
import socket
from typing import Final, Self, cast

from probe.net import bare
from probe.net.exchange import Exchange

LIMIT: Final = 16 * 1024 * 1024
"""Octets after which a connection is cut; every exchange has its own, much lower limits."""

_EARLY: Final = 64 * 1024
"""Octets kept while no exchange runs."""


class Connection(asyncio.BufferedProtocol):
    """A connected socket. ``buffer`` is shared by every connection of one event loop.

    A buffered protocol, because a plain one allocates 256 KiB for every read.
    """

    __slots__ = (
        "_buffer",
        "_early",
        "_exchange",
        "_lost",
        "_patience",
        "_received",
        "_transport",
        "_waiter",
    )

    def __init__(self, buffer: memoryview) -> None:
        self._buffer = buffer
        self._transport: bare.Transport | None = None
        self._exchange: Exchange | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._early = b""
        self._received = 0
        self._lost: bool | None = None

    @classmethod
    async def open(cls, address: str, port: int, buffer: memoryview) -> Self:
        """Connect to an address literal; raises OSError."""
        loop = asyncio.get_running_loop()
        if bare.possible(loop):
            self = cls(buffer)
            await bare.connect(loop, address, port, self)
            return self
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)  # noqa: FBT003 - the socket module's signature
            await loop.sock_connect(sock, (address, port))
            _, self = await loop.create_connection(lambda: cls(buffer), sock=sock)
        except BaseException:
            sock.close()
            raise
        return self

    async def run(self, exchange: Exchange, early: bytes = b"") -> None:
        """Run ``exchange`` to its end; ``early`` are octets of the peer that came before.

        An error of the exchange itself is raised here. On cancellation the exchange expires and
        the connection is gone.
        """
        self._exchange = exchange
        try:
            self.send(exchange.begin())
            early += self._early
            self._early = b""
            if early:
                self._feed(early)
            if self._lost is not None and not exchange.finished:
                exchange.closed(reset=self._lost)
            if not exchange.finished:
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
        except BaseException:
            if not exchange.finished:
                exchange.expire()
            self.abort()
            raise
        finally:
            self._exchange = self._waiter = None
            if self._patience is not None:
                self._patience.cancel()
                self._patience = None

    def send(self, data: bytes) -> None:
        """Send octets, if the connection still stands."""
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """Close after what was written is sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("bare.Transport", transport)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """Lend the shared buffer: it is read out before the loop does anything else."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Pass on what was read."""
        data = bytes(self._buffer[:nbytes])
        self._received += nbytes
        if self._received > LIMIT:
            self._end(reset=False)
            self.abort()
        elif self._waiter is not None:
            try:
                self._feed(data)
            except Exception as error:  # noqa: BLE001 - raised again in `run`
                if not self._waiter.done():
                    self._waiter.set_exception(error)
            else:
                self._settle()
        else:
            self._early = (self._early + data)[:_EARLY]

    def eof_received(self) -> None:
        """Take the peer's end of data as the end."""
        self._end(reset=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the loss as a close, or as a reset when there was an error."""
        # They know each other: let go, so that nothing waits for the garbage collector.
        self._transport = None
        self._end(reset=exc is not None)

    def _feed(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is None or exchange.finished:
            return
        self.send(exchange.receive(data))
        patience: float | None = getattr(exchange, "patience", None)
        if patience is not None and self._patience is None:
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(patience, self._expire)

    def _expire(self) -> None:
        if self._exchange is not None and not self._exchange.finished:
            self._exchange.expire()
            self.send(getattr(self._exchange, "farewell", b""))
        self._settle()

    def _end(self, *, reset: bool) -> None:
        if self._lost is not None:
            return
        self._lost = reset
        if self._exchange is not None and self._waiter is not None:
            if not self._exchange.finished:
                self._exchange.closed(reset=reset)
            self._settle()

    def _settle(self) -> None:
        waiter, exchange = self._waiter, self._exchange
        if waiter is not None and exchange is not None and exchange.finished and not waiter.done():
            waiter.set_result(None)

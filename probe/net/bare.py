"""A transport over nothing but a socket, for event loops that can watch one.

asyncio's own transport, with the future and the tasks that lead to it, costs a tenth of a
millisecond of a handshake that takes half of one, and 2 KiB of memory a connection. What an
exchange needs of it is little: to write, to close, and to be told what comes.
"""

import asyncio
import os
import socket
from errno import EINPROGRESS, EWOULDBLOCK
from typing import Final, Protocol, cast

from probe.net.watch import READ, WRITE, Watch, watching

_UNDER_WAY: Final = frozenset({0, EINPROGRESS, EWOULDBLOCK})


class Transport(Protocol):
    """What a connection needs of a transport: the part of asyncio.Transport that is in use."""

    def write(self, data: bytes) -> None:
        """Send octets, now or as soon as the socket takes them."""

    def close(self) -> None:
        """Close after what was written is sent."""

    def abort(self) -> None:
        """Close at once."""

    def is_closing(self) -> bool:
        """Whether nothing more can be written."""


def possible(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether ``loop`` watches sockets for us: Windows' Proactor cannot, and uvloop does better."""
    return isinstance(loop, asyncio.SelectorEventLoop)


async def connect(
    loop: asyncio.AbstractEventLoop, address: str, port: int, protocol: asyncio.BufferedProtocol
) -> None:
    """Connect ``protocol`` to an address literal; raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    watch = watching(loop)
    try:
        sock.setblocking(False)  # noqa: FBT003 - the socket module's signature
        if "%" in address:
            # An address with a zone: only the loop's resolver keeps the zone.
            await loop.sock_connect(sock, (address, port))
        else:
            await _connect(loop, watch, sock, (address, port))
        # As asyncio does: what is written is complete, and not to wait for more.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = Bare(watch, sock, protocol)
    except BaseException:
        watch.forget(sock.fileno())
        sock.close()
        raise
    protocol.connection_made(cast("asyncio.Transport", transport))


async def _connect(
    loop: asyncio.AbstractEventLoop, watch: Watch, sock: socket.socket, address: tuple[str, int]
) -> None:
    """Connect; what is waited for then is left to the transport to change."""
    error = sock.connect_ex(address)
    if error not in _UNDER_WAY:
        raise OSError(error, os.strerror(error))
    waiter: asyncio.Future[None] = loop.create_future()

    def settled() -> None:
        if not waiter.done():
            waiter.set_result(None)

    watch.wait(sock.fileno(), WRITE, settled)
    await waiter
    error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        raise OSError(error, os.strerror(error))


class Bare:
    """A connected socket that reads into its protocol's buffer."""

    __slots__ = ("_closing", "_descriptor", "_protocol", "_sock", "_unsent", "_watch")

    def __init__(
        self, watch: Watch, sock: socket.socket, protocol: asyncio.BufferedProtocol
    ) -> None:
        self._watch = watch
        self._sock = sock
        self._descriptor = sock.fileno()
        self._protocol = protocol
        self._unsent = b""
        self._closing = False
        watch.wait(self._descriptor, READ, self._ready)

    def is_closing(self) -> bool:
        """Whether nothing more can be written."""
        return self._closing

    def write(self, data: bytes) -> None:
        """Send octets, now or as soon as the socket takes them."""
        if self._closing:
            return
        if self._unsent:
            self._unsent += data
            return
        self._unsent = data
        self._send()
        if self._unsent:
            self._watch.wait(self._descriptor, READ | WRITE, self._ready)

    def close(self) -> None:
        """Close after what was written is sent."""
        if self._closing:
            return
        self._closing = True
        if self._unsent:
            self._watch.wait(self._descriptor, WRITE, self._ready)
        else:
            self._end(None)

    def abort(self) -> None:
        """Close at once."""
        self._end(None)

    def _ready(self) -> None:
        """Go on: there is something to read, room to write, or an error."""
        if self._unsent:
            self._send()
            if not self._unsent:
                self._sent()
        if not self._closing:
            self._read()

    def _sent(self) -> None:
        if self._descriptor < 0:
            return
        if self._closing:
            self._end(None)
        else:
            self._watch.wait(self._descriptor, READ, self._ready)

    def _read(self) -> None:
        protocol = self._protocol
        try:
            count = self._sock.recv_into(protocol.get_buffer(-1))
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(error)
            return
        if count:
            protocol.buffer_updated(count)
        else:
            protocol.eof_received()
            self.close()

    def _send(self) -> None:
        try:
            sent = self._sock.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(error)
            return
        self._unsent = self._unsent[sent:]

    def _end(self, error: OSError | None) -> None:
        """Close; the protocol is told once."""
        descriptor = self._descriptor
        if descriptor < 0:
            return
        self._descriptor = -1
        self._closing = True
        self._unsent = b""
        self._watch.forget(descriptor)
        self._sock.close()
        self._protocol.connection_lost(error)

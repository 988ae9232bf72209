"""Listening TCP ports on loopback, and every connection that came in through them.

What is opened here is closed here: `Listeners.aclose` ends the servers and whatever clients left
open, so that nothing of the lab outlives it.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Protocol

LOOPBACK = "127.0.0.1"
LOOPBACK_6 = "::1"
_PORT_ATTEMPTS = 20
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time
_RESET_ON_CLOSE_WINDOWS = struct.pack("HH", 1, 0)


class Conversation(Protocol):
    """What a server says, without input or output of its own: octets in, octets out."""

    finished: bool
    """Whether the server closes the connection, once its last octets are sent."""

    def receive(self, data: bytes) -> bytes:
        """Take what the client sent; return what to send."""
        ...


class Silent:
    """Accepts, and never says anything."""

    finished = False

    def receive(self, data: bytes) -> bytes:
        """Ignore ``data``."""
        del data
        return b""


class Abrupt:
    """Resets the connection as soon as the client speaks; `_Peer` knows how."""

    finished = True

    def receive(self, data: bytes) -> bytes:
        """Ignore ``data``."""
        del data
        return b""


def has_ipv6() -> bool:
    """Whether this machine has ``::1``; containers often have not."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as attempt:
            attempt.bind((LOOPBACK_6, 0))
    except OSError:
        return False
    return True


def bind(addresses: Sequence[str], *, datagrams: bool = False) -> tuple[socket.socket, ...]:
    """Bind one free port on every address, for UDP first if ``datagrams``; OSError if none is."""
    for attempt in range(_PORT_ATTEMPTS):
        with contextlib.ExitStack() as opened:
            try:
                sockets = _bind(opened, addresses, datagrams=datagrams)
            except OSError:
                if attempt == _PORT_ATTEMPTS - 1:
                    raise
                continue
            opened.pop_all()
            return sockets
    raise AssertionError("unreachable")  # pragma: no cover - the last attempt returns or raises


def _bind(
    opened: contextlib.ExitStack, addresses: Sequence[str], *, datagrams: bool
) -> tuple[socket.socket, ...]:
    port = 0
    sockets = []
    kinds = (socket.SOCK_DGRAM, socket.SOCK_STREAM) if datagrams else (socket.SOCK_STREAM,)
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        for kind in kinds:
            bound = opened.enter_context(socket.socket(family, kind))
            if family == socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound.bind((address, port))
            bound.setblocking(False)  # noqa: FBT003 - that is its signature
            port = bound.getsockname()[1]
            sockets.append(bound)
    return tuple(sockets)


class _Peer(asyncio.Protocol):
    """One accepted connection, holding one conversation."""

    def __init__(self, conversation: Conversation, listeners: "Listeners") -> None:
        self._conversation = conversation
        self._listeners = listeners
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join the open connections, unless the lab is closing already."""
        if not isinstance(transport, asyncio.Transport):  # pragma: no cover - TCP servers make one
            raise TypeError(transport)
        self.transport = transport
        self._listeners.join(self)

    def data_received(self, data: bytes) -> None:
        """Answer."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        answer = self._conversation.receive(data)
        if answer:
            transport.write(answer)
        if isinstance(self._conversation, Abrupt):
            _reset(transport)
        elif self._conversation.finished:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave; why the client went does not matter here."""
        del exc
        self.transport = None
        self._listeners.leave(self)


def _reset(transport: asyncio.Transport) -> None:
    accepted = transport.get_extra_info("socket")
    windows = hasattr(socket, "SO_EXCLUSIVEADDRUSE")
    linger = _RESET_ON_CLOSE_WINDOWS if windows else _RESET_ON_CLOSE
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


class Listeners:
    """The open doors of a lab."""

    def __init__(self) -> None:
        """Start with none."""
        self._closing = False
        self._peers: set[_Peer] = set()
        self._empty = asyncio.Event()
        self._servers: list[asyncio.Server] = []
        self._held: list[socket.socket] = []

    async def serve(self, bound: socket.socket, factory: Callable[[], Conversation]) -> None:
        """Accept connections on a bound socket, each with a conversation of its own."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Peer(factory(), self), sock=bound)
        self._servers.append(server)

    def hold(self, bound: socket.socket) -> None:
        """Keep a bound port that nobody listens on: connections to it are refused."""
        self._held.append(bound)

    def join(self, peer: _Peer) -> None:
        """Count ``peer`` in; one that comes while the doors close is turned away."""
        self._peers.add(peer)
        if self._closing and peer.transport is not None:
            peer.transport.abort()

    def leave(self, peer: _Peer) -> None:
        """Count ``peer`` out."""
        self._peers.discard(peer)
        if not self._peers:
            self._empty.set()

    async def aclose(self) -> None:
        """Close every port and connection."""
        self._closing = True
        for server in self._servers:
            server.close()
        for bound in self._held:
            bound.close()
        for peer in tuple(self._peers):
            if peer.transport is not None:
                peer.transport.abort()
        for server in self._servers:
            await server.wait_closed()
        # An aborted transport reports its end, and closes its socket, on a later turn.
        while self._peers:
            self._empty.clear()
            await self._empty.wait()
        self._servers.clear()
        self._held.clear()

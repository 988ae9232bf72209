"""Small servers on loopback, in the event loop of the test: hostile ones, a proxy, a name server."""

import asyncio
import base64
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from probe.lab import builder
from probe.tls.messages import Message, message
from probe.tls.records import Content, plain

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(
    handler: Handler, address: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[int]:
    """Accept connections, each handled by ``handler``; yields the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await handler(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(handle, address, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.sleep(0)
        await asyncio.gather(*tasks, return_exceptions=True)


def handshake(*messages: bytes) -> bytes:
    """Put handshake messages into records."""
    stream = b"".join(messages)
    return b"".join(
        plain(Content.HANDSHAKE, 0x0303, stream[start : start + 16384])
        for start in range(0, len(stream), 16384)
    )


def server_hello(suite: int = 0x009C, version: int = 0x0303) -> bytes:
    body = version.to_bytes(2, "big") + bytes(32) + b"\x00" + suite.to_bytes(2, "big") + b"\x00"
    return message(Message.SERVER_HELLO, body)


def certificate(*chain: bytes) -> bytes:
    entries = b"".join(len(der).to_bytes(3, "big") + der for der in chain)
    return message(Message.CERTIFICATE, len(entries).to_bytes(3, "big") + entries)


HELLO_DONE = message(Message.SERVER_HELLO_DONE, b"")
SHUT_OUT = plain(Content.ALERT, 0x0303, b"\x02\x28")


async def silent(reader, writer) -> None:
    await reader.read()


async def silent_for_ever(reader, writer) -> None:
    await asyncio.Event().wait()


async def closing(reader, writer) -> None:
    await reader.read(1)


async def resetting(reader, writer) -> None:
    await reader.read(1)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def saying(octets: bytes, *, then: Handler = silent) -> Handler:
    """Send ``octets`` once the client has spoken."""

    async def handler(reader, writer) -> None:
        await reader.read(1)
        writer.write(octets)
        await writer.drain()
        await then(reader, writer)

    return handler


def greeting(octets: bytes) -> Handler:
    """Speak first, as mail and SSH servers do."""

    async def handler(reader, writer) -> None:
        writer.write(octets)
        await reader.read()

    return handler


def dripping(octets: bytes, seconds: float = 0.05) -> Handler:
    """Send octet for octet, for ever."""

    async def handler(reader, writer) -> None:
        await reader.read(1)
        for octet in octets:
            writer.write(bytes((octet,)))
            await asyncio.sleep(seconds)
        await asyncio.Event().wait()

    return handler


def flooding(head: bytes, again: bytes) -> Handler:
    """Send ``head`` and then ``again`` without end."""

    async def handler(reader, writer) -> None:
        await reader.read(1)
        writer.write(head)
        while not writer.is_closing():
            writer.write(again)
            await writer.drain()
            # The probe and the other servers share this loop.
            await asyncio.sleep(0)

    return handler


HTTP = b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nConnection: close\r\n\r\n"

HOSTILE: dict[str, tuple[Handler, str]] = {
    "silent": (silent, "timeout"),
    "deaf": (silent_for_ever, "timeout"),
    "closes": (closing, "closed"),
    "resets": (resetting, "reset"),
    "speaks HTTP": (saying(HTTP, then=closing), "not_tls"),
    "speaks HTTP and stays": (saying(HTTP), "not_tls"),
    "speaks SSH first": (greeting(b"SSH-2.0-OpenSSH_9.2\r\n"), "not_tls"),
    "garbage": (saying(b"\xde\xad\xbe\xef" * 64), "not_tls"),
    "drips": (dripping(handshake(server_hello(), certificate(bytes(4096)))), "timeout"),
    "alert": (saying(SHUT_OUT), "alert"),
    "half a record": (saying(handshake(server_hello())[:20], then=closing), "closed"),
    "stops after its hello": (saying(handshake(server_hello()), then=closing), "closed"),
    "broken hello": (saying(handshake(message(Message.SERVER_HELLO, b"\x03"))), "malformed"),
    "unknown record type": (
        saying(b"\x16\x03\x03\x00\x02\x02\x00" + b"\x63\x03\x03\x00\x01\x00"),
        "malformed",
    ),
    "no certificate": (
        saying(handshake(server_hello(), certificate(), HELLO_DONE)),
        "no_certificate",
    ),
    "endless empty records": (
        flooding(handshake(server_hello()), plain(Content.HANDSHAKE, 0x0303, b"") * 16),
        "limit",
    ),
    "endless warnings": (
        flooding(b"", plain(Content.ALERT, 0x0303, b"\x01\x70") * 16),
        "limit",
    ),
    "a huge certificate message": (
        flooding(
            handshake(server_hello())
            + plain(Content.HANDSHAKE, 0x0303, b"\x0b\xff\xff\xff" + bytes(1000)),
            plain(Content.HANDSHAKE, 0x0303, bytes(16384)),
        ),
        "limit",
    ),
    "too long a record": (saying(b"\x16\x03\x03\xff\xff" + bytes(100)), "limit"),
}
"""What hostile TLS servers do, and the kind of failure that it is."""

UNDECODABLE = handshake(server_hello(), certificate(builder.UNDECODABLE, b"junk"), HELLO_DONE)


class ConnectProxy:
    """A proxy for CONNECT; ``answer`` replaces the tunnel by an answer of its own."""

    def __init__(self, *, credentials: str | None = None, answer: bytes | None = None) -> None:
        self.requests: list[str] = []
        self._credentials = credentials
        self._answer = answer

    async def __call__(self, reader, writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
        self.requests.append(head)
        if self._answer is not None:
            writer.write(self._answer)
            await writer.drain()
            return
        if self._credentials is not None:
            expected = base64.b64encode(self._credentials.encode()).decode()
            if f"Proxy-Authorization: Basic {expected}\r\n" not in head:
                writer.write(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                    b'Proxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'
                )
                await writer.drain()
                return
        _, _, port = head.split(" ")[1].rpartition(":")
        # Every name is this machine: the test has no other.
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(reader, inner_writer))
                group.create_task(_pump(inner_reader, writer))
        except* OSError:
            pass
        finally:
            inner_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


class NameServer(asyncio.DatagramProtocol):
    """A name server that answers what ``answer`` makes of a query, None for nothing at all."""

    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        self.queries = 0
        self._answer = answer
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        self.queries += 1
        answer = self._answer(data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


@asynccontextmanager
async def name_server(
    answer: Callable[[bytes], bytes | None],
) -> AsyncIterator[tuple[str, NameServer]]:
    """Serve DNS over UDP; yields ``IP:PORT`` and the server, which counts the queries."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: NameServer(answer), local_addr=("127.0.0.1", 0)
    )
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}", protocol
    finally:
        transport.close()

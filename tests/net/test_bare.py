import asyncio
import socket
import sys
from contextlib import contextmanager

import pytest
from support.servers import closing, resetting, saying, serving, silent

from probe.net import bare
from probe.net.connection import Connection
from probe.net.watch import Loop, watching

SOME = bytes(range(256)) * 40
LARGE = SOME * 1000


@pytest.fixture(params=["the watch of this platform", "the event loop"], autouse=True)
def watch(request, monkeypatch):
    if request.param == "the event loop":
        monkeypatch.setattr(bare, "watching", Loop)


class Heard(asyncio.BufferedProtocol):
    """Notes what a transport tells."""

    def __init__(self):
        self.events: list[object] = []
        self.data = bytearray()
        self.enough = asyncio.Event()
        self.over = asyncio.Event()
        self._buffer = bytearray(1024)

    def connection_made(self, transport):
        self.transport = transport
        self.events.append("made")

    def get_buffer(self, sizehint):
        return self._buffer

    def buffer_updated(self, nbytes):
        self.data += self._buffer[:nbytes]
        if len(self.data) >= len(SOME):
            self.enough.set()

    def eof_received(self):
        self.events.append("eof")

    def connection_lost(self, exc):
        self.events.append(type(exc).__name__ if exc else "lost")
        self.over.set()


def connected(handler, use):
    async def main():
        async with serving(handler) as port, asyncio.timeout(5):
            heard = Heard()
            await bare.connect(asyncio.get_running_loop(), "127.0.0.1", port, heard)
            try:
                await use(heard)
            finally:
                heard.transport.abort()
        return heard

    return asyncio.run(main())


def test_the_end_of_the_peer_is_told_and_closes():
    async def use(heard):
        heard.transport.write(b"h")
        await heard.over.wait()

    heard = connected(closing, use)
    assert heard.events == ["made", "eof", "lost"]
    assert heard.transport.is_closing()


def test_a_reset_is_told():
    async def use(heard):
        heard.transport.write(b"hello")
        await heard.over.wait()

    assert connected(resetting, use).events == ["made", "ConnectionResetError"]


def test_more_than_the_buffer_is_read():
    async def use(heard):
        heard.transport.write(b"hello")
        await heard.enough.wait()

    assert connected(saying(SOME), use).data == SOME


@pytest.mark.parametrize("more", [b"", b"and more"])
def test_what_the_socket_does_not_take_at_once_is_sent_before_closing(more):
    received = asyncio.Queue()

    async def slow(reader, writer):
        await asyncio.sleep(0.05)
        received.put_nowait(await reader.read(-1))

    async def use(heard):
        heard.transport.write(LARGE)
        heard.transport.write(more)
        heard.transport.close()
        assert heard.transport.is_closing()
        assert heard.events == ["made"]
        heard.transport.write(b"too late")
        assert await received.get() == LARGE + more
        await heard.over.wait()

    assert connected(slow, use).events == ["made", "lost"]


def test_what_is_unsent_is_dropped_on_abort():
    async def use(heard):
        heard.transport.write(LARGE)
        heard.transport.abort()
        heard.transport.abort()
        heard.transport.close()
        # Nothing is watched any more: the descriptor may be another connection's by now.
        await asyncio.sleep(0.02)

    assert connected(silent, use).events == ["made", "lost"]


def test_writing_to_a_peer_that_is_gone():
    async def use(heard):
        heard.transport._sock.shutdown(socket.SHUT_WR)
        heard.transport.write(b"hello")

    assert connected(silent, use).events == ["made", "BrokenPipeError"]


def test_a_connection_that_is_given_up_leaves_nothing_open(monkeypatch):
    waited = []

    class Noting(socket.socket):
        def connect_ex(self, address):
            waited.append(self.fileno())
            return super().connect_ex(address)

    async def main():
        loop = asyncio.get_running_loop()
        with full() as port:
            monkeypatch.setattr(socket, "socket", Noting)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await bare.connect(loop, "127.0.0.1", port, Heard())
            assert waited
            # What is closed is not watched any more, and nothing else ever was.
            for descriptor in waited:
                with pytest.raises((KeyError, OSError)):
                    loop._selector.get_key(descriptor)
                assert descriptor not in getattr(watching(loop), "_told", {})

    asyncio.run(main())


@contextmanager
def full():
    """A listener that takes no more connections: SYNs go unanswered."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port
        for one in waiting:
            one.close()


def test_an_address_with_a_zone_keeps_it():
    async def main():
        async with serving(silent, "::1") as port:
            heard = Heard()
            await bare.connect(asyncio.get_running_loop(), "::1%1", port, heard)
            heard.transport.close()
        return heard.events

    try:
        assert asyncio.run(main()) == ["made", "lost"]
    except OSError as error:
        pytest.skip(f"no IPv6 on loopback: {error}")


def test_a_loop_that_watches_no_sockets_gets_a_transport_of_asyncio(monkeypatch):
    monkeypatch.setattr(bare, "possible", lambda loop: False)

    async def main():
        async with serving(saying(b"hello")) as port:
            connection = await Connection.open("127.0.0.1", port, memoryview(bytearray(1024)))
            assert isinstance(connection._transport, asyncio.Transport)
            connection.close()
            with pytest.raises(ConnectionRefusedError):
                await Connection.open("127.0.0.1", 1, memoryview(bytearray(1024)))

    asyncio.run(main())


def test_windows_proactor_is_no_such_loop():
    class Proactor(asyncio.AbstractEventLoop):
        pass

    async def here():
        return bare.possible(asyncio.get_running_loop())

    assert not bare.possible(Proactor())
    assert asyncio.run(here()) is (sys.platform != "win32")

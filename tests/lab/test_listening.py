import asyncio
import contextlib
import socket
import sys

import pytest

from probe.lab.listening import LOOPBACK, LOOPBACK_6, Abrupt, Listeners, Silent, bind, has_ipv6


class Echo:
    finished = False

    def receive(self, data):
        self.finished = data.endswith(b"bye")
        return data


def _port(bound):
    return bound.getsockname()[1]


def _with(factory, client):
    async def run():
        listeners = Listeners()
        (bound,) = bind((LOOPBACK,))
        await listeners.serve(bound, factory)
        try:
            return await client(_port(bound))
        finally:
            await asyncio.wait_for(listeners.aclose(), 5)

    return asyncio.run(run())


def test_a_conversation_is_held_until_it_is_finished():
    async def client(port):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(b"hello, bye")
        received = await reader.read()
        writer.close()
        await writer.wait_closed()
        return received

    assert _with(Echo, client) == b"hello, bye"


def test_closing_ends_connections_that_clients_leave_open():
    async def client(port):
        return await asyncio.open_connection(LOOPBACK, port)

    async def run():
        listeners = Listeners()
        (bound,) = bind((LOOPBACK,))
        await listeners.serve(bound, Silent)
        streams = [await asyncio.open_connection(LOOPBACK, _port(bound)) for _ in range(5)]
        await asyncio.wait_for(listeners.aclose(), 5)
        for reader, writer in streams:
            with contextlib.suppress(ConnectionError):  # some platforms report an end
                assert await reader.read() == b""
            writer.close()

    asyncio.run(run())


def test_silence():
    async def client(port):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(b"anybody there?")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(), 0.05)
        writer.close()
        await writer.wait_closed()

    _with(Silent, client)


def test_a_reset_is_a_reset():
    async def client(port):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(b"hello")
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()

    _with(Abrupt, client)


def test_a_held_port_refuses():
    async def run():
        listeners = Listeners()
        (bound,) = bind((LOOPBACK,))
        listeners.hold(bound)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(LOOPBACK, _port(bound))
        await listeners.aclose()
        assert bound.fileno() == -1

    asyncio.run(run())


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on loopback here")
def test_both_families_share_a_port():
    sockets = bind((LOOPBACK, LOOPBACK_6))
    assert len({_port(bound) for bound in sockets}) == 1
    for bound in sockets:
        bound.close()


def test_udp_and_tcp_share_a_port():
    datagrams, stream = bind((LOOPBACK,), datagrams=True)
    assert (datagrams.type, stream.type) == (socket.SOCK_DGRAM, socket.SOCK_STREAM)
    assert _port(datagrams) == _port(stream)
    datagrams.close()
    stream.close()


def test_an_address_that_is_not_there_raises_and_leaves_nothing_open():
    with pytest.raises(OSError, match=r".+"):
        bind((LOOPBACK, "192.0.2.1"))


def test_whether_there_is_ipv6_is_an_answer_and_no_error(monkeypatch):
    if sys.platform == "win32":
        pytest.skip("patches the socket type of POSIX")

    def refuse(*_):
        raise OSError

    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert has_ipv6() is False

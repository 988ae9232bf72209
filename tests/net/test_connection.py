import asyncio

import pytest
from support.servers import closing, resetting, saying, serving, silent

from probe.net.connection import LIMIT, Connection


class Exchange:
    """Says hello and waits for ``until`` octets."""

    def __init__(self, until: int, say: bytes = b"hello"):
        self.finished = False
        self.received = b""
        self.events: list[str] = []
        self._until, self._say = until, say

    def begin(self) -> bytes:
        return self._say

    def receive(self, data: bytes) -> bytes:
        self.received += data
        self.finished = len(self.received) >= self._until
        return b""

    def closed(self, *, reset: bool) -> None:
        self.events.append("reset" if reset else "closed")
        self.finished = True

    def expire(self) -> None:
        self.events.append("expired")
        self.finished = True


class Broken(Exchange):
    def receive(self, data: bytes) -> bytes:
        raise KeyError("a bug")


class Patient(Exchange):
    """Has everything but the last word."""

    farewell = b"bye"
    patience: float | None = None

    def receive(self, data: bytes) -> bytes:
        super().receive(data)
        self.patience = 0.05
        return b""


def run(handler, use, seconds: float = 3.0):
    async def main():
        async with serving(handler) as port, asyncio.timeout(seconds):
            connection = await Connection.open("127.0.0.1", port, memoryview(bytearray(65536)))
            try:
                return await use(connection)
            finally:
                connection.close()

    return asyncio.run(main())


def test_exchanges_one_after_the_other():
    async def use(connection):
        first, second = Exchange(2), Exchange(3, b"")
        await connection.run(first)
        # What comes while no exchange runs is there for the next.
        await asyncio.sleep(0.05)
        await connection.run(second)
        return first.received, second.received

    async def twice(reader, writer):
        await reader.read(5)
        writer.write(b"ab")
        await asyncio.sleep(0.02)
        writer.write(b"cde")
        await reader.read()

    assert run(twice, use) == (b"ab", b"cde")


def test_early_octets_come_first():
    async def use(connection):
        exchange = Exchange(7)
        await connection.run(exchange, b"early")
        return exchange.received

    assert run(saying(b"ab"), use) == b"earlyab"


@pytest.mark.parametrize(("handler", "event"), [(closing, "closed"), (resetting, "reset")])
def test_the_end_is_told_once(handler, event):
    async def use(connection):
        first, second = Exchange(1), Exchange(1)
        await connection.run(first)
        await connection.run(second)
        return first.events, second.events

    assert run(handler, use) == ([event], [event])


def test_cancelling_expires_the_exchange():
    async def use(connection):
        exchange = Exchange(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await connection.run(exchange)
        return exchange.events

    assert run(silent, use) == ["expired"]


def test_an_error_of_the_exchange_comes_out_of_run():
    async def use(connection):
        with pytest.raises(KeyError):
            await connection.run(Broken(1))

    run(saying(b"x"), use)


def test_patience_ends_and_the_farewell_is_sent():
    heard = []

    async def handler(reader, writer):
        await reader.readexactly(5)
        writer.write(b"x")
        heard.append(await reader.readexactly(3))
        await reader.read()

    async def use(connection):
        exchange = Patient(100)
        await connection.run(exchange)
        await asyncio.sleep(0.02)
        return exchange.events

    assert run(handler, use) == ["expired"]
    assert heard == [b"bye"]


def test_a_flood_is_cut():
    async def flood(reader, writer):
        while not writer.is_closing():
            writer.write(bytes(1 << 20))
            await writer.drain()

    async def use(connection):
        exchange = Exchange(1 << 62)
        exchange.receive = lambda data: b""
        await connection.run(exchange)
        return connection._received, exchange.events

    received, events = run(flood, use, 10.0)
    assert LIMIT < received <= LIMIT + 65536
    assert events == ["closed"]


def test_nobody_listens():
    async def main():
        async with serving(silent) as port:
            pass
        with pytest.raises(ConnectionRefusedError):
            await Connection.open("127.0.0.1", port, memoryview(bytearray(10)))

    asyncio.run(main())

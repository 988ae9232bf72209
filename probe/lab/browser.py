"""A SQL Server Browser on loopback: it tells where instances listen (MS-SQLR 2.2)."""

import asyncio
import struct
from collections.abc import Iterable
from typing import cast

from probe.lab.endpoint import Running
from probe.lab.listening import LOOPBACK, bind

_RESPONSE = 5
_EVERY = b"\x03"
_ONE = 0x04
_VERSION = "16.0.1000.6"


def response(server: str, instances: Iterable[tuple[str, int]]) -> bytes:
    """Encode an answer that lists ``(name, port)``."""
    text = "".join(
        f"ServerName;{server};InstanceName;{name};IsClustered;No;Version;{_VERSION};tcp;{port};;"
        for name, port in instances
    ).encode("cp1252")
    return struct.pack("<BH", _RESPONSE, len(text)) + text


class Browser:
    """Answers on a free UDP port until it is closed; silent about what it does not know."""

    def __init__(self) -> None:
        """Know of nothing."""
        self.port = 0
        self._instances: dict[str, tuple[str, int]] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        """Listen."""
        (bound, _stream) = bind((LOOPBACK,), datagrams=True)
        _stream.close()
        self.port = bound.getsockname()[1]
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Datagrams(self), sock=bound
        )

    def add(self, running: Running) -> None:
        """Know of an instance."""
        name = running.endpoint.system.instance
        if name is not None and not running.endpoint.unlisted:
            self._instances[name.lower()] = name, running.port

    def answer(self, asked: bytes) -> bytes | None:
        """Answer one datagram, or nothing."""
        if asked == _EVERY:
            return response("LAB", self._instances.values())
        if asked[:1] != bytes((_ONE,)):
            return None
        name = asked[1:].partition(b"\x00")[0].decode("cp1252").lower()
        known = self._instances.get(name)
        return None if known is None else response("LAB", [known])

    async def aclose(self) -> None:
        """Close."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
            await asyncio.sleep(0)  # the turn in which the transport closes its socket


class _Datagrams(asyncio.DatagramProtocol):
    """UDP: one datagram, one question."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer through."""
        # Not an instance of it before Python 3.12, though it has always behaved as one.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer, unless there is nothing to say."""
        answer = self._browser.answer(data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)

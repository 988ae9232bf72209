"""Ask SQL Server Browser over UDP on which port an instance listens (MS-SQLR 3.1).

It has a time limit of its own: a Browser that is not there stays silent, and the rest of the
target's time would be lost on it.
"""

import asyncio
from typing import Final, cast

from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import Browsed, Failed
from probe.net import failures
from probe.net.tds import browser
from probe.net.tds.browser import Instance
from probe.net.tds.packets import MalformedError

PATIENCE: Final = (0.5, 1.0, 1.5)
"""Seconds to wait for an answer in each round; a lost datagram is the reason for the next."""

_NOTHING: Final = "nothing listens there"
_LISTED: Final = 5


async def browse(address: str, port: int, instance: str) -> Browsed | Failed:
    """Ask the Browser at an address literal for ``instance``; raises nothing but cancellation."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    transport: asyncio.DatagramTransport | None = None
    try:
        transport, asking = await loop.create_datagram_endpoint(
            _Asking, remote_addr=(address, port)
        )
        result = await _ask(asking, instance)
    except asyncio.CancelledError:
        raise
    except MalformedError as error:
        result = Failure(Stage.BROWSER, Kind.MALFORMED, str(error))
    except Exception as error:  # noqa: BLE001 - translated in the one table
        result = failures.translate(Stage.BROWSER, error)
    finally:
        if transport is not None:
            transport.abort()
    seconds = loop.time() - begun
    if isinstance(result, Failure):
        return Failed(result, seconds)
    if result.port is None:
        detail = f"the instance {result.name} does not listen on TCP"
        return Failed(Failure(Stage.BROWSER, Kind.NOT_FOUND, detail), seconds)
    return Browsed(
        seconds=seconds,
        instance=result.name,
        port=result.port,
        server=result.server,
        version=result.version,
        clustered=result.clustered,
    )


async def _ask(asking: "_Asking", instance: str) -> Instance | Failure:
    """Return the instance, or why it was not found."""
    wanted = instance.casefold()
    others: tuple[Instance, ...] | None = None
    for number, patience in enumerate(PATIENCE):
        asking.send(browser.request(instance))
        if number:
            # The Browser is silent about what it does not know: then ask for what it does know.
            asking.send(browser.request_every())
        try:
            async with asyncio.timeout(patience):
                while True:
                    others = browser.parse(await asking.answers.get())
                    for one in others:
                        if one.name.casefold() == wanted:
                            return one
        except TimeoutError:
            if others is not None or asking.refused:
                break
    if others is not None:
        known = ", ".join(one.name for one in others[:_LISTED]) or "none"
        return Failure(Stage.BROWSER, Kind.NOT_FOUND, f"it knows {known}")
    detail = _NOTHING if asking.refused else "no answer"
    return Failure(Stage.BROWSER, Kind.TIMEOUT, detail)


class _Asking(asyncio.DatagramProtocol):
    """A connected socket: only the server's own datagrams come in."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[bytes] = asyncio.Queue(maxsize=8)
        self.refused = False
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # Not an instance of it before Python 3.12, though it has always behaved as one.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def send(self, datagram: bytes) -> None:
        """Send to the Browser."""
        if self._transport is not None:
            self._transport.sendto(datagram)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Keep an answer; more than a few at once are no answers."""
        del addr
        if not self.answers.full():
            self.answers.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        """Note that the port is unreachable (ICMP)."""
        self.refused = self.refused or isinstance(exc, ConnectionRefusedError)

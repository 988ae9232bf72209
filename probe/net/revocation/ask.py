"""One request and its answer in HTTP/1.1 (RFC 9112), by h11, over a connection of our own."""

from collections.abc import AsyncIterator
from typing import Final

import h11
import httpx

from probe.net.revocation.dial import Stream

_LONGEST_HEAD: Final = 64 * 1024
_MOST_INFORMATIONAL: Final = 16
_READ: Final = 64 * 1024


class Conversation:
    """Sends one request; then its answer's head, and its body in parts.

    Raises h11.RemoteProtocolError for what is no HTTP, EOFError where the peer hangs up before it
    is through, and what the stream raises.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """Send, and return the head of the answer."""
        head = h11.Request(
            method=request.method, target=request.url.raw_path, headers=request.headers.raw
        )
        events: list[h11.Event] = [head]
        if request.content:
            events.append(h11.Data(data=request.content))
        events.append(h11.EndOfMessage())
        await self._stream.write(b"".join(self._h11.send(event) or b"" for event in events))
        for _ in range(_MOST_INFORMATIONAL):
            event = await self._event()
            if isinstance(event, h11.Response):
                return httpx.Response(event.status_code, headers=list(event.headers))
        raise h11.RemoteProtocolError("informational answers without end")

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the octets of the body as they come."""
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def _event(self) -> object:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            data = await self._stream.read(_READ)
            if not data and self._h11.their_state is h11.SEND_RESPONSE:
                raise EOFError("closed without an answer")
            self._h11.receive_data(data)
        return event

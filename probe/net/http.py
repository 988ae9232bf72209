"""Is the role alive? One GET of its liveness path, over a connection of its own.

Request and answer are httpx's and HTTP/1.1 is h11's; connection, address and TLS are ours: the
address is pinned while SNI and Host name the target, and a request for a client certificate after
the request is noticed. The transport is used without a client, so that nothing follows a redirect
or keeps a cookie, and the body is left unread.
"""

import asyncio
from typing import Final

import h11
import httpx

from probe.inventory import hosts
from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import HandshakeFailed, HttpAnswered, HttpClientAuth, HttpFailed
from probe.net import failures
from probe.net.line import Broken, Line
from probe.net.openssl import OpenSsl
from probe.net.session import Session
from probe.net.tlsstream import TlsStream, TooMuch

_HEADERS: Final = {"User-Agent": "cmprobe", "Accept": "*/*", "Connection": "close"}
_LONGEST_REASON: Final = 200
_LONGEST_HEAD: Final = 64 * 1024
_MOST_INFORMATIONAL: Final = 16
"""Answers of class 1xx that may come before the answer (RFC 9110, 15.2), and the answer."""
_OVERSIZED: Final = "excessive message size"
"""OpenSSL's word for a chain above its limit of 100 KiB (SSL_CTX_set_max_cert_list)."""
_TOO_LARGE: Final = (
    "the chain (or another handshake message) is too large for the HTTP engine; "
    "the role itself may be fine"
)
_KINDS: Final = {Kind.TIMEOUT: Kind.TIMEOUT, Kind.INTERNAL: Kind.INTERNAL} | dict.fromkeys(
    (Kind.MALFORMED, Kind.NOT_TLS, Kind.LIMIT, Kind.NO_CERTIFICATE), Kind.MALFORMED
)


class Pinned(httpx.AsyncBaseTransport):
    """Sends one request over a stream that stands already, and returns the answer's head.

    Raises h11.RemoteProtocolError for what is no answer, and what the stream raises.
    """

    def __init__(self, stream: TlsStream) -> None:
        self._stream = stream
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request without a body."""
        target = request.url.raw_path
        head = h11.Request(method=request.method, target=target, headers=request.headers.raw)
        octets = (self._h11.send(head), self._h11.send(h11.EndOfMessage()))
        self._stream.write(b"".join(part for part in octets if part))
        for _ in range(_MOST_INFORMATIONAL):
            event = await self._event()
            if isinstance(event, h11.Response):
                extensions = {"reason_phrase": bytes(event.reason)}
                return httpx.Response(event.status_code, extensions=extensions)
        raise h11.RemoteProtocolError("informational answers without end")

    async def _event(self) -> object:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            data = await self._stream.read()
            if not data:
                raise EOFError("closed without an answer")
            self._h11.receive_data(data)
        return event


async def get(
    session: Session, line: Line, host: str, port: int, path: str
) -> HttpAnswered | HttpFailed:
    """Ask for ``path`` over a new line, and report; raises nothing but cancellation."""
    begun = asyncio.get_running_loop().time()
    context = session.context(("http/1.1",), post_handshake=True)
    engine = OpenSsl(context, host, keep=True, identified=session.identified)
    try:
        async with line as wire:
            await wire.run(engine, line.early)
            shaken = engine.result(0.0)
            if isinstance(shaken, HandshakeFailed):
                return HttpFailed(_borrowed(shaken.failure), _since(begun))
            return await _get(TlsStream(wire, engine), host, port, path, begun)
    except Broken as broken:
        return HttpFailed(_borrowed(broken.failure), _since(begun))
    except Exception as error:  # noqa: BLE001 - translated in the one table
        return HttpFailed(failures.translate(Stage.HTTP, error), _since(begun))


async def _get(
    stream: TlsStream, host: str, port: int, path: str, begun: float
) -> HttpAnswered | HttpFailed:
    request = httpx.Request("GET", f"https://{hosts.join(host, port)}{path}", headers=_HEADERS)
    try:
        answer = await Pinned(stream).handle_async_request(request)
    except Exception as error:  # noqa: BLE001 - translated in the one table
        return HttpFailed(_failure(error, stream), _since(begun), stream.asked)
    finally:
        stream.close()
    return HttpAnswered(
        seconds=_since(begun),
        code=answer.status_code,
        path=path,
        reason=answer.reason_phrase[:_LONGEST_REASON],
        client_auth=stream.asked,
    )


def _since(begun: float) -> float:
    return asyncio.get_running_loop().time() - begun


def _borrowed(failure: Failure) -> Failure:
    """Return an earlier step's failure as one of this stage, which has a connection of its own."""
    detail = str(failure)
    if failure.kind is Kind.LIMIT and failure.detail == _OVERSIZED:
        detail = f"{_TOO_LARGE} ({detail})"
    return Failure(Stage.HTTP, _KINDS.get(failure.kind, Kind.CLOSED), detail)


def _failure(error: Exception, stream: TlsStream) -> Failure:
    if isinstance(error, TooMuch):
        return Failure(Stage.HTTP, Kind.MALFORMED, failures.detail(error))
    failure = failures.translate(Stage.HTTP, error)
    if stream.asked is not HttpClientAuth.NONE and failure.kind is Kind.CLOSED:
        asked = stream.asked.value.replace("_", "-")
        detail = f"{failure.detail}, after a request for a client certificate ({asked})"
        failure = Failure(Stage.HTTP, Kind.CLOSED, detail)
    return failure

"""Is the role alive? One GET of its liveness path, over a connection of its own.

httpx and httpcore speak HTTP; connection, address and TLS are ours: the address is pinned while
SNI and Host name the target, and a request for a client certificate after the request is noticed.
There is no client that could follow a redirect, keep a cookie or read a body.
"""

import asyncio
from typing import Final

import httpcore
import httpx

from probe.inventory import hosts
from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import Failed, HandshakeFailed, HttpAnswered, HttpClientAuth
from probe.net import failures
from probe.net.line import Broken, Line
from probe.net.openssl import OpenSsl
from probe.net.session import Session
from probe.net.tlsstream import TlsStream, TooMuch

_HEADERS: Final = {"User-Agent": "cmprobe", "Accept": "*/*", "Connection": "close"}
_LONGEST_REASON: Final = 200
_KINDS: Final = {Kind.TIMEOUT: Kind.TIMEOUT, Kind.INTERNAL: Kind.INTERNAL} | dict.fromkeys(
    (Kind.MALFORMED, Kind.NOT_TLS, Kind.LIMIT, Kind.NO_CERTIFICATE), Kind.MALFORMED
)


class Pinned(httpx.AsyncBaseTransport):
    """Sends one request over a stream that stands already, and returns the answer's head."""

    def __init__(self, stream: TlsStream) -> None:
        self._stream = stream

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; the body is left where it is."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        connection = httpcore.AsyncHTTP11Connection(url.origin, self._stream)
        try:
            answer = await connection.handle_async_request(
                httpcore.Request(request.method, url, headers=request.headers.raw)
            )
        finally:
            await self._stream.aclose()
        extensions = {"reason_phrase": answer.extensions.get("reason_phrase", b"")}
        return httpx.Response(answer.status, extensions=extensions)


async def get(
    session: Session, line: Line, host: str, port: int, path: str
) -> HttpAnswered | Failed:
    """Ask for ``path`` over a new line, and report; raises nothing but cancellation."""
    begun = asyncio.get_running_loop().time()
    context = session.context(("http/1.1",), post_handshake=True)
    engine = OpenSsl(context, host, keep=True, identified=session.identified)
    try:
        async with line as wire:
            await wire.run(engine, line.early)
            shaken = engine.result(0.0)
            if isinstance(shaken, HandshakeFailed):
                return Failed(_borrowed(shaken.failure), _since(begun))
            return await _get(TlsStream(wire, engine), host, port, path, begun)
    except Broken as broken:
        return Failed(_borrowed(broken.failure), _since(begun))
    except Exception as error:  # noqa: BLE001 - translated in the one table
        return Failed(failures.translate(Stage.HTTP, error), _since(begun))


async def _get(
    stream: TlsStream, host: str, port: int, path: str, begun: float
) -> HttpAnswered | Failed:
    request = httpx.Request("GET", f"https://{hosts.join(host, port)}{path}", headers=_HEADERS)
    try:
        answer = await Pinned(stream).handle_async_request(request)
    except Exception as error:  # noqa: BLE001 - translated in the one table
        return Failed(_failure(error, stream), _since(begun))
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
    return Failure(Stage.HTTP, _KINDS.get(failure.kind, Kind.CLOSED), str(failure))


def _failure(error: Exception, stream: TlsStream) -> Failure:
    if isinstance(error, TooMuch):
        return Failure(Stage.HTTP, Kind.MALFORMED, failures.detail(error))
    failure = failures.translate(Stage.HTTP, error)
    if stream.ended and failure.kind is Kind.MALFORMED:
        failure = Failure(Stage.HTTP, Kind.CLOSED, "closed without an answer")
    if stream.asked is not HttpClientAuth.NONE and failure.kind is Kind.CLOSED:
        asked = stream.asked.value.replace("_", "-")
        detail = f"{failure.detail}, after a request for a client certificate ({asked})"
        failure = Failure(Stage.HTTP, Kind.CLOSED, detail)
    return failure

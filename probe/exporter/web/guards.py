"""What stands before every page: headers for browsers, and limits for everybody."""

import asyncio
import contextlib
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY: Final = 64 * 1024
"""Octets: nothing here reads a body."""

LARGEST_HEAD: Final = 16 * 1024
"""Octets of a request's target and headers."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer that does not set them itself."""


class Guards:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what cannot be meant well, and add the headers to what is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        app = self._app
        if _head(scope) > LARGEST_HEAD:
            app = PlainTextResponse("the request is too long\n", 431)
        elif _size(headers) > LARGEST_BODY:
            app = PlainTextResponse("no body is wanted here\n", 413)
        elif scope["method"] not in {"GET", "HEAD", "OPTIONS"} and _foreign(headers):
            app = PlainTextResponse("refused: the request comes from another site\n", 403)
        # A request is cancelled at the end of everything, when its client has been hung up on.
        with contextlib.suppress(asyncio.CancelledError):
            await app(scope, receive, guarded)


def _head(scope: Scope) -> int:
    """Return how long the head of a request is: the server's limit is for incomplete ones."""
    target = len(scope["raw_path"]) + len(scope["query_string"])
    return target + sum(len(name) + len(value) for name, value in scope["headers"])


def _size(headers: Headers) -> int:
    """Return how many octets a request announces."""
    text = headers.get("content-length", "0")
    return int(text[:12]) if text.isascii() and text.isdecimal() else 0


def _foreign(headers: Headers) -> bool:
    """Whether a browser sends a request for another site's page.

    Browsers say so (Fetch Metadata), or at least where it comes from (RFC 6454, 7); programs send
    neither.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()

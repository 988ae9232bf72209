"""The name that a browser asks for, while this machine alone reaches us and nobody logs in.

Then any page that somebody on this machine looks at could read everything here, if its own name
led to 127.0.0.1 for a moment (DNS rebinding): to the browser it would be one site. Addresses, and
names that lead nowhere else, cannot be had for that. Beyond loopback any name may be ours, and
whoever reaches us may read: there this checks nothing.
"""

import socket
from collections.abc import Callable, Iterable
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from probe.exporter.web.login import OPEN, Users
from probe.inventory import hosts

_LOCAL: Final = "localhost"


class Names:
    """The names that we are asked by; ``more`` returns those of the configuration of the moment."""

    def __init__(self, own: Iterable[str], more: Callable[[], Iterable[str]]) -> None:
        """Know the names that cannot be another's: ``own``, and the one of this machine."""
        self._own = frozenset(_plain(name) for name in (*own, socket.gethostname()))
        self._more = more

    def known(self, header: str) -> bool:
        """Whether a Host header (RFC 9110, 7.2) names us."""
        name = _plain(_without_port(header.strip()))
        return (
            hosts.is_address(name)
            or name == _LOCAL
            or name.endswith(f".{_LOCAL}")  # RFC 6761, 6.3
            or name in self._own
            or name in self._more()
        )


class HostCheck:
    """The middleware; checks nothing without ``names``, or once there are users."""

    def __init__(self, app: ASGIApp, names: Names | None, users: Users) -> None:
        self._app = app
        self._names = names
        self._users = users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it (RFC 9110, 15.5.20)."""
        if self._refused(scope):
            text = "this name is not known here: use localhost, or see hosts in --web-config\n"
            await PlainTextResponse(text, 421)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refused(self, scope: Scope) -> bool:
        if scope["type"] != "http" or self._names is None or self._users or scope["path"] in OPEN:
            return False
        # Only HTTP/1.0 does without one, and no browser speaks that.
        header = Headers(scope=scope).get("host")
        return header is not None and not self._names.known(header)


def _without_port(header: str) -> str:
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header if header.count(":") > 1 else header.partition(":")[0]


def _plain(name: str) -> str:
    return name.lower().removesuffix(".")

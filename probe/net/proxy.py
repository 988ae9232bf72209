"""Tunnels through an HTTP proxy: CONNECT as an exchange (RFC 9110, 9.3.6).

The proxy's user and password come from the environment variables CMPROBE_PROXY_USER and
CMPROBE_PROXY_PASSWORD and from nowhere else: a command line can be read by every user of the
machine. A URL that holds them is refused. HTTP_PROXY and its relatives are not looked at: a
probe that measures from where it stands must be told when it shall not. The scheme is Basic
(RFC 7617). Nothing that is reported or logged holds the password.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from probe.inventory import hosts
from probe.model.failure import Failure, Kind, Stage

USER: Final = "CMPROBE_PROXY_USER"
PASSWORD: Final = "CMPROBE_PROXY_PASSWORD"  # noqa: S105 - the variable's name

_LONGEST: Final = 16 * 1024
_AUTHENTICATION_REQUIRED: Final = "407"
_DENIED: Final = frozenset({"401", "403", "405", "451"})
_END: Final = b"\r\n\r\n"
_HTTP: Final = b"HTTP/"
_NOT_HTTP: Final = "the answer to CONNECT is not HTTP"


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where the proxy is, and the value of Proxy-Authorization, which is never shown."""

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Read as ``host:port``."""
        return hosts.join(self.host, self.port)


def parse(url: str, environment: Mapping[str, str]) -> Proxy:
    """Read ``http://HOST[:PORT]`` (port 8080 unless given); ValueError says what is wrong."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        # Its words may quote the URL, and the URL may hold a password.
        raise ValueError("the proxy's URL cannot be read: write http://HOST:PORT") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"the proxy's URL holds credentials: give them in {USER} and {PASSWORD}")
    if parts.scheme != "http":
        raise ValueError(
            f"a proxy of scheme {parts.scheme} is not supported: write http://HOST:PORT"
        )
    if not host or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("the proxy's URL must be http://HOST:PORT")
    if not hosts.is_address(host):
        try:
            host = hosts.host_name(host)
        except ValueError as error:
            raise ValueError(f"the proxy's host {error}") from None
    return Proxy(host, port or 8080, _authorization(environment))


def _authorization(environment: Mapping[str, str]) -> str | None:
    user = environment.get(USER)
    if not user:
        return None
    if ":" in user or any(ord(character) < ord(" ") for character in user):
        raise ValueError(f"{USER} holds a colon or a control character")
    pair = f"{user}:{environment.get(PASSWORD, '')}".encode()
    return "Basic " + base64.b64encode(pair).decode("ascii")


class Connect:
    """Asks the proxy for a tunnel; ``failure`` is None when it is open.

    ``surplus`` is what came through the tunnel together with the proxy's answer.
    """

    __slots__ = ("_buffer", "_request", "failure", "finished", "surplus")

    def __init__(self, host: str, port: int, authorization: str | None) -> None:
        """Ask for ``host``, a name in A-labels or an address, and ``port``."""
        self.finished = False
        self.failure: Failure | None = None
        self.surplus = b""
        self._buffer = bytearray()
        target = hosts.join(host, port)
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}", "User-Agent: cmprobe"]
        if authorization is not None:
            lines.append(f"Proxy-Authorization: {authorization}")
        self._request = "\r\n".join((*lines, "", "")).encode("ascii")

    def begin(self) -> bytes:
        """Return the request."""
        return self._request

    def receive(self, data: bytes) -> bytes:
        """Read the answer's head."""
        if self.finished:
            return b""
        seen = max(0, len(self._buffer) - len(_END) + 1)
        self._buffer += data
        end = self._buffer.find(_END, seen)
        if end >= 0:
            self.surplus = bytes(self._buffer[end + len(_END) :])
            self._judge(bytes(self._buffer[:end]))
        elif len(self._buffer) > _LONGEST:
            self._fail(Kind.REFUSED, f"an answer to CONNECT of more than {_LONGEST} octets")
        elif not _HTTP.startswith(bytes(self._buffer[: len(_HTTP)])):
            self._fail(Kind.REFUSED, _NOT_HTTP)
        return b""

    def closed(self, *, reset: bool) -> None:
        """Take the close for a refusal."""
        if not self.finished:
            how = "reset" if reset else "closed"
            self._fail(Kind.REFUSED, f"{how} in answer to CONNECT")

    def expire(self) -> None:
        """Take silence for a refusal: the proxy did not let us through."""
        if not self.finished:
            self._fail(Kind.REFUSED, "no answer to CONNECT within the deadline")

    def _judge(self, head: bytes) -> None:
        status, *fields = head.decode("latin-1").split("\r\n")
        words = status.split(" ", 2)
        code = words[1] if len(words) > 1 and words[0].startswith("HTTP/") else ""
        if not (code.isascii() and code.isdigit()):
            self._fail(Kind.REFUSED, _NOT_HTTP)
            return
        shown = " ".join(words[1:]).strip()[:100]
        if len(code) == 3 and code.startswith("2"):  # noqa: PLR2004 - any 2xx opens the tunnel
            self.finished = True
            self._buffer.clear()
        elif code == _AUTHENTICATION_REQUIRED:
            self._fail(Kind.AUTHENTICATION, f"{shown}{_schemes(fields)}")
        elif code in _DENIED:
            self._fail(Kind.DENIED, shown)
        else:
            self._fail(Kind.REFUSED, shown)

    def _fail(self, kind: Kind, detail: str) -> None:
        self.failure = Failure(Stage.PROXY, kind, detail)
        self.finished = True
        self._buffer.clear()


def _schemes(fields: list[str]) -> str:
    """Name the authentication schemes that the proxy offers."""
    offered = []
    for line in fields:
        name, _, value = line.partition(":")
        if name.strip().lower() == "proxy-authenticate" and value.split():
            offered.append(value.split()[0].rstrip(",")[:30])
    return f" (it offers {', '.join(offered[:5])})" if offered else ""

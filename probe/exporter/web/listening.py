"""The socket to listen on: from ``HOST:PORT`` to one that listens, or a clear reason."""

import socket
from ipaddress import ip_address
from typing import Final

from probe.inventory import hosts

_HOW: Final = "write HOST:PORT, [IPV6]:PORT or :PORT for every address"
_HIGHEST: Final = 65535


class ListenError(ValueError):
    """An address that cannot be listened on, and why."""


def parse(text: str) -> tuple[str, int]:
    """Return host and port; the host is empty for every address. ListenError."""
    host, colon, port = text.strip().rpartition(":")
    if text.startswith(("unix:", "/", "http:", "https:")):
        raise ListenError(f'"{text}" is no address: {_HOW}')
    if not colon or not (port.isascii() and port.isdecimal() and int(port[:6]) <= _HIGHEST):
        raise ListenError(f'"{text}" has no port from 0 to {_HIGHEST}: {_HOW}')
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        if not hosts.is_address(host) or ":" not in host:
            raise ListenError(f'"{text}" has no IPv6 address in its brackets')
    elif ":" in host:
        raise ListenError(f'"{text}": an IPv6 address stands in brackets: {_HOW}')
    return ("" if host == "*" else host), int(port)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. ListenError."""
    shown = hosts.join(host or "*", port)
    family, place = socket.AF_INET, (host, port)
    try:
        if not host:
            family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
            place = ("::" if family == socket.AF_INET6 else "0.0.0.0", port)  # noqa: S104 - asked for
        else:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            family, place = found[0][0], (str(found[0][4][0]), port)
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise ListenError(f"{shown}: {error.strerror or error}") from None
    try:
        # On Windows SO_REUSEADDR would let another program take the port away.
        option = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        bound.setsockopt(socket.SOL_SOCKET, option, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(bool(host)))
        bound.bind(place)
        # Bound alone, two processes could share it: only listening tells that it is taken.
        bound.listen(128)
        bound.settimeout(0)
    except OSError as error:
        bound.close()
        raise ListenError(f"{shown}: {error.strerror or error}") from None
    return bound


def is_local(bound: socket.socket) -> bool:
    """Whether only this machine can reach a bound socket."""
    return ip_address(bound.getsockname()[0]).is_loopback


def url(bound: socket.socket, *, tls: bool) -> str:
    """Return the URL of a bound socket, for people."""
    host, port = bound.getsockname()[:2]
    return f"{'https' if tls else 'http'}://{hosts.join(host, port)}/"

"""Host names as people write them, checked and turned into what goes on the wire."""

import ipaddress
import re
from functools import lru_cache

# RFC 1123, 2.1, with the underscore that Active Directory tolerates and some fleets have.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_LONGEST = 253
_URL = "is a URL or path: give the host name alone"
_PORTS = range(1, 65536)


@lru_cache(maxsize=65536)
def host_name(text: str) -> str:
    """Return a host name in lower-case A-labels (RFC 5890, by UTS 46), without a final dot.

    ValueError says what is wrong with it, and where the thing belongs that it is instead.
    """
    _refuse_lookalikes(text)
    folded = text.lower()
    name = (folded if folded.isascii() else _a_labels(folded)).removesuffix(".")
    if len(name) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST} characters")
    labels = name.split(".")
    for label in labels:
        if not label:
            raise ValueError("has an empty label (two dots in a row, or one at the start)")
        if not _LABEL.fullmatch(label):
            raise ValueError(
                f'is not a host name: the label "{label}" must have 1 to 63 letters, digits, '
                "hyphens or underscores, with no hyphen at either end"
            )
    if labels[-1].isdigit():
        raise ValueError("is not a host name: its last label has only digits")
    return name


def _refuse_lookalikes(text: str) -> None:
    """Raise ValueError for what is something else than a host name."""
    if not text:
        raise ValueError("is empty")
    if "/" in text:
        raise ValueError(_URL)
    if is_address(text):
        raise ValueError('is an IP address: give the name here and the address as "address"')
    if "*" in text:
        raise ValueError("is a wildcard: give the name that clients connect to")
    if ":" in text:
        raise ValueError('holds a colon: give the host name alone, and the port as "port"')
    if any(character.isspace() for character in text):
        raise ValueError("holds white space")
    if not text.isprintable():
        raise ValueError("holds a character that cannot be printed")


def _a_labels(text: str) -> str:
    """Return ``text`` with its Unicode labels encoded (IDNA 2008 after the UTS 46 mapping)."""
    import idna  # noqa: PLC0415 - its tables are large, and few names need them

    try:
        mapped = idna.uts46_remap(text, std3_rules=False, transitional=False)
        labels = [
            label if label.isascii() else idna.alabel(label).decode("ascii")
            for label in mapped.split(".")
        ]
    except idna.IDNAError as error:
        raise ValueError(f"is not a valid internationalised name: {error}") from None
    return ".".join(labels)


def is_address(text: str) -> bool:
    """Whether ``text`` is an IPv4 or IPv6 literal, without brackets."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=65536)
def address(text: str) -> str:
    """Return an IP literal in its usual spelling; ValueError when it is something else."""
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        raise ValueError("is not an IP address (a name is not resolved here)") from None


def resolver(text: str) -> str:
    """Return ``IP`` or ``IP:PORT`` (IPv6 with a port in brackets) of a DNS server."""
    host, port = split(text)
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        raise ValueError("is not IP or IP:PORT of a DNS server") from None
    if port is None:
        return str(ip)
    return join(str(ip), port)


def split(text: str) -> tuple[str, int | None]:
    """Split ``HOST[:PORT]``, where an IPv6 address with a port stands in brackets.

    The host is returned as written, without brackets. ValueError for a port that is none.
    """
    rest = text.strip()
    if "/" in rest:
        raise ValueError(_URL)
    if rest.startswith("["):
        host, bracket, tail = rest[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            raise ValueError("has a bracket too many or too few: write [IPV6]:PORT")
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            raise ValueError("has no IPv6 address in its brackets") from None
        return host, _port(tail[1:]) if tail else None
    if is_address(rest):
        return rest, None
    host, colon, tail = rest.partition(":")
    return host, _port(tail) if colon else None


def _port(text: str) -> int:
    """Return a port number; ValueError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) in _PORTS):  # noqa: PLR2004 - 65535 has five digits
        raise ValueError(f'has the port "{text}": a port is a number from 1 to 65535')
    return int(text)


def join(host: str, port: int) -> str:
    """Return ``host:port``, with an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

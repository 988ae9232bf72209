"""Extensions that we send, and reading those that we get (RFC 8446, 4.2; RFC 6066)."""

from enum import IntEnum
from functools import lru_cache
from ipaddress import ip_address

from probe.tls.codec import Reader, numbers, vector
from probe.tls.errors import illegal, malformed


class Extension(IntEnum):
    """Extension types in use here (IANA TLS ExtensionType Values)."""

    SERVER_NAME = 0
    STATUS_REQUEST = 5
    SUPPORTED_GROUPS = 10
    EC_POINT_FORMATS = 11
    SIGNATURE_ALGORITHMS = 13
    ALPN = 16
    PADDING = 21
    EXTENDED_MASTER_SECRET = 23
    SUPPORTED_VERSIONS = 43
    COOKIE = 44
    CERTIFICATE_AUTHORITIES = 47
    KEY_SHARE = 51


_LONGEST_NAME = 255


def extension(kind: Extension, body: bytes) -> bytes:
    """Write one extension."""
    return kind.to_bytes(2, "big") + vector(2, body)


def server_name(host: str | None) -> bytes:
    """Write the server name (RFC 6066, 3): nothing for None or an IP address.

    ``host`` is an A-label without or with a final dot; ValueError if it is none.
    """
    if not host or _is_address(host):
        return b""
    name = host.rstrip(".").encode("ascii")
    if not 0 < len(name) <= _LONGEST_NAME:
        raise ValueError(f"a host name of {len(name)} octets")
    return extension(Extension.SERVER_NAME, vector(2, b"\x00" + vector(2, name)))


def _is_address(host: str) -> bool:
    # A name never ends in a digit-only label, so most names skip the costly question.
    if ":" not in host and not host[-1].isdigit():
        return False
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def alpn(protocols: tuple[str, ...]) -> bytes:
    """Write the protocol names in our order (RFC 7301, 3.1), or nothing."""
    if not protocols:
        return b""
    names = b"".join(vector(1, protocol.encode("ascii")) for protocol in protocols)
    return extension(Extension.ALPN, vector(2, names))


def number_list(kind: Extension, values: tuple[int, ...], size: int = 2) -> bytes:
    """Write an extension that is one list of 16-bit numbers behind a length of ``size``."""
    return extension(kind, vector(size, numbers(values)))


# RFC 8422, 5.1.2: uncompressed points only.
POINT_FORMATS = extension(Extension.EC_POINT_FORMATS, b"\x01\x00")
# RFC 6066, 8: ocsp, no responder ids, no request extensions.
STATUS_REQUEST = extension(Extension.STATUS_REQUEST, b"\x01\x00\x00\x00\x00")
# RFC 7627, 5.1.
EXTENDED_MASTER_SECRET = extension(Extension.EXTENDED_MASTER_SECRET, b"")


def parse(block: bytes, what: str) -> dict[int, bytes]:
    """Read extensions by type; one that comes twice is refused (RFC 8446, 4.2)."""
    found: dict[int, bytes] = {}
    position, size = 0, len(block)
    while position < size:
        body = position + 4
        end = body + int.from_bytes(block[position + 2 : body], "big")
        if end > size or body > size:
            raise malformed(f"an extension of {what} is cut short")
        kind = block[position] << 8 | block[position + 1]
        if kind in found:
            raise illegal(f"extension {kind} twice in {what}")
        found[kind] = block[body:end]
        position = end
    return found


@lru_cache(maxsize=64)
def chosen_alpn(body: bytes) -> str:
    """Return the one protocol that the server chose (RFC 7301, 3.1), escaped.

    Most servers choose the same: it is read once. What is kept is short, since errors are not.
    """
    outer = Reader(body, "the ALPN extension")
    inner = Reader(outer.vector(2), "the ALPN extension")
    outer.done()
    name = inner.vector(1)
    inner.done()
    if not name:
        raise malformed("an empty ALPN protocol name")
    return name.decode("latin-1").encode("unicode_escape").decode("ascii")


def staple(body: bytes) -> bytes | None:
    """Return the OCSP response of a CertificateStatus (RFC 6066, 8), None for another type."""
    reader = Reader(body, "CertificateStatus")
    if reader.number(1) != 1:
        return None
    response = reader.vector(3)
    reader.done()
    return response or None

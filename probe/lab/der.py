"""Write DER (X.690): only what certificates need, and nothing is checked.

The lab must produce what honest libraries refuse to: negative serials, version 1, foreign
algorithms. So the octets are put together here.
"""

from datetime import datetime

_GENERALIZED_FROM = 2050  # RFC 5280, 4.1.2.5


def tlv(tag: int, *contents: bytes) -> bytes:
    """Encode one element with a single-octet ``tag`` around ``contents``."""
    body = b"".join(contents)
    if len(body) < 0x80:  # noqa: PLR2004 - the short form of X.690, 8.1.3.4
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*contents: bytes) -> bytes:
    """Encode a SEQUENCE of encoded elements."""
    return tlv(0x30, *contents)


def explicit(number: int, *contents: bytes) -> bytes:
    """Encode a constructed context-specific element, ``[number]``."""
    return tlv(0xA0 | number, *contents)


def integer(value: int) -> bytes:
    """Encode an INTEGER of any sign and size."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return tlv(0x02, value.to_bytes(size, "big", signed=True))


def octets(value: bytes) -> bytes:
    """Encode an OCTET STRING."""
    return tlv(0x04, value)


def bits(value: bytes) -> bytes:
    """Encode a BIT STRING without unused bits."""
    return tlv(0x03, b"\x00", value)


def true() -> bytes:
    """Encode BOOLEAN TRUE."""
    return b"\x01\x01\xff"


def null() -> bytes:
    """Encode NULL."""
    return b"\x05\x00"


def oid(dotted: str) -> bytes:
    """Encode an OBJECT IDENTIFIER from its dotted text."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        body.extend(reversed(groups))
    return tlv(0x06, bytes(body))


def utf8(text: str) -> bytes:
    """Encode a UTF8String."""
    return tlv(0x0C, text.encode())


def bmp(text: str) -> bytes:
    """Encode a BMPString: UTF-16, big-endian."""
    return tlv(0x1E, text.encode("utf-16-be"))


def time(value: datetime) -> bytes:
    """Encode a Time as RFC 5280, 4.1.2.5 asks: UTCTime to 2049, GeneralizedTime from 2050."""
    if value.year < _GENERALIZED_FROM:
        return tlv(0x17, f"{value:%y%m%d%H%M%SZ}".encode())
    return tlv(0x18, f"{value:%Y%m%d%H%M%SZ}".encode())


def name(*attributes: tuple[str, int, bytes]) -> bytes:
    """Encode a Name: one attribute per RDN, each an OID, a string tag and the octets."""
    return sequence(
        *(tlv(0x31, sequence(oid(dotted), tlv(tag, value))) for dotted, tag, value in attributes)
    )

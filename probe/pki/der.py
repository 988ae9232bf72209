"""Read DER (X.690) strictly and without recursion: what it reads came from a stranger."""

import functools

_LONG_FORM = 0x80
_TWO_OCTETS = 0x82
_MAX_LENGTH_OCTETS = 4
_MAX_OID_OCTETS = 128

BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
OID = 0x06
SEQUENCE = 0x30
SET = 0x31


class DerError(ValueError):
    """The octets are not the DER that was expected; the message says why."""


def read(data: bytes, at: int, limit: int) -> tuple[int, int, int]:
    """Read one header at ``at``: the tag, and where the contents start and end.

    Nothing at or beyond ``limit`` belongs to the element. Lengths must be definite and minimal,
    tags a single octet.
    """
    start = at + 2
    if start > limit:
        raise DerError("an element is cut off")
    tag, length = data[at], data[at + 1]
    if length >= _LONG_FORM:
        start, length = _long_form(data, start, limit, length & 0x7F)
    end = start + length
    if end > limit:
        raise DerError("an element that is longer than what holds it")
    if tag & 0x1F == 0x1F:  # noqa: PLR2004 - X.690, 8.1.2.4
        raise DerError("a tag number above 30")
    return tag, start, end


def _long_form(data: bytes, at: int, limit: int, size: int) -> tuple[int, int]:
    """Read a length of ``size`` octets: where the contents start, and their length."""
    if not 0 < size <= _MAX_LENGTH_OCTETS or at + size > limit:
        raise DerError("a length that is indefinite, too long or cut off")
    length = int.from_bytes(data[at : at + size], "big")
    if length < _LONG_FORM or length >> 8 * (size - 1) == 0:
        raise DerError("a length that is not minimal")
    return at + size, length


def expect(data: bytes, at: int, limit: int, tag: int) -> tuple[int, int]:
    """Read one element that must have ``tag``: where its contents start and end."""
    start = at + 2
    if start <= limit and data[at] == tag:
        # Nearly every length takes one octet or three. To read those here halves the cost of a
        # certificate's layout; all others, and every reason to refuse, are left to `read`.
        length = data[at + 1]
        if length < _LONG_FORM:
            if start + length <= limit:
                return start, start + length
        elif length == _TWO_OCTETS and start + 2 <= limit:
            length = data[start] << 8 | data[start + 1]
            if length > 0xFF and start + 2 + length <= limit:  # noqa: PLR2004 - or it is not minimal
                return start + 2, start + 2 + length
    found, start, end = read(data, at, limit)
    if found != tag:
        raise DerError(f"tag {found:#04x} where {tag:#04x} was expected")
    return start, end


def contents(data: bytes, tag: int) -> bytes:
    """Take the contents of ``data``, which must be exactly one element with ``tag``."""
    start, end = expect(data, 0, len(data), tag)
    if end != len(data):
        raise DerError("something follows the element")
    return data[start:]


def children(data: bytes, start: int = 0, end: int | None = None) -> list[tuple[int, int, int]]:
    """Read the elements that fill ``data`` from ``start`` to ``end``, as `read` gives them."""
    end = len(data) if end is None else end
    found = []
    while start < end:
        element = read(data, start, end)
        found.append(element)
        start = element[2]
    return found


@functools.lru_cache(maxsize=1024)
def oid_text(body: bytes) -> str:
    """Return the dotted text of an OBJECT IDENTIFIER's contents."""
    if not body or body[-1] & 0x80 or len(body) > _MAX_OID_OCTETS:
        raise DerError("an object identifier that is empty, cut off or too long")
    arcs = []
    arc = 0
    for octet in body:
        if arc == 0 and octet == 0x80:  # noqa: PLR2004 - X.690, 8.19.2
            raise DerError("an object identifier that is not minimal")
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:  # noqa: PLR2004 - the last octet of an arc
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def integer(body: bytes) -> int:
    """Decode an INTEGER's contents; they must be minimal."""
    if not body or (len(body) > 1 and (body[0] == 0 or body[0] == 0xFF) and _padded(body)):  # noqa: PLR2004
        raise DerError("an integer that is empty or not minimal")
    return int.from_bytes(body, "big", signed=True)


def _padded(body: bytes) -> bool:
    # X.690, 8.3.2: the first nine bits are neither all zero nor all one.
    return (body[0] == 0) == (body[1] < 0x80)  # noqa: PLR2004


def tlv(tag: int, body: bytes) -> bytes:
    """Encode one element."""
    if len(body) < _LONG_FORM:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_FORM | len(length))) + length + body

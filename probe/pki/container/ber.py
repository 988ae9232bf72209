"""Read BER (X.690): containers that Windows, NSS and Java wrote are not always DER.

Indefinite lengths and constructed octet strings are understood; everything is bounded. Values
are slices of what came in, so that certificates keep their octets.
"""

from typing import NamedTuple

from probe.pki.container.contents import ContainerError

MAX_DEPTH = 24
MAX_CHILDREN = 200_000
MAX_INTEGER_OCTETS = 64

INTEGER = 0x02
OCTET_STRING = 0x04
OID = 0x06
BMP_STRING = 0x1E
SEQUENCE = 0x30
SET = 0x31
CONTEXT_0 = 0xA0
CONTEXT_1 = 0xA1
CONSTRUCTED = 0x20

_LONG_TAG = 0x1F
_LONG_LENGTH = 0x80
_MAX_LENGTH_OCTETS = 4
_MORE = 0x80
_HEADER = 2
_ARC_LIMIT = 1 << 64


class Element(NamedTuple):
    """One element: its identifier octet, its content, and all its octets as they came."""

    tag: int
    content: bytes
    encoded: bytes


def first(data: bytes) -> tuple[Element, bytes]:
    """Read the first element of ``data``; return it and what follows it."""
    content, end, after = _span(data, 0, 0)
    return Element(data[0], data[content:end], data[:after]), data[after:]


def children(element: Element, *tags: int) -> list[Element]:
    """Read the elements inside a constructed one whose tag is among ``tags``."""
    if element.tag not in tags or not element.tag & CONSTRUCTED:
        raise ContainerError("an ASN.1 element of another type was expected")
    return elements(element.content)


def elements(data: bytes) -> list[Element]:
    """Read elements that follow each other to the end of ``data``."""
    found: list[Element] = []
    offset = 0
    while offset < len(data):
        content, end, after = _span(data, offset, 0)
        found.append(Element(data[offset], data[content:end], data[offset:after]))
        offset = after
        if len(found) > MAX_CHILDREN:
            raise ContainerError("an ASN.1 structure has too many members")
    return found


def sequence(element: Element, at_least: int) -> list[Element]:
    """Read a SEQUENCE with ``at_least`` so many members."""
    members = children(element, SEQUENCE)
    if len(members) < at_least:
        raise ContainerError("an ASN.1 sequence is too short")
    return members


def explicit(element: Element, tag: int = CONTEXT_0) -> Element:
    """Read the one element inside an explicit context tag."""
    members = children(element, tag)
    if len(members) != 1:
        raise ContainerError("an ASN.1 context tag holds no single element")
    return members[0]


def octets(element: Element, tag: int = OCTET_STRING) -> bytes:
    """Return the octets of an OCTET STRING, also of one in pieces; ``tag`` may be implicit."""
    if element.tag == tag:
        return element.content
    if element.tag != tag | CONSTRUCTED:
        raise ContainerError("an ASN.1 octet string was expected")
    return b"".join(_pieces(element, 0))


def integer(element: Element) -> int:
    """Return the value of an INTEGER of a bounded size."""
    if element.tag != INTEGER or not element.content:
        raise ContainerError("an ASN.1 integer was expected")
    if len(element.content) > MAX_INTEGER_OCTETS:
        raise ContainerError("an ASN.1 integer is too large")
    return int.from_bytes(element.content, "big", signed=True)


def oid(element: Element) -> str:
    """Return the dotted text of an OBJECT IDENTIFIER."""
    content = element.content
    if (
        element.tag != OID
        or not content
        or content[-1] & _MORE
        or len(content) > MAX_INTEGER_OCTETS
    ):
        raise ContainerError("an ASN.1 object identifier was expected")
    arcs: list[int] = []
    value = 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if value > _ARC_LIMIT:
            raise ContainerError("an ASN.1 object identifier is too large")
        if not octet & _MORE:
            arcs.append(value)
            value = 0
    top = min(arcs[0] // 40, 2)
    return ".".join(map(str, (top, arcs[0] - top * 40, *arcs[1:])))


def _pieces(element: Element, depth: int) -> list[bytes]:
    if depth > MAX_DEPTH:
        raise ContainerError("an ASN.1 structure is nested too deeply")
    found: list[bytes] = []
    for piece in elements(element.content):
        if piece.tag == OCTET_STRING:
            found.append(piece.content)
        elif piece.tag == OCTET_STRING | CONSTRUCTED:
            found += _pieces(piece, depth + 1)
        else:
            raise ContainerError("an ASN.1 octet string was expected")
    return found


def _span(data: bytes, offset: int, depth: int) -> tuple[int, int, int]:
    """Return where the content begins and ends, and where the next element begins."""
    if offset + _HEADER > len(data):
        raise ContainerError("an ASN.1 element is cut off")
    if data[offset] & _LONG_TAG == _LONG_TAG:
        raise ContainerError("an ASN.1 tag of an unknown kind")
    length = data[offset + 1]
    content = offset + _HEADER
    if length == _LONG_LENGTH:
        return _indefinite(data, offset, content, depth)
    if length > _LONG_LENGTH:
        size = length - _LONG_LENGTH
        if size > _MAX_LENGTH_OCTETS or content + size > len(data):
            raise ContainerError("an ASN.1 length is not sound")
        length = int.from_bytes(data[content : content + size], "big")
        content += size
    end = content + length
    if end > len(data):
        raise ContainerError("an ASN.1 element is cut off")
    return content, end, end


def _indefinite(data: bytes, offset: int, content: int, depth: int) -> tuple[int, int, int]:
    """Find the end-of-contents octets (X.690, 8.1.5) of the element at ``offset``."""
    if not data[offset] & CONSTRUCTED or depth > MAX_DEPTH:
        raise ContainerError("an ASN.1 length is not sound")
    end = content
    while data[end : end + 2] != b"\x00\x00":
        end = _span(data, end, depth + 1)[2]
    return content, end, end + 2


def tlv(tag: int, *contents: bytes) -> bytes:
    """Write one element in DER."""
    body = b"".join(contents)
    if len(body) < _LONG_LENGTH:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_LENGTH | len(length))) + length + body

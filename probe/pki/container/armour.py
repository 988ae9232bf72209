"""Text around DER: PEM (RFC 7468), Base64 without armour, and Windows' UTF-16 files.

What stands between the blocks is ignored, as every reader of PEM does.
"""

import binascii
import re
from typing import NamedTuple

_BOUNDARY = re.compile(rb"-----(BEGIN|END) ([A-Z0-9][A-Z0-9 #-]{0,48})-----")
_WHITE = b" \t\r\n\f\v"
_SAMPLE = 256
_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class Block(NamedTuple):
    """One armoured block: its label, its text with the armour, and what it encodes.

    ``der`` is None when the body is no Base64, as in a key with its own encryption headers.
    """

    label: str
    text: bytes
    der: bytes | None


def plain(data: bytes) -> bytes:
    """Return text as UTF-8 octets, whichever Unicode encoding it came in."""
    for mark, encoding in _ENCODINGS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").encode("utf-8", "replace")
    head = data[:_SAMPLE]
    if head.count(0) * 2 >= len(head) - 1 > 0:  # UTF-16 without a mark: every other octet is zero
        encoding = "utf-16-le" if head[1] == 0 else "utf-16-be"
        return data.decode(encoding, "replace").encode("utf-8", "replace")
    return data


def blocks(text: bytes) -> tuple[list[Block], int]:
    """Return the armoured blocks of a text, and how many were opened and never closed."""
    found: list[Block] = []
    broken = 0
    opened: re.Match[bytes] | None = None
    for boundary in _BOUNDARY.finditer(text):
        if boundary[1] == b"BEGIN":
            broken += opened is not None
            opened = boundary
        elif opened is not None:
            if boundary[2] == opened[2]:
                body = text[opened.end() : boundary.start()]
                whole = text[opened.start() : boundary.end()]
                found.append(Block(opened[2].decode(), whole, base64(body)))
            else:
                broken += 1
            opened = None
    return found, broken + (opened is not None)


def base64(body: bytes) -> bytes | None:
    """Decode Base64 with any white space in it, None if it is something else (RFC 4648, 4)."""
    try:
        return binascii.a2b_base64(body.translate(None, _WHITE), strict_mode=True)
    except ValueError:
        return None

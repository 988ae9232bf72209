"""The PRELOGIN message: what we ask, and what the server answers (MS-TDS 2.2.6.5).

The client says ENCRYPT_OFF: it would encrypt its login only. A server that answers the same leaves
encryption to its clients; one that answers ENCRYPT_REQ has Force Encryption set. TLS follows in
both cases. ENCRYPT_NOT_SUP means that there will be no TLS and so no certificate.
"""

import struct
from enum import IntEnum
from typing import Final

import msgspec

from probe.net.tds.packets import MalformedError

LONGEST: Final = 32 * 1024
"""Octets that are read of an answer; a sound one has fewer than a hundred."""

_ENTRY: Final = struct.Struct(">BHH")
_TERMINATOR: Final = 0xFF
_VERSION_LENGTH: Final = 6


class Option(IntEnum):
    """The tokens of PL_OPTION_TOKEN."""

    VERSION = 0
    ENCRYPTION = 1
    INSTOPT = 2
    THREADID = 3
    MARS = 4
    TRACEID = 5
    FEDAUTHREQUIRED = 6
    NONCEOPT = 7


class Encryption(IntEnum):
    """The values of B_FENCRYPTION."""

    OFF = 0
    ON = 1
    NOT_SUPPORTED = 2
    REQUIRED = 3


class Answer(msgspec.Struct, frozen=True):
    """A server's PRELOGIN: its version as ``major.minor.build``, and every option as it came."""

    version: str
    encryption: Encryption
    options: dict[int, bytes]


def encode(options: dict[int, bytes]) -> bytes:
    """Encode a PRELOGIN message: the table of offsets, then the data, in the order given."""
    start = _ENTRY.size * len(options) + 1
    table, data = bytearray(), bytearray()
    for token, value in options.items():
        table += _ENTRY.pack(token, start + len(data), len(value))
        data += value
    return bytes(table) + bytes((_TERMINATOR,)) + bytes(data)


REQUEST: Final = encode(
    {
        # A client of SQL Server 2008 or later; servers look at nothing of it.
        Option.VERSION: bytes((0x11, 0, 0, 0, 0, 0)),
        Option.ENCRYPTION: bytes((Encryption.OFF,)),
        Option.INSTOPT: b"\x00",
        Option.THREADID: bytes(4),
        Option.MARS: b"\x00",
    }
)
"""What a client without any wishes sends."""


def parse(message: bytes) -> Answer:
    """Read a server's PRELOGIN; MalformedError for what is none. Unknown options are kept."""
    options = options_of(message)
    version = options.get(Option.VERSION)
    if version is None or len(version) != _VERSION_LENGTH:
        raise MalformedError("no version in the answer to PRELOGIN")
    encryption = options.get(Option.ENCRYPTION, b"")
    if len(encryption) != 1 or encryption[0] not in set(Encryption):
        said = encryption[:8].hex(" ") or "nothing"
        raise MalformedError(f"the answer to PRELOGIN says {said} of encryption")
    build = int.from_bytes(version[2:4], "big")
    return Answer(f"{version[0]}.{version[1]}.{build}", Encryption(encryption[0]), options)


def options_of(message: bytes) -> dict[int, bytes]:
    """Read the options of a PRELOGIN; MalformedError where the table or an offset leads astray."""
    found: dict[int, tuple[int, int]] = {}
    position = 0
    while True:
        if position >= len(message):
            raise MalformedError("the options of the answer to PRELOGIN have no end")
        if message[position] == _TERMINATOR:
            break
        if position + _ENTRY.size > len(message):
            raise MalformedError("an option of the answer to PRELOGIN is cut")
        token, offset, length = _ENTRY.unpack_from(message, position)
        if token in found:
            raise MalformedError(f"option {token} comes twice in the answer to PRELOGIN")
        found[token] = offset, length
        position += _ENTRY.size
    table = position + 1
    for token, (offset, length) in found.items():
        # An empty option may point anywhere: nothing is read there.
        if length and not (table <= offset and offset + length <= len(message)):
            raise MalformedError(f"option {token} of the answer to PRELOGIN points outside it")
    return {token: message[offset : offset + length] for token, (offset, length) in found.items()}

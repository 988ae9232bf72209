"""TDS packets: the header, taking a stream of octets apart, and putting one together.

MS-TDS 2.2.3.1: type, status, length (big endian, the header included), SPID, packet id, window.
A message is one or more packets, the last one marked.
"""

import struct
from typing import Final, NamedTuple

HEADER: Final = 8
END_OF_MESSAGE: Final = 0x01

REPLY: Final = 0x04
LOGIN7: Final = 0x10
PRELOGIN: Final = 0x12

SIZE: Final = 4096
"""Octets of the packets we send, until a login agrees on another size (MS-TDS 2.2.6.4)."""

_LAYOUT: Final = struct.Struct(">BBHHBB")


class MalformedError(ValueError):
    """Octets that are not what TDS says; the message is for people."""


class Packet(NamedTuple):
    """One packet: its type, whether it ends its message, and what it carries."""

    kind: int
    last: bool
    payload: bytes


class Packets:
    """Takes a stream apart, in any pieces; holds no more than one incomplete packet.

    ``kinds`` are the types that may come; anything else is no packet.
    """

    __slots__ = ("_buffer", "_kinds")

    def __init__(self, kinds: frozenset[int]) -> None:
        self._buffer = bytearray()
        self._kinds = kinds

    def feed(self, data: bytes) -> None:
        """Take octets; follow with `pull` until it returns None."""
        self._buffer += data

    def pull(self) -> Packet | None:
        """Return the next whole packet; MalformedError if what comes is none."""
        buffer = self._buffer
        if buffer and buffer[0] not in self._kinds:
            raise MalformedError(f"a packet of type 0x{buffer[0]:02x}")
        if len(buffer) < HEADER:
            return None
        kind, status, length, _, _, _ = _LAYOUT.unpack_from(buffer)
        if length < HEADER:
            raise MalformedError(f"a packet of {length} octets")
        if len(buffer) < length:
            return None
        payload = bytes(buffer[HEADER:length])
        del buffer[:length]
        return Packet(kind, bool(status & END_OF_MESSAGE), payload)

    def rest(self) -> bytes:
        """Return and forget what is held."""
        held = bytes(self._buffer)
        self._buffer.clear()
        return held


def encode(kind: int, message: bytes, *, size: int = SIZE) -> bytes:
    """Put a message into packets of at most ``size`` octets, numbered from one."""
    room = size - HEADER
    parts = [message[start : start + room] for start in range(0, len(message), room)] or [b""]
    encoded = []
    for number, part in enumerate(parts, 1):
        status = END_OF_MESSAGE if number == len(parts) else 0
        encoded.append(_LAYOUT.pack(kind, status, HEADER + len(part), 0, number & 0xFF, 0))
        encoded.append(part)
    return b"".join(encoded)

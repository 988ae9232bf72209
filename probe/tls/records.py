"""The record layer, reading: bytes in any pieces → records (RFC 8446, 5; RFC 5246, 6.2)."""

from enum import IntEnum
from typing import Protocol

from probe.model.failure import Kind
from probe.tls import limits, sniff
from probe.tls.alerts import Alert
from probe.tls.errors import Abort, excessive, malformed


class Content(IntEnum):
    """Record content types (RFC 8446, 5.1)."""

    CHANGE_CIPHER_SPEC = 20
    ALERT = 21
    HANDSHAKE = 22
    APPLICATION_DATA = 23


HEADER = 5


class Opener(Protocol):
    """Removes the protection of one direction's records."""

    expansion: int

    def open(self, header: bytes, fragment: bytes) -> tuple[int, bytes]:
        """Return content type and plaintext of a record; Abort when it is not authentic."""


def plain(kind: int, version: int, payload: bytes) -> bytes:
    """Write one unprotected record; ``payload`` fits into one (at most 2**14 octets)."""
    return bytes((kind, version >> 8, version & 0xFF)) + len(payload).to_bytes(2, "big") + payload


def _overflow(size: int) -> Abort:
    """Return an Abort for a record longer than it may be (RFC 8446, 5.2: record_overflow)."""
    return Abort(Kind.LIMIT, f"a record of {size} octets", Alert.RECORD_OVERFLOW)


class Records:
    """Holds what has not been read yet, and counts. ``opener`` is set when keys change."""

    __slots__ = ("_count", "_empty", "_input", "_octets", "opener")

    def __init__(self) -> None:
        self.opener: Opener | None = None
        self._input = bytearray()
        self._count = 0
        self._empty = 0
        self._octets = 0

    @property
    def begun(self) -> bool:
        """Whether a whole record has come."""
        return self._count > 0

    def feed(self, data: bytes) -> None:
        """Take what the peer sent."""
        self._input += data

    def pull(self) -> tuple[int, bytes] | None:
        """Return the next record's content type and plaintext, or None until more comes."""
        data = self._input
        if not self._count and sniff.foreign(bytes(data[:2])):
            self._refuse(ended=False)
            return None
        if len(data) < HEADER:
            return None
        kind = data[0]
        end = HEADER + (data[3] << 8 | data[4])
        self._check(kind, data[1], end)
        if len(data) < end:
            return None
        header, fragment = bytes(data[:HEADER]), bytes(data[HEADER:end])
        del data[:end]
        self._count += 1
        self._octets += end
        opener = self.opener
        if opener is not None:
            kind, fragment = opener.open(header, fragment)
            if len(fragment) > limits.PLAINTEXT:
                raise _overflow(len(fragment))
        if not fragment:
            self._empty += 1
            if self._empty > limits.EMPTY_RECORDS:
                raise excessive(f"more than {limits.EMPTY_RECORDS} records without content")
        return kind, fragment

    def ended(self) -> None:
        """Note that nothing more comes; Abort when what came was never TLS."""
        if not self._count and sniff.foreign(bytes(self._input[:2])):
            self._refuse(ended=True)

    def clear(self) -> None:
        """Let go of everything once the handshake is over."""
        self._input = bytearray()
        self.opener = None

    def _refuse(self, *, ended: bool) -> None:
        looks = sniff.describe(bytes(self._input[: limits.SNIFFED]), ended=ended)
        if looks is not None:
            raise Abort(Kind.NOT_TLS, looks)

    def _check(self, kind: int, major: int, end: int) -> None:
        """Judge a header before its record is waited for."""
        if not Content.CHANGE_CIPHER_SPEC <= kind <= Content.APPLICATION_DATA or major != 3:  # noqa: PLR2004 - SSL 3 and all of TLS
            raise malformed(f"a record of type {kind}, version {major}.x", Alert.UNEXPECTED_MESSAGE)
        expansion = self.opener.expansion if self.opener is not None else 0
        if end > HEADER + limits.PLAINTEXT + expansion:
            raise _overflow(end - HEADER)
        if self._count >= limits.RECORDS:
            raise excessive(f"more than {limits.RECORDS} records")
        if self._octets + end > limits.OCTETS:
            raise excessive(f"more than {limits.OCTETS} octets")

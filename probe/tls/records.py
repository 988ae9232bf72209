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
# The major version of SSL 3 and of all of TLS.
_MAJOR = 3
_FIRST, _LAST = int(Content.CHANGE_CIPHER_SPEC), int(Content.APPLICATION_DATA)


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
    """Holds what has not been read yet, and counts; `protect` when keys change."""

    __slots__ = ("_count", "_empty", "_input", "_largest", "_octets", "_opener", "_position")

    def __init__(self) -> None:
        self._opener: Opener | None = None
        self._largest = limits.PLAINTEXT
        self._input = b""
        self._position = 0
        self._count = 0
        self._empty = 0
        self._octets = 0

    def feed(self, data: bytes) -> None:
        """Take what the peer sent."""
        # What is left over is never more than one record that is not complete.
        rest = self._input[self._position :]
        self._input = rest + data if rest else data
        self._position = 0

    def protect(self, opener: Opener) -> None:
        """Read with these keys from now on."""
        self._opener = opener
        self._largest = limits.PLAINTEXT + opener.expansion

    def pull(self) -> tuple[int, bytes] | None:
        """Return the next record's content type and plaintext, or None until more comes."""
        data, start = self._input, self._position
        if not self._count and sniff.foreign(data[:2]):
            self._refuse(ended=False)
            return None
        body = start + HEADER
        if len(data) < body:
            return None
        kind = data[start]
        end = body + (data[start + 3] << 8 | data[start + 4])
        size = end - body
        if not (
            _FIRST <= kind <= _LAST
            and data[start + 1] == _MAJOR
            and size <= self._largest
            and self._count < limits.RECORDS
            and self._octets + HEADER + size <= limits.OCTETS
        ):
            raise self._wrong(kind, data[start + 1], size)
        if len(data) < end:
            return None
        self._position = end
        self._count += 1
        self._octets += end - start
        fragment = data[body:end]
        if self._opener is not None:
            kind, fragment = self._opener.open(data[start:body], fragment)
            if len(fragment) > limits.PLAINTEXT:
                raise _overflow(len(fragment))
        if not fragment:
            self._empty += 1
            if self._empty > limits.EMPTY_RECORDS:
                raise excessive(f"more than {limits.EMPTY_RECORDS} records without content")
        return kind, fragment

    def ended(self) -> None:
        """Note that nothing more comes; Abort when what came was never TLS."""
        if not self._count and sniff.foreign(self._input[:2]):
            self._refuse(ended=True)

    def clear(self) -> None:
        """Let go of everything once the handshake is over."""
        self._input = b""
        self._position = 0
        self._opener = None

    def _refuse(self, *, ended: bool) -> None:
        looks = sniff.describe(self._input[: limits.SNIFFED], ended=ended)
        if looks is not None:
            raise Abort(Kind.NOT_TLS, looks)

    def _wrong(self, kind: int, major: int, size: int) -> Abort:
        """Say what is wrong with a header, before its record is waited for."""
        if not _FIRST <= kind <= _LAST or major != _MAJOR:
            detail = f"a record of type {kind}, version {major}.x"
            return malformed(detail, Alert.UNEXPECTED_MESSAGE)
        if size > self._largest:
            return _overflow(size)
        if self._count >= limits.RECORDS:
            return excessive(f"more than {limits.RECORDS} records")
        return excessive(f"more than {limits.OCTETS} octets")

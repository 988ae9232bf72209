"""Find serial numbers in a large CRL without reading all of it each time (RFC 5280, 5.1.2.6).

The entries are walked once. What is kept is eight octets for each: half of a hash of the serial
number, and where the entry is. While it is built it takes some fifty octets for each.
"""

from array import array
from bisect import bisect_left
from datetime import UTC, datetime
from typing import Final

from probe.pki import der

_SHIFT: Final = 32
_OFFSETS: Final = (1 << _SHIFT) - 1
_HASHES: Final = (1 << 31) - 1
_SHORT: Final = 0x80
_UTC_TIME: Final = 0x17
_GENERALIZED_TIME: Final = 0x18
_VERSION: Final = der.INTEGER
_ENUMERATED: Final = 0x0A
_REASON: Final = bytes.fromhex("551d15")
_REASONS: Final = {
    0: "unspecified",
    1: "key_compromise",
    2: "ca_compromise",
    3: "affiliation_changed",
    4: "superseded",
    5: "cessation_of_operation",
    6: "certificate_hold",
    8: "remove_from_crl",
    9: "privilege_withdrawn",
    10: "aa_compromise",
}


class Index:
    """Where each serial number of a CRL's entries is; DerError where they cannot be walked."""

    __slots__ = ("_data", "_places")

    def __init__(self, data: bytes, start: int, end: int) -> None:
        """Walk the entries of a tBSCertList, whose contents are from ``start`` to ``end``."""
        self._data = data
        places = _places(data, *_entries(data, start, end))
        places.sort()
        self._places = array("Q", places)

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._places)

    def find(self, serial: bytes) -> int | None:
        """Return where the first entry of a serial number is, given the contents of its INTEGER."""
        head = (hash(serial) & _HASHES) << _SHIFT
        for at in range(bisect_left(self._places, head), len(self._places)):
            place = self._places[at]
            if place & ~_OFFSETS != head:
                break
            offset = place & _OFFSETS
            start, end = _serial(self._data, offset)
            if self._data[start:end] == serial:
                return offset
        return None

    def read(self, offset: int) -> tuple[datetime, str | None]:
        """Return when the certificate of an entry was revoked, and why if it says so."""
        data = self._data
        start, end = der.expect(data, offset, len(data), der.SEQUENCE)
        _, at = der.expect(data, start, end, der.INTEGER)
        tag, start, at = der.read(data, at, end)
        when = time(tag, data[start:at])
        if at == end:
            return when, None
        start, end = der.expect(data, at, end, der.SEQUENCE)
        return when, _reason(data, start, end)


def time(tag: int, octets: bytes) -> datetime:
    """Read the contents of a Time (RFC 5280, 4.1.2.5); ValueError for what is none."""
    text = octets.decode("ascii")
    if tag == _UTC_TIME:
        # Two digits for the year: RFC 5280, 4.1.2.5.1.
        text = ("20" if text < "50" else "19") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError("no time")
    return datetime.strptime(text, "%Y%m%d%H%M%S%z").astimezone(UTC)


def _entries(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where revokedCertificates start and end; both the same where there are none."""
    tag, _, after = der.read(data, start, end)
    at = after if tag == _VERSION else start
    _, at = der.expect(data, at, end, der.SEQUENCE)  # signature
    _, at = der.expect(data, at, end, der.SEQUENCE)  # issuer
    _, _, at = der.read(data, at, end)  # thisUpdate
    while at < end:
        tag, start, after = der.read(data, at, end)
        if tag == der.SEQUENCE:
            return start, after
        if tag not in {_UTC_TIME, _GENERALIZED_TIME}:
            break
        at = after
    return end, end


def _places(data: bytes, at: int, end: int) -> list[int]:
    """Return hash and place of every entry. This runs a million times for a large CRL."""
    found = []
    while at < end:
        start = at + 2
        if data[at] == der.SEQUENCE and (length := data[at + 1]) < _SHORT:
            after = start + length
            if data[start] != der.INTEGER or (size := data[start + 1]) >= _SHORT or after > end:
                raise der.DerError("an entry without a serial number")
            serial = data[start + 2 : start + 2 + size]
        else:
            _, after = der.expect(data, at, end, der.SEQUENCE)
            start, stop = _serial(data, at)
            serial = data[start:stop]
        found.append((hash(serial) & _HASHES) << _SHIFT | at)
        at = after
    return found


def _serial(data: bytes, at: int) -> tuple[int, int]:
    start, end = der.expect(data, at, len(data), der.SEQUENCE)
    return der.expect(data, start, end, der.INTEGER)


def _reason(data: bytes, at: int, end: int) -> str | None:
    while at < end:
        start, stop = der.expect(data, at, end, der.SEQUENCE)
        at = stop
        first, after = der.expect(data, start, stop, der.OID)
        if data[first:after] == _REASON:
            tag, first, after = der.read(data, after, stop)
            if tag != der.OCTET_STRING:  # critical, which says nothing more here
                first, after = der.expect(data, after, stop, der.OCTET_STRING)
            first, after = der.expect(data, first, after, _ENUMERATED)
            return _REASONS.get(der.integer(data[first:after]))
    return None

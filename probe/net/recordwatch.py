"""The types of records as they pass by, encrypted or not (RFC 8446, 5.1)."""

from typing import Final

_HEADER: Final = 5


class RecordWatch:
    """Follows a stream of records in any pieces; it starts at the beginning of a record."""

    __slots__ = ("_header", "_left")

    def __init__(self) -> None:
        self._header = bytearray()
        self._left = 0

    def feed(self, data: bytes) -> list[int]:
        """Return the content type of each record that these octets complete, in order."""
        complete = []
        position = 0
        while position < len(data):
            if not self._left:
                missing = _HEADER - len(self._header)
                self._header += data[position : position + missing]
                position += missing
                if len(self._header) < _HEADER:
                    break
                self._left = int.from_bytes(self._header[3:], "big")
            else:
                taken = min(self._left, len(data) - position)
                position += taken
                self._left -= taken
            if not self._left:
                complete.append(self._header[0])
                self._header.clear()
        return complete

"""Reading and writing the presentation language of TLS (RFC 8446, 3)."""

from probe.tls.errors import malformed


class Reader:
    """Takes numbers and vectors off octets in order; running past the end is ``malformed``."""

    __slots__ = ("_data", "_end", "_position", "_what")

    def __init__(self, data: bytes, what: str, position: int = 0) -> None:
        """Read ``data`` from ``position``; ``what`` names the message in errors."""
        self._data = data
        self._position = position
        self._end = len(data)
        self._what = what

    @property
    def more(self) -> bool:
        """Whether anything is left."""
        return self._position < self._end

    @property
    def position(self) -> int:
        """Where the next octet is read."""
        return self._position

    def take(self, count: int) -> bytes:
        """Read this many octets."""
        start = self._position
        end = start + count
        if end > self._end:
            raise malformed(f"{self._what} is cut short")
        self._position = end
        return self._data[start:end]

    def number(self, size: int) -> int:
        """Read an unsigned number of ``size`` octets."""
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """Read a vector whose length takes ``size`` octets (RFC 8446, 3.4)."""
        start = self._position + size
        length = int.from_bytes(self._data[self._position : start], "big")
        end = start + length
        if end > self._end:
            raise malformed(f"{self._what} is cut short")
        self._position = end
        return self._data[start:end]

    def done(self) -> None:
        """Refuse anything that is left."""
        if self._position != self._end:
            raise malformed(f"{self._what} has {self._end - self._position} octets too many")


def vector(size: int, content: bytes) -> bytes:
    """Write ``content`` behind its length, which takes ``size`` octets."""
    return len(content).to_bytes(size, "big") + content


def numbers(values: tuple[int, ...]) -> bytes:
    """Write 16-bit numbers one after the other."""
    return b"".join(value.to_bytes(2, "big") for value in values)

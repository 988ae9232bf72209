"""HMAC with a key that is used more than once (RFC 2104, 2).

A handshake takes 16 HMACs of one block under half as many keys. `hmac.digest` looks the algorithm
up and sets the key again every time, which costs three times as much as the hashing does.
"""

import hashlib
from collections.abc import Callable
from typing import Protocol, Self


class Hash(Protocol):
    """A running hash, as hashlib makes them."""

    def update(self, data: bytes, /) -> None:
        """Add octets."""

    def digest(self) -> bytes:
        """Return the hash of everything added so far."""

    def copy(self) -> Self:
        """Return another one in the same state."""


# The hashes of suites, and their block size in octets (RFC 6234, 1).
HASHES: dict[str, Callable[[bytes], Hash]] = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}
_BLOCKS = {"sha256": 64, "sha384": 128}
_INNER = bytes(octet ^ 0x36 for octet in range(256))
_OUTER = bytes(octet ^ 0x5C for octet in range(256))


class Keyed:
    """HMAC under one key: call it with the text."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, digest: str, key: bytes) -> None:
        start, size = HASHES[digest], _BLOCKS[digest]
        if len(key) > size:
            key = start(key).digest()
        key = key.ljust(size, b"\x00")
        self._inner = start(key.translate(_INNER))
        self._outer = start(key.translate(_OUTER))

    def __call__(self, text: bytes) -> bytes:
        """Return the HMAC of ``text``."""
        inner = self._inner.copy()
        inner.update(text)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


def once(digest: str, key: bytes, text: bytes) -> bytes:
    """Return the HMAC of ``text`` under a key as long as the hash that serves only once."""
    start = HASHES[digest]
    key = key.ljust(_BLOCKS[digest], b"\x00")
    return start(key.translate(_OUTER) + start(key.translate(_INNER) + text).digest()).digest()

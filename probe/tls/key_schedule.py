"""The key schedule of TLS 1.3 (RFC 8446, 7.1 to 7.3) over HKDF (RFC 5869)."""

import hashlib
import hmac
from functools import cache

NONCE = 12


def expand_label(digest: str, secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    """HKDF-Expand-Label (RFC 8446, 7.1).

    Nothing here asks for more than one block of the hash, so HKDF-Expand (RFC 5869, 2.3) is one
    HMAC over the info and the octet 1.
    """
    return hmac.digest(secret, _info(label, len(context), length) + context + b"\x01", digest)[
        :length
    ]


@cache
def _info(label: bytes, context: int, length: int) -> bytes:
    """Write the constant head of an HkdfLabel; few combinations exist."""
    name = b"tls13 " + label
    return length.to_bytes(2, "big") + bytes((len(name),)) + name + bytes((context,))


def derive_secret(digest: str, secret: bytes, label: bytes, transcript: bytes) -> bytes:
    """Derive-Secret (RFC 8446, 7.1); ``transcript`` is already hashed."""
    return expand_label(digest, secret, label, transcript, len(transcript))


@cache
def _early(digest: str) -> tuple[bytes, bytes]:
    """Return what every handshake without a PSK starts from, and the zeros it ends with."""
    zeros = bytes(hashlib.new(digest).digest_size)
    early = hmac.digest(zeros, zeros, digest)
    empty = hashlib.new(digest).digest()
    return derive_secret(digest, early, b"derived", empty), empty


class KeySchedule:
    """One handshake's secrets, from the shared secret of (EC)DHE on."""

    __slots__ = ("_secret", "client", "digest", "server")

    def __init__(self, digest: str, shared: bytes, transcript: bytes) -> None:
        """Enter the Handshake Secret; ``transcript`` hashes ClientHello to ServerHello."""
        self.digest = digest
        derived, _ = _early(digest)
        # HKDF-Extract is one HMAC with the salt as its key (RFC 5869, 2.2).
        self._secret = hmac.digest(derived, shared, digest)
        self.client = derive_secret(digest, self._secret, b"c hs traffic", transcript)
        self.server = derive_secret(digest, self._secret, b"s hs traffic", transcript)

    def enter_master(self) -> None:
        """Go on from the Handshake Secret to the Master Secret."""
        digest = self.digest
        _, empty = _early(digest)
        derived = derive_secret(digest, self._secret, b"derived", empty)
        self._secret = hmac.digest(derived, bytes(len(derived)), digest)

    def client_application(self, transcript: bytes) -> bytes:
        """Return our application secret; ``transcript`` hashes up to the server's Finished."""
        return derive_secret(self.digest, self._secret, b"c ap traffic", transcript)

    def server_application(self, transcript: bytes) -> bytes:
        """Return the server's application secret; ``transcript`` as for ours."""
        return derive_secret(self.digest, self._secret, b"s ap traffic", transcript)


def traffic_key(digest: str, secret: bytes, length: int) -> tuple[bytes, bytes]:
    """Return write key and IV of one direction (RFC 8446, 7.3)."""
    return (
        expand_label(digest, secret, b"key", b"", length),
        expand_label(digest, secret, b"iv", b"", NONCE),
    )


def verify_data(digest: str, secret: bytes, transcript: bytes) -> bytes:
    """Return what Finished must hold (RFC 8446, 4.4.4)."""
    key = expand_label(digest, secret, b"finished", b"", len(transcript))
    return hmac.digest(key, transcript, digest)

"""The key schedule of TLS 1.3 (RFC 8446, 7.1 to 7.3) over HKDF (RFC 5869)."""

from functools import cache

from probe.tls.keyed import HASHES, Keyed, once

NONCE = 12


_SIZES = {"sha256": 32, "sha384": 48}


def _label(label: bytes, context: int, length: int) -> bytes:
    """Write an HkdfLabel up to its context (RFC 8446, 7.1)."""
    name = b"tls13 " + label
    return length.to_bytes(2, "big") + bytes((len(name),)) + name + bytes((context,))


class _Labels:
    """The labels in use with one hash, written once.

    Nothing here asks for more than one block of the hash, so HKDF-Expand (RFC 5869, 2.3) is one
    HMAC over the HkdfLabel, the context and the octet 1.
    """

    __slots__ = (
        "client",
        "client_application",
        "derived",
        "finished",
        "server",
        "server_application",
    )

    def __init__(self, size: int) -> None:
        self.derived = _label(b"derived", size, size)
        self.client = _label(b"c hs traffic", size, size)
        self.server = _label(b"s hs traffic", size, size)
        self.client_application = _label(b"c ap traffic", size, size)
        self.server_application = _label(b"s ap traffic", size, size)
        self.finished = _label(b"finished", 0, size) + b"\x01"


_LABELS = {digest: _Labels(size) for digest, size in _SIZES.items()}
_KEY = {length: _label(b"key", 0, length) + b"\x01" for length in (16, 32)}
_IV = _label(b"iv", 0, NONCE) + b"\x01"


def _derive(secret: Keyed, label: bytes, transcript: bytes) -> bytes:
    """Derive-Secret (RFC 8446, 7.1); ``transcript`` is already hashed."""
    return secret(label + transcript + b"\x01")


@cache
def _early(digest: str) -> tuple[Keyed, bytes]:
    """Return what every handshake without a PSK starts from, and the hash of nothing.

    The Early Secret is a constant then, and so is the salt of the Handshake Secret.
    """
    empty = HASHES[digest](b"").digest()
    zeros = bytes(len(empty))
    # HKDF-Extract is one HMAC with the salt as its key (RFC 5869, 2.2).
    early = Keyed(digest, Keyed(digest, zeros)(zeros))
    return Keyed(digest, _derive(early, _LABELS[digest].derived, empty)), empty


class TrafficSecret:
    """One direction's secret and what is derived from it."""

    __slots__ = ("_digest", "_keyed")

    def __init__(self, digest: str, secret: bytes) -> None:
        self._digest = digest
        self._keyed = Keyed(digest, secret)

    def keys(self, length: int) -> tuple[bytes, bytes]:
        """Return write key and IV (RFC 8446, 7.3)."""
        secret = self._keyed
        return secret(_KEY[length])[:length], secret(_IV)[:NONCE]

    def verify_data(self, transcript: bytes) -> bytes:
        """Return what this side's Finished holds (RFC 8446, 4.4.4)."""
        digest = self._digest
        return once(digest, self._keyed(_LABELS[digest].finished), transcript)


class KeySchedule:
    """One handshake's secrets, from the shared secret of (EC)DHE on."""

    __slots__ = ("_digest", "_secret", "client", "server")

    def __init__(self, digest: str, shared: bytes, transcript: bytes) -> None:
        """Enter the Handshake Secret; ``transcript`` hashes ClientHello to ServerHello."""
        self._digest = digest
        extract, _ = _early(digest)
        labels = _LABELS[digest]
        self._secret = secret = Keyed(digest, extract(shared))
        self.client = TrafficSecret(digest, _derive(secret, labels.client, transcript))
        self.server = TrafficSecret(digest, _derive(secret, labels.server, transcript))

    def enter_master(self) -> None:
        """Go on from the Handshake Secret to the Master Secret."""
        digest = self._digest
        _, empty = _early(digest)
        derived = _derive(self._secret, _LABELS[digest].derived, empty)
        self._secret = Keyed(digest, once(digest, derived, bytes(len(derived))))

    def client_application(self, transcript: bytes) -> TrafficSecret:
        """Return our application secret; ``transcript`` hashes up to the server's Finished."""
        label = _LABELS[self._digest].client_application
        return TrafficSecret(self._digest, _derive(self._secret, label, transcript))

    def server_application(self, transcript: bytes) -> TrafficSecret:
        """Return the server's application secret; ``transcript`` as for ours."""
        label = _LABELS[self._digest].server_application
        return TrafficSecret(self._digest, _derive(self._secret, label, transcript))

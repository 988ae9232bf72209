"""Groups, and our key pairs in them: (EC)DHE of RFC 8446, 4.2.8 and RFC 8422, 5."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from probe.tls.errors import illegal

X25519: Final = 0x001D
SECP256R1: Final = 0x0017
SECP384R1: Final = 0x0018
SECP521R1: Final = 0x0019

# In our order of preference (RFC 8446, 4.2.7).
GROUPS: dict[int, str] = {
    X25519: "x25519",
    SECP256R1: "secp256r1",
    SECP384R1: "secp384r1",
    SECP521R1: "secp521r1",
}
# What the first ClientHello holds shares of; any other group costs a HelloRetryRequest.
SHARED: tuple[int, ...] = (X25519, SECP256R1)

_CURVES: dict[int, ec.EllipticCurve] = {
    SECP256R1: ec.SECP256R1(),
    SECP384R1: ec.SECP384R1(),
    SECP521R1: ec.SECP521R1(),
}
_ECDH = ec.ECDH()

PrivateKey = X25519PrivateKey | ec.EllipticCurvePrivateKey


class KeyShares:
    """Our private keys by group, made when first needed.

    One object may serve many connections: a share may be used again (RFC 8446, 2.1 does not
    forbid it; 8.1 of RFC 7748 allows it), a random never. What it gives up is forward secrecy
    between those connections, and none of them carries anything but certificates.
    """

    __slots__ = ("_keys", "_publics", "hellos")

    def __init__(self, keys: dict[int, PrivateKey] | None = None) -> None:
        """Start with ``keys`` by group code, or with none."""
        self._keys: dict[int, PrivateKey] = dict(keys or {})
        self._publics: dict[int, bytes] = {}
        # Parts of ClientHello messages that depend on these shares, kept by who builds them.
        self.hellos: dict[object, bytes] = {}

    def public(self, group: int) -> bytes:
        """Return our public value in a group as it goes over the wire (RFC 8446, 4.2.8.2)."""
        value = self._publics.get(group)
        if value is None:
            value = self._publics[group] = _public(self._key(group))
        return value

    def agree(self, group: int, peer: bytes) -> bytes:
        """Return the shared secret with the peer's public value (RFC 8446, 7.4.2)."""
        key = self._key(group)
        try:
            if isinstance(key, X25519PrivateKey):
                # All-zero results are refused there (RFC 7748, 6.1).
                return key.exchange(X25519PublicKey.from_public_bytes(peer))
            if peer[:1] != b"\x04":
                raise illegal(f"a {GROUPS[group]} public value that is not uncompressed")
            point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[group], peer)
            return key.exchange(_ECDH, point)
        except ValueError as error:
            raise illegal(f"an invalid {GROUPS[group]} public value") from error

    def _key(self, group: int) -> PrivateKey:
        key = self._keys.get(group)
        if key is None:
            made = X25519PrivateKey.generate() if group == X25519 else _generate(group)
            key = self._keys[group] = made
        return key


def _generate(group: int) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(_CURVES[group])


def _public(key: PrivateKey) -> bytes:
    if isinstance(key, X25519PrivateKey):
        return key.public_key().public_bytes_raw()
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

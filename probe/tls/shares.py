"""Groups, and our key pairs in them: (EC)DHE of RFC 8446, 4.2.8 and RFC 8422, 5."""

from collections.abc import Iterable
from typing import Final, cast

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

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
# RFC 8410, 4: what a SubjectPublicKeyInfo of X25519 begins with.
_X25519_INFO = bytes.fromhex("302a300506032b656e032100")
_X25519_SIZE = 32

PrivateKey = X25519PrivateKey | ec.EllipticCurvePrivateKey


class KeyShares:
    """Our private keys by group, made when first needed.

    One object may serve many connections: RFC 8446 does not forbid a share to be used again; a
    random never is. What that gives up is forward secrecy between those connections, and none of
    them carries anything but certificates.
    """

    __slots__ = ("_curves", "_publics", "_x25519", "hellos")

    def __init__(self, keys: Iterable[PrivateKey] = ()) -> None:
        """Start with ``keys``, at most one in each group, or with none."""
        self._x25519: X25519PrivateKey | None = None
        self._curves: dict[int, ec.EllipticCurvePrivateKey] = {}
        for key in keys:
            if isinstance(key, X25519PrivateKey):
                self._x25519 = key
            else:
                self._curves[_group(key)] = key
        self._publics: dict[int, bytes] = {}
        # Parts of ClientHello messages that depend on these shares, kept by who builds them.
        self.hellos: dict[object, bytes] = {}

    def public(self, group: int) -> bytes:
        """Return our public value in a group as it goes over the wire (RFC 8446, 4.2.8.2)."""
        value = self._publics.get(group)
        if value is None:
            value = self._publics[group] = self._public(group)
        return value

    def agree(self, group: int, peer: bytes) -> bytes:
        """Return the shared secret with the peer's public value (RFC 8446, 7.4.2)."""
        try:
            if group == X25519:
                return self._agree_x25519(peer)
            if peer[:1] != b"\x04":
                raise illegal(f"a {GROUPS[group]} public value that is not uncompressed")
            point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[group], peer)
            return self._curve(group).exchange(_ECDH, point)
        except ValueError as error:
            raise illegal(f"an invalid {GROUPS[group]} public value") from error

    def _agree_x25519(self, peer: bytes) -> bytes:
        if len(peer) != _X25519_SIZE:
            raise illegal(f"an x25519 public value of {len(peer)} octets")
        # Shorter by half than from_public_bytes, which asks for a backend each time.
        public = load_der_public_key(_X25519_INFO + peer)
        # All-zero results are refused there (RFC 7748, 6.1).
        return self._own_x25519().exchange(cast("X25519PublicKey", public))

    def _own_x25519(self) -> X25519PrivateKey:
        if self._x25519 is None:
            self._x25519 = X25519PrivateKey.generate()
        return self._x25519

    def _curve(self, group: int) -> ec.EllipticCurvePrivateKey:
        key = self._curves.get(group)
        if key is None:
            key = self._curves[group] = ec.generate_private_key(_CURVES[group])
        return key

    def _public(self, group: int) -> bytes:
        if group == X25519:
            return self._own_x25519().public_key().public_bytes_raw()
        public = self._curve(group).public_key()
        return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _group(key: ec.EllipticCurvePrivateKey) -> int:
    return next(group for group, curve in _CURVES.items() if curve.name == key.curve.name)

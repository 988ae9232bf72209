"""Whether the server holds the key of its certificate: checking what it signed.

RFC 8446, 4.4.3 (CertificateVerify) and RFC 5246, 7.4.3 (ServerKeyExchange); RFC 4346, 7.4.3 for
TLS 1.1 and older.
"""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from probe.tls.keyed import Hash
from probe.tls.schemes import DSA_SHA1, ECDSA_SHA1, RSA_MD5_SHA1, SCHEMES
from probe.tls.spki import public_key

# What old servers sign with is to be seen, not trusted.
_SHA1 = partial(hashlib.sha1, usedforsecurity=False)
_HASHES: dict[str, tuple[Callable[[bytes], Hash], hashes.HashAlgorithm]] = {
    "sha1": (_SHA1, hashes.SHA1()),  # noqa: S303 - likewise
    "sha256": (hashlib.sha256, hashes.SHA256()),
    "sha384": (hashlib.sha384, hashes.SHA384()),
    "sha512": (hashlib.sha512, hashes.SHA512()),
}
_PKCS1 = padding.PKCS1v15()


class _Method(NamedTuple):
    """How a scheme is checked: the kind of key, the hash, and what ``verify`` takes last.

    Data is hashed beforehand: the library asks fewer abstract classes about what it is given.
    """

    kind: str
    digest: Callable[[bytes], Hash] | None
    arguments: tuple[object, ...]


def _method(name: str) -> _Method:
    family, _, ending = name.rpartition("_")
    if ending not in _HASHES:
        return _Method(name, None, ())
    digest, algorithm = _HASHES[ending]
    hashed = Prehashed(algorithm)
    if family.startswith("ecdsa"):
        # Which curve goes with which hash is TLS 1.3's rule; a proof on another one is a proof.
        return _Method("ecdsa", digest, (ECDSA(hashed),))
    if family == "rsa_pkcs1":
        return _Method("rsa", digest, (_PKCS1, hashed))
    if family.startswith("rsa_pss"):
        # RFC 8446, 4.2.3: MGF1 with the same hash, and a salt as long as it.
        mode = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
        return _Method("rsa", digest, (mode, hashed))
    return _Method(family, digest, (hashed,))


_METHODS = {code: _method(name) for code, name in SCHEMES.items()}
_KINDS: dict[type, str] = {
    RSAPublicKey: "rsa",
    EllipticCurvePublicKey: "ecdsa",
    Ed25519PublicKey: "ed25519",
    Ed448PublicKey: "ed448",
    DSAPublicKey: "dsa",
}
# RFC 8446, 4.2.3: what a server may not sign a TLS 1.3 handshake with.
_LEGACY = ("rsa_pkcs1", "dsa", "ecdsa_sha1")
_ALLOWED_13 = frozenset(code for code, name in SCHEMES.items() if not name.startswith(_LEGACY))

_CONTEXT = b" " * 64 + b"TLS 1.3, server CertificateVerify\x00"


_CONCRETE: dict[type, str | None] = {}


def _kind(key: object) -> str | None:
    """Return what kind of key it is; asking an abstract class each time would cost."""
    concrete = type(key)
    if concrete not in _CONCRETE:
        kinds = (kind for base, kind in _KINDS.items() if issubclass(concrete, base))
        _CONCRETE[concrete] = next(kinds, None)
    return _CONCRETE[concrete]


def verify(certificate: bytes, scheme: int, signature: bytes, signed: bytes) -> bool | None:
    """Whether ``signature`` over ``signed`` was made with the key of ``certificate``.

    None when that cannot be told: the key is unreadable, or of a kind not implemented.
    """
    key = public_key(certificate)
    kind = _kind(key)
    if key is None or kind is None:
        return None
    try:
        if kind == "rsa":
            _check_length(key, signature)
        if scheme == RSA_MD5_SHA1:
            return kind == "rsa" and _md5_sha1(key, signature, signed)
        method = _METHODS[scheme]
        if kind != method.kind:
            return False
        if method.digest is not None:
            signed = method.digest(signed).digest()
        key.verify(signature, signed, *method.arguments)  # type: ignore[union-attr,arg-type]
    except (InvalidSignature, ValueError):
        return False
    except UnsupportedAlgorithm:
        return None
    return True


def _check_length(key: PublicKeyTypes, signature: bytes) -> None:
    """Raise InvalidSignature unless it is as long as the modulus (RFC 8017, 8.1.2 and 8.2.2).

    OpenSSL takes one whose leading zeros were left out.
    """
    if isinstance(key, RSAPublicKey) and len(signature) != (key.key_size + 7) // 8:
        raise InvalidSignature


def verify_transcript(
    certificate: bytes, scheme: int, signature: bytes, transcript: bytes
) -> bool | None:
    """Check a TLS 1.3 CertificateVerify over the hash of the transcript (RFC 8446, 4.4.3)."""
    return verify(certificate, scheme, signature, _CONTEXT + transcript)


def allowed_13(scheme: int) -> bool:
    """Whether TLS 1.3 lets a server sign the handshake so (RFC 8446, 4.2.3)."""
    return scheme in _ALLOWED_13


def scheme_before_12(certificate: bytes) -> int | None:
    """Return the scheme that the key's type dictates before TLS 1.2 (RFC 8422, 5.4)."""
    dictated = {"rsa": RSA_MD5_SHA1, "ecdsa": ECDSA_SHA1, "dsa": DSA_SHA1}
    return dictated.get(_kind(public_key(certificate)) or "")


def _md5_sha1(key: PublicKeyTypes, signature: bytes, signed: bytes) -> bool:
    """Check the two digests side by side, without DigestInfo (RFC 4346, 4.7)."""
    digests = (
        hashlib.md5(signed, usedforsecurity=False).digest()
        + hashlib.sha1(signed, usedforsecurity=False).digest()
    )
    return (
        isinstance(key, RSAPublicKey)
        and key.recover_data_from_signature(signature, _PKCS1, None) == digests
    )

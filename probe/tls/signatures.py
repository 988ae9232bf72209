"""Whether the server holds the key of its certificate: checking what it signed.

RFC 8446, 4.4.3 (CertificateVerify) and RFC 5246, 7.4.3 (ServerKeyExchange); RFC 4346, 7.4.3 for
TLS 1.1 and older.
"""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from probe.tls.schemes import DSA_SHA1, ECDSA_SHA1, RSA_MD5_SHA1, SCHEMES
from probe.tls.spki import public_key

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - what old servers sign with is to be seen, not trusted
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_PKCS1 = padding.PKCS1v15()


def _arguments(name: str) -> tuple[str, tuple[object, ...]]:
    """Return a scheme's kind of key, and what ``verify`` takes after signature and data."""
    family, _, hashed = name.rpartition("_")
    digest = _HASHES.get(hashed)
    if digest is None:
        return name, ()
    if family.startswith("ecdsa"):
        # Which curve goes with which hash is TLS 1.3's rule; a proof on another one is a proof.
        return "ecdsa", (ECDSA(digest),)
    if family == "rsa_pkcs1":
        return "rsa", (_PKCS1, digest)
    if family.startswith("rsa_pss"):
        # RFC 8446, 4.2.3: MGF1 with the same hash, and a salt as long as it.
        return "rsa", (padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    return family, (digest,)


_VERIFY = {code: _arguments(name) for code, name in SCHEMES.items()}
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
        if scheme == RSA_MD5_SHA1:
            return kind == "rsa" and _md5_sha1(key, signature, signed)
        wanted, arguments = _VERIFY[scheme]
        if kind != wanted:
            return False
        key.verify(signature, signed, *arguments)  # type: ignore[union-attr,arg-type]
    except (InvalidSignature, ValueError):
        return False
    except UnsupportedAlgorithm:
        return None
    return True


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

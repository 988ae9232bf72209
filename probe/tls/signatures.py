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
# RFC 8446, 4.2.3: MGF1 with the same hash, and a salt as long as it.
_PSS = {
    name: padding.PSS(padding.MGF1(digest), digest.digest_size) for name, digest in _HASHES.items()
}
_ECDSA = {name: ECDSA(digest) for name, digest in _HASHES.items()}

_CONTEXT = b" " * 64 + b"TLS 1.3, server CertificateVerify\x00"


def verify(certificate: bytes, scheme: int, signature: bytes, signed: bytes) -> bool | None:
    """Whether ``signature`` over ``signed`` was made with the key of ``certificate``.

    None when that cannot be told: the key is unreadable, or of a kind not implemented.
    """
    key = public_key(certificate)
    if key is None:
        return None
    try:
        return _check(key, scheme, signature, signed)
    except (InvalidSignature, ValueError):
        return False
    except UnsupportedAlgorithm:
        return None


def verify_transcript(
    certificate: bytes, scheme: int, signature: bytes, transcript: bytes
) -> bool | None:
    """Check a TLS 1.3 CertificateVerify over the hash of the transcript (RFC 8446, 4.4.3)."""
    return verify(certificate, scheme, signature, _CONTEXT + transcript)


def allowed_13(scheme: int) -> bool:
    """Whether TLS 1.3 lets a server sign the handshake so (RFC 8446, 4.2.3)."""
    return scheme in SCHEMES and not SCHEMES[scheme].startswith(("rsa_pkcs1", "dsa", "ecdsa_sha1"))


def scheme_before_12(certificate: bytes) -> int | None:
    """Return the scheme that the key's type dictates before TLS 1.2 (RFC 8422, 5.4)."""
    key = public_key(certificate)
    if isinstance(key, RSAPublicKey):
        return RSA_MD5_SHA1
    if isinstance(key, EllipticCurvePublicKey):
        return ECDSA_SHA1
    return DSA_SHA1 if isinstance(key, DSAPublicKey) else None


def _check(key: PublicKeyTypes, scheme: int, signature: bytes, signed: bytes) -> bool | None:
    """Return True or raise InvalidSignature; False for another kind of key than the scheme's."""
    if scheme == RSA_MD5_SHA1:
        return isinstance(key, RSAPublicKey) and _md5_sha1(key, signature, signed)
    family, _, digest = SCHEMES[scheme].rpartition("_")
    if isinstance(key, RSAPublicKey) and family.startswith("rsa"):
        mode = _PKCS1 if family == "rsa_pkcs1" else _PSS[digest]
        key.verify(signature, signed, mode, _HASHES[digest])
    elif isinstance(key, EllipticCurvePublicKey) and family.startswith("ecdsa"):
        # Which curve goes with which hash is TLS 1.3's rule; a proof on another one is a proof.
        key.verify(signature, signed, _ECDSA[digest])
    elif isinstance(key, Ed25519PublicKey | Ed448PublicKey):
        if digest != ("ed25519" if isinstance(key, Ed25519PublicKey) else "ed448"):
            return False
        key.verify(signature, signed)
    elif isinstance(key, DSAPublicKey) and family == "dsa":
        key.verify(signature, signed, _HASHES[digest])
    else:
        return False
    return True


def _md5_sha1(key: RSAPublicKey, signature: bytes, signed: bytes) -> bool:
    """Check the two digests side by side, without DigestInfo (RFC 4346, 4.7)."""
    digests = (
        hashlib.md5(signed, usedforsecurity=False).digest()
        + hashlib.sha1(signed, usedforsecurity=False).digest()
    )
    return key.recover_data_from_signature(signature, _PKCS1, None) == digests

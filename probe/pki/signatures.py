"""Say whether a certificate was signed with another's key, whatever the algorithm.

Asked of the key itself, for SHA-1 and MD5 too: the helpers of libraries refuse old algorithms,
and whether one is acceptable is another question.
"""

import functools

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key

from probe.model.certificate import Certificate, Signature
from probe.pki import algorithms
from probe.pki.certificate import both
from probe.pki.layout import signed
from probe.pki.quiet import Quietly

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303 - to verify what was signed long ago
    "sha1": hashes.SHA1(),  # noqa: S303 - likewise
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_SMALLEST_EXPONENT = 3
_PKCS1 = padding.PKCS1v15()
_ECDSA = {name: ec.ECDSA(digest) for name, digest in _HASHES.items()}

_Padding = padding.PKCS1v15 | padding.PSS
Buffer = bytes | memoryview


def verify(certificate: Certificate, issuer: Certificate) -> bool | None:
    """Whether ``certificate`` was signed with the key of ``issuer``; names are not compared.

    None where that cannot be told, because the key or the algorithm is not supported. Answers
    are kept by the octets of the certificate and of the key.
    """
    return _verify(certificate.der, issuer.public_key_der)


@functools.lru_cache(maxsize=8192)
def _verify(octets: bytes, public_key: bytes) -> bool | None:
    certificate, parsed = both(octets)
    key = _key(public_key)
    if parsed is None or not isinstance(certificate, Certificate):
        return None
    algorithm = certificate.signature
    if key is None or algorithms.signing_key(algorithm.oid) is None:
        return None
    data = signed(octets)
    if data is None:
        return False
    try:
        scheme = parsed.signature_algorithm_parameters if algorithm.pss else _PKCS1
    except (UnsupportedAlgorithm, ValueError):
        return None
    return _checked(key, algorithm, scheme, parsed.signature, data)


def verify_octets(
    algorithm: Signature, scheme: object, signature: bytes, data: Buffer, public_key: bytes
) -> bool | None:
    """Whether ``data`` was signed with a key (a SubjectPublicKeyInfo), as `verify` answers.

    ``scheme`` are the parameters of RSASSA-PSS, where that is the algorithm. Nothing is kept.
    """
    key = _key(public_key)
    if key is None or algorithms.signing_key(algorithm.oid) is None:
        return None
    return _checked(key, algorithm, scheme if algorithm.pss else _PKCS1, signature, data)


def _checked(
    key: PublicKeyTypes, algorithm: Signature, scheme: object, signature: bytes, data: Buffer
) -> bool | None:
    try:
        return isinstance(scheme, _Padding) and _check(key, algorithm, scheme, signature, data)
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, ValueError, KeyError):
        return None


@functools.lru_cache(maxsize=1024)
def _key(info: bytes) -> PublicKeyTypes | None:
    exponent = algorithms.key(info).exponent
    if exponent is not None and (exponent < _SMALLEST_EXPONENT or exponent % 2 == 0):
        return None  # some libraries load it, and verify what anybody can make up
    try:
        with Quietly():
            return load_der_public_key(info)
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return None


def _check(
    key: PublicKeyTypes, algorithm: Signature, scheme: _Padding, signature: bytes, data: Buffer
) -> bool:
    """Let the key verify; False where the algorithm is one of another kind of key.

    InvalidSignature where it is wrong; KeyError where the hash is one that nobody computes.
    """
    kind = algorithms.signing_key(algorithm.oid)
    match key:
        case rsa.RSAPublicKey() if kind == "rsa":
            key.verify(signature, data, scheme, _HASHES[algorithm.hash or ""])  # type: ignore[arg-type] # any buffer, whatever its annotation says
        case ec.EllipticCurvePublicKey() if kind == "ec":
            key.verify(signature, data, _ECDSA[algorithm.hash or ""])
        case dsa.DSAPublicKey() if kind == "dsa":
            key.verify(signature, data, _HASHES[algorithm.hash or ""])
        case ed25519.Ed25519PublicKey() if kind == "ed25519":
            key.verify(signature, data)
        case ed448.Ed448PublicKey() if kind == "ed448":
            key.verify(signature, data)
        case _:
            return False
    return True

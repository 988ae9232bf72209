"""Private keys for the lab, and signing with algorithms that builders refuse.

Keys are cached by what they are and by an index: RSA keys are slow to generate, and nothing in
a lab is secret.
"""

import functools

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

from probe.lab import der

PrivateKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)

HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303 - built to be found
    "sha1": hashes.SHA1(),  # noqa: S303 - built to be found
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_HASH_OIDS = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
_PKCS1 = "1.2.840.113549.1.1"
_RSA_OIDS = {
    "md5": f"{_PKCS1}.4",
    "sha1": f"{_PKCS1}.5",
    "sha224": f"{_PKCS1}.14",
    "sha256": f"{_PKCS1}.11",
    "sha384": f"{_PKCS1}.12",
    "sha512": f"{_PKCS1}.13",
}
_ECDSA_OIDS = {
    "sha1": "1.2.840.10045.4.1",
    "sha224": "1.2.840.10045.4.3.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
_CURVES: dict[str, ec.EllipticCurve] = {
    "secp256r1": ec.SECP256R1(),
    "secp384r1": ec.SECP384R1(),
    "secp521r1": ec.SECP521R1(),
    "secp256k1": ec.SECP256K1(),
}


@functools.cache
def rsa_key(bits: int = 2048, index: int = 0, *, exponent: int = 65537) -> rsa.RSAPrivateKey:
    """Return the lab's RSA key of ``bits``; another ``index`` is another key."""
    del index  # it only tells cached keys apart
    return rsa.generate_private_key(exponent, bits)


@functools.cache
def ec_key(curve: str = "secp256r1", index: int = 0) -> ec.EllipticCurvePrivateKey:
    """Return the lab's key on ``curve``; another ``index`` is another key."""
    del index
    return ec.generate_private_key(_CURVES[curve])


@functools.cache
def ed25519_key(index: int = 0) -> ed25519.Ed25519PrivateKey:
    """Return the lab's Ed25519 key; another ``index`` is another key."""
    del index
    return ed25519.Ed25519PrivateKey.generate()


@functools.cache
def ed448_key(index: int = 0) -> ed448.Ed448PrivateKey:
    """Return the lab's Ed448 key; another ``index`` is another key."""
    del index
    return ed448.Ed448PrivateKey.generate()


def fresh_key() -> ec.EllipticCurvePrivateKey:
    """Make a new P-256 key; that is fast enough for every certificate to have its own."""
    return ec.generate_private_key(_CURVES["secp256r1"])


def algorithm(key: PrivateKey, hash_name: str, *, pss: bool) -> bytes:
    """Encode the AlgorithmIdentifier that `sign` makes true (RFC 3279, 4055, 5758, 8410)."""
    match key:
        case ed25519.Ed25519PrivateKey():
            return der.sequence(der.oid("1.3.101.112"))
        case ed448.Ed448PrivateKey():
            return der.sequence(der.oid("1.3.101.113"))
        case ec.EllipticCurvePrivateKey():
            return der.sequence(der.oid(_ECDSA_OIDS[hash_name]))
    if not pss:
        return der.sequence(der.oid(_RSA_OIDS[hash_name]), der.null())
    if hash_name == "sha1":
        # Every parameter is then the default, which DER does not write.
        return der.sequence(der.oid(f"{_PKCS1}.10"), der.sequence())
    digest = der.sequence(der.oid(_HASH_OIDS[hash_name]), der.null())
    return der.sequence(
        der.oid(f"{_PKCS1}.10"),
        der.sequence(
            der.explicit(0, digest),
            der.explicit(1, der.sequence(der.oid(f"{_PKCS1}.8"), digest)),
            der.explicit(2, der.integer(HASHES[hash_name].digest_size)),
        ),
    )


def sign(key: PrivateKey, data: bytes, hash_name: str, *, pss: bool) -> bytes:
    """Sign ``data`` as `algorithm` says; SHA-1 and MD5 included."""
    digest = HASHES[hash_name]
    match key:
        case ed25519.Ed25519PrivateKey() | ed448.Ed448PrivateKey():
            return key.sign(data)
        case ec.EllipticCurvePrivateKey():
            return key.sign(data, ec.ECDSA(digest))
    if pss:
        return key.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    return key.sign(data, padding.PKCS1v15(), digest)

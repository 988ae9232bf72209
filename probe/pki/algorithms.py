"""What an AlgorithmIdentifier and a SubjectPublicKeyInfo say, from their octets.

Nothing is computed with the key, so a key that no library would load still has its facts.
"""

import functools

from probe.model.certificate import Key, Signature
from probe.pki import der

_PKCS1 = "1.2.840.113549.1.1"
_ECDSA = "1.2.840.10045.4"
_NIST_SIGNATURES = "2.16.840.1.101.3.4.3"

# By OID: the usual name, the hash (None where the algorithm names none), the type of the key.
_SIGNATURES: dict[str, tuple[str, str | None, str]] = {
    f"{_PKCS1}.2": ("md2WithRSAEncryption", "md2", "rsa"),
    f"{_PKCS1}.4": ("md5WithRSAEncryption", "md5", "rsa"),
    f"{_PKCS1}.5": ("sha1WithRSAEncryption", "sha1", "rsa"),
    "1.3.14.3.2.29": ("sha1WithRSA", "sha1", "rsa"),
    f"{_PKCS1}.14": ("sha224WithRSAEncryption", "sha224", "rsa"),
    f"{_PKCS1}.11": ("sha256WithRSAEncryption", "sha256", "rsa"),
    f"{_PKCS1}.12": ("sha384WithRSAEncryption", "sha384", "rsa"),
    f"{_PKCS1}.13": ("sha512WithRSAEncryption", "sha512", "rsa"),
    f"{_ECDSA}.1": ("ecdsa-with-SHA1", "sha1", "ec"),
    f"{_ECDSA}.3.1": ("ecdsa-with-SHA224", "sha224", "ec"),
    f"{_ECDSA}.3.2": ("ecdsa-with-SHA256", "sha256", "ec"),
    f"{_ECDSA}.3.3": ("ecdsa-with-SHA384", "sha384", "ec"),
    f"{_ECDSA}.3.4": ("ecdsa-with-SHA512", "sha512", "ec"),
    "1.2.840.10040.4.3": ("dsa-with-SHA1", "sha1", "dsa"),
    f"{_NIST_SIGNATURES}.1": ("dsa-with-SHA224", "sha224", "dsa"),
    f"{_NIST_SIGNATURES}.2": ("dsa-with-SHA256", "sha256", "dsa"),
    "1.3.101.112": ("Ed25519", None, "ed25519"),
    "1.3.101.113": ("Ed448", None, "ed448"),
}
RSASSA_PSS = f"{_PKCS1}.10"
_HASHES = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_CURVES: dict[str, tuple[str, int]] = {
    "1.2.840.10045.3.1.1": ("secp192r1", 192),
    "1.3.132.0.33": ("secp224r1", 224),
    "1.2.840.10045.3.1.7": ("secp256r1", 256),
    "1.3.132.0.34": ("secp384r1", 384),
    "1.3.132.0.35": ("secp521r1", 521),
    "1.3.132.0.10": ("secp256k1", 256),
    "1.3.36.3.3.2.8.1.1.7": ("brainpoolP256r1", 256),
    "1.3.36.3.3.2.8.1.1.11": ("brainpoolP384r1", 384),
    "1.3.36.3.3.2.8.1.1.13": ("brainpoolP512r1", 512),
}
_RSA = {f"{_PKCS1}.1": "rsa", RSASSA_PSS: "rsa-pss"}
_EDWARDS = {"1.3.101.112": Key("ed25519", 256), "1.3.101.113": Key("ed448", 456)}
_EC = "1.2.840.10045.2.1"
_DSA = "1.2.840.10040.4.1"
UNKNOWN_KEY = Key("unknown", None)

# Nearly every key begins and ends like this, and so its facts need no reading.
_RSA_2048 = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
_RSA_65537 = bytes.fromhex("0203010001")
_RSA_2048_SIZE = 294
_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
_COMMON_RSA = Key("rsa", 2048, exponent=65537)
_COMMON_EC = Key("ec", 256, curve="secp256r1")


# RSA PKCS #1 v1.5 with its NULL, and ECDSA without parameters, with SHA-256, -384 and -512.
_USUAL = frozenset(
    {
        *(bytes.fromhex(f"300d06092a864886f70d0101{last:02x}0500") for last in (11, 12, 13)),
        *(bytes.fromhex(f"300a06082a8648ce3d0403{last:02x}") for last in (2, 3, 4)),
    }
)


def is_usual(identifier: bytes) -> bool:
    """Whether a DER AlgorithmIdentifier is one of the current ones, exactly as it should be."""
    return identifier in _USUAL


@functools.lru_cache(maxsize=512)
def signature(identifier: bytes) -> Signature:
    """Name the signature algorithm of a DER AlgorithmIdentifier; its OID where it has no name."""
    start, end = der.expect(identifier, 0, len(identifier), der.SEQUENCE)
    oid, after = _oid(identifier, start, end)
    if oid == RSASSA_PSS:
        return Signature("RSASSA-PSS", oid, _pss_hash(identifier[after:end]), pss=True)
    name, digest, _ = _SIGNATURES.get(oid, (oid, None, None))
    return Signature(name, oid, digest)


def signing_key(oid: str) -> str | None:
    """Return the type of key that makes signatures of this algorithm; None if it is foreign."""
    return "rsa" if oid == RSASSA_PSS else _SIGNATURES.get(oid, (None, None, None))[2]


def key(info: bytes) -> Key:
    """Tell type and size of a DER SubjectPublicKeyInfo; type ``unknown`` where it is foreign."""
    if info.startswith(_P256):
        return _COMMON_EC
    if (
        len(info) == _RSA_2048_SIZE
        and info.startswith(_RSA_2048)
        and info[len(_RSA_2048)] & 0x80  # the highest bit, or there would be no zero before it
        and info.endswith(_RSA_65537)
    ):
        return _COMMON_RSA
    try:
        return _key(info)
    except der.DerError:
        return UNKNOWN_KEY


def _key(info: bytes) -> Key:
    start, end = der.expect(info, 0, len(info), der.SEQUENCE)
    at, algorithm_end = der.expect(info, start, end, der.SEQUENCE)
    oid, at = _oid(info, at, algorithm_end)
    if oid in _RSA:
        bits, bits_end = der.expect(info, algorithm_end, end, der.BIT_STRING)
        # The first octet counts the unused bits of the last, which are none.
        modulus, exponent = _integers(info, bits + 1, bits_end)
        return Key(_RSA[oid], modulus.bit_length(), exponent=exponent)
    if oid == _EC:
        curve, _ = _oid(info, at, algorithm_end)
        name, size = _CURVES.get(curve, (curve, None))
        return Key("ec", size, curve=name) if size else UNKNOWN_KEY
    if oid == _DSA:
        prime = _integers(info, at, algorithm_end)[0] if at < algorithm_end else None
        return Key("dsa", prime.bit_length() if prime else None)
    return _EDWARDS.get(oid, UNKNOWN_KEY)


def _oid(data: bytes, at: int, end: int) -> tuple[str, int]:
    start, stop = der.expect(data, at, end, der.OID)
    return der.oid_text(data[start:stop]), stop


def _integers(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read the first two INTEGERs of a SEQUENCE, both positive."""
    at, end = der.expect(data, at, end, der.SEQUENCE)
    start, stop = der.expect(data, at, end, der.INTEGER)
    first = der.integer(data[start:stop])
    start, stop = der.expect(data, stop, end, der.INTEGER)
    second = der.integer(data[start:stop])
    if first <= 0 or second <= 0:
        raise der.DerError("a key with a number that is not positive")
    return first, second


def _pss_hash(parameters: bytes) -> str | None:
    """Name the hash of RSASSA-PSS-params (RFC 4055, 3.1); SHA-1 where they name none."""
    try:
        start, end = der.expect(parameters, 0, len(parameters), der.SEQUENCE)
        for tag, inner, inner_end in der.children(parameters, start, end):
            if tag == 0xA0:  # noqa: PLR2004 - hashAlgorithm is [0]
                at, stop = der.expect(parameters, inner, inner_end, der.SEQUENCE)
                return _HASHES.get(_oid(parameters, at, stop)[0])
    except der.DerError:
        return None
    return "sha1"

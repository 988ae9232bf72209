"""Finding the public key in a certificate without judging the rest (RFC 5280, 4.1).

A certificate that no library decodes may still hold a key that the server proves to own.
"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key

_SEQUENCE = 0x30
_VERSION = 0xA0
_LONG = 0x80
_LONGEST = 0x84
# serialNumber, signature, issuer, validity, subject come before the key.
_BEFORE = 5


def _content(data: bytes, position: int) -> tuple[int, int]:
    """Return start and end of the content of the DER element at ``position``.

    ValueError or IndexError where there is none; the end may lie beyond the data.
    """
    length = data[position + 1]
    start = position + 2
    if length >= _LONG:
        if not _LONG < length <= _LONGEST:
            raise ValueError("no DER length")
        start += length - _LONG
        length = int.from_bytes(data[position + 2 : start], "big")
    return start, start + length


def public_key_info(certificate: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo of a certificate; ValueError or IndexError if it has none."""
    position, _ = _content(certificate, 0)
    position, _ = _content(certificate, position)
    if certificate[position] == _VERSION:
        _, position = _content(certificate, position)
    for _ in range(_BEFORE):
        _, position = _content(certificate, position)
    _, end = _content(certificate, position)
    if certificate[position] != _SEQUENCE or end > len(certificate):
        raise ValueError("no SubjectPublicKeyInfo")
    return certificate[position:end]


def public_key(certificate: bytes) -> PublicKeyTypes | None:
    """Return the key of a certificate, None where it has none that can be read."""
    try:
        return load_der_public_key(public_key_info(certificate))
    except (ValueError, IndexError, TypeError, UnsupportedAlgorithm):
        return None

"""Finding the public key in a certificate without judging the rest (RFC 5280, 4.1).

A certificate that no library decodes may still hold a key that the server proves to own.
"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key

_SEQUENCE = 0x30
_VERSION = 0xA0
_HIGH_TAG = 0x1F
_LONG = 0x80
_LONGEST = 0x84
# serialNumber, signature, issuer, validity, subject come before the key.
_BEFORE = 5


def _element(data: bytes, position: int, end: int) -> tuple[int, int, int]:
    """Return tag, start and end of the content of one DER element; ValueError if it is none."""
    if position + 2 > end or data[position] & _HIGH_TAG == _HIGH_TAG:
        raise ValueError("no DER element")
    length = data[position + 1]
    start = position + 2
    if length >= _LONG:
        if not _LONG < length <= _LONGEST:
            raise ValueError("no DER length")
        start += length - _LONG
        length = int.from_bytes(data[position + 2 : start], "big")
    if start + length > end:
        raise ValueError("a DER element is cut short")
    return data[position], start, start + length


def _enter(data: bytes, position: int, end: int) -> tuple[int, int]:
    """Return the bounds of a SEQUENCE's content."""
    tag, start, stop = _element(data, position, end)
    if tag != _SEQUENCE:
        raise ValueError("no SEQUENCE")
    return start, stop


def public_key_info(certificate: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo of a certificate; ValueError where there is none."""
    start, end = _enter(certificate, 0, len(certificate))
    position, end = _enter(certificate, start, end)
    tag, _, after = _element(certificate, position, end)
    if tag == _VERSION:
        position = after
    for _ in range(_BEFORE):
        position = _element(certificate, position, end)[2]
    _, stop = _enter(certificate, position, end)
    return certificate[position:stop]


def public_key(certificate: bytes) -> PublicKeyTypes | None:
    """Return the key of a certificate, None where it has none that can be read."""
    try:
        return load_der_public_key(public_key_info(certificate))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None

"""Split a PEM bundle (RFC 7468) into the DER of its certificates."""

import binascii
import re

_BOUNDARY = re.compile(rb"-----(BEGIN|END) ([A-Z0-9][A-Z0-9 ]{0,48})-----")
_LABELS = (b"CERTIFICATE", b"X509 CERTIFICATE")
_SEQUENCE = b"\x30"


def split(data: bytes) -> list[bytes]:
    """Return the certificates of a PEM bundle in order, or ``data`` itself if it is DER.

    Text and other blocks between them are passed over. ValueError says why there is nothing;
    whether the certificates decode is not asked here.
    """
    if data.startswith(_SEQUENCE):
        return [data]
    found: list[bytes] = []
    others: list[str] = []
    label, start = b"", 0
    for boundary in _BOUNDARY.finditer(data):
        if boundary[1] == b"BEGIN":
            label, start = boundary[2], boundary.end()
        elif boundary[2] == label and label in _LABELS:
            found.append(_decode(data[start : boundary.start()], len(found) + 1))
            label = b""
        elif boundary[2] == label:
            others.append(label.decode().lower())
            label = b""
    if found:
        return found
    if label:
        raise ValueError(f"{label.decode().lower()} is begun and not ended")
    if others:
        raise ValueError(f"{others[0]} is no certificate")
    raise ValueError("it is neither PEM nor DER")


def _decode(body: bytes, number: int) -> bytes:
    try:
        return binascii.a2b_base64(b"".join(body.split()), strict_mode=True)
    except binascii.Error as error:
        raise ValueError(f"certificate {number} is not Base64: {error}") from None

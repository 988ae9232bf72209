"""Whether a server wants a client certificate, told from what OpenSSL sends and receives."""

from typing import Final

from probe.tls.alerts import Alert

_HEADER: Final = 5
_APPLICATION_DATA: Final = 23
_FRAME: Final = 4 + 1 + 16
"""Octets around a Finished's hash: message header, inner content type, authentication tag."""

_OUR_KEYS: Final = frozenset({Alert.BAD_RECORD_MAC, Alert.DECRYPT_ERROR})
"""Alerts that speak of our keys, and not of the certificate that we do not have."""


def answered(sent: bytes, suite: str) -> bool:
    """Whether our last flight in TLS 1.3 answers a request for a certificate.

    The request is encrypted, but the answer shows: without a request the client sends Finished
    and nothing else (RFC 8446, 4.4).
    """
    finished = 48 if suite.endswith("_SHA384") else 32
    return protected(sent) > finished + _FRAME


def refuses(alert: int | None) -> bool:
    """Whether an alert after our empty certificate refuses us for having none.

    Servers use many (RFC 8446, 4.4.2.4; RFC 5246, 7.4.6); None is a close or reset, as of Windows.
    """
    return alert not in _OUR_KEYS


def protected(sent: bytes) -> int:
    """Return the octets in encrypted records of what was sent."""
    total = position = 0
    while position + _HEADER <= len(sent):
        length = int.from_bytes(sent[position + 3 : position + _HEADER], "big")
        if sent[position] == _APPLICATION_DATA:
            total += length
        position += _HEADER + length
    return total

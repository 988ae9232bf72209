"""How findings spell what they saw: one line, concrete values, times in UTC.

Text from a certificate is cut here and escaped where it is shown.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice

from probe.model.certificate import Certificate, Key, Signature

LISTED = 5
LONGEST = 100

_MINUTES = len("2026-12-01 00:00")
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)

_HASHES = {
    "md2": "MD2",
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha224": "SHA-224",
    "sha256": "SHA-256",
    "sha384": "SHA-384",
    "sha512": "SHA-512",
}

_KEYS = {"rsa": "RSA", "rsa-pss": "RSASSA-PSS", "ec": "EC", "dsa": "DSA"}
_WHOLE_KEYS = {"ed25519": "Ed25519", "ed448": "Ed448"}

PURPOSES = {
    "1.3.6.1.5.5.7.3.1": "Server Authentication",
    "1.3.6.1.5.5.7.3.2": "Client Authentication",
    "1.3.6.1.5.5.7.3.3": "Code Signing",
    "1.3.6.1.5.5.7.3.4": "Secure Email",
    "1.3.6.1.5.5.7.3.8": "Time Stamping",
    "1.3.6.1.5.5.7.3.9": "OCSP Signing",
    "1.3.6.1.4.1.311.10.3.4": "Encrypting File System",
    "1.3.6.1.4.1.311.10.3.12": "Document Signing",
    "1.3.6.1.4.1.311.20.2.2": "Smart Card Logon",
    "1.3.6.1.5.2.3.5": "KDC Authentication",
    "1.3.6.1.5.5.7.3.17": "IP Security IKE Intermediate",
    "2.5.29.37.0": "Any Purpose",
}


def moment(at: datetime) -> str:
    """Spell an instant as ``2026-12-01 00:00 UTC``."""
    at = at.astimezone(UTC) if at.tzinfo is not UTC else at
    return f"{at.isoformat(' ', 'minutes')[:_MINUTES]} UTC"


def span(length: timedelta) -> str:
    """Spell a length of time, rounded down to a unit that says enough."""
    if length >= 2 * _DAY:
        return f"{length.days:,} days"
    if length >= 2 * _HOUR:
        return f"{length // _HOUR} hours"
    if length >= 2 * _MINUTE:
        return f"{length // _MINUTE} minutes"
    return f"{length // _SECOND} seconds"


def short(text: str) -> str:
    """Return ``text``, cut when it is longer than a line bears."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def listed(values: Collection[str], nothing: str = "none") -> str:
    """List the first few of ``values`` and say how many more there are."""
    if not values:
        return nothing
    shown = ", ".join(short(value) for value in islice(values, LISTED))
    more = len(values) - LISTED
    return shown if more <= 0 else f"{shown} … and {more:,} more"


def either(values: Iterable[object]) -> str:
    """Spell alternatives: ``a``, ``a or b``, ``a, b or c``."""
    *first, last = map(str, values)
    return f"{', '.join(first)} or {last}" if first else last


@lru_cache(maxsize=256)
def hash_name(name: str) -> str:
    """Spell a hash as people know it."""
    return _HASHES.get(name, name.upper().replace("_", "-"))


@lru_cache(maxsize=256)
def signature_text(signature: Signature) -> str:
    """Spell a signature algorithm as ``SHA-1 (sha1WithRSAEncryption)``."""
    if signature.hash is None:
        return signature.name
    return f"{hash_name(signature.hash)} ({signature.name})"


@lru_cache(maxsize=256)
def key_text(key: Key) -> str:
    """Spell a key as ``RSA, 2048 bits``."""
    if key.type in _WHOLE_KEYS:
        return _WHOLE_KEYS[key.type]
    kind = _KEYS.get(key.type, "unknown key type")
    if key.curve:
        kind = f"{kind} {key.curve}"
    return kind if key.bits is None else f"{kind}, {key.bits} bits"


@lru_cache(maxsize=256)
def purpose(oid: str) -> str:
    """Spell a purpose as ``Server Authentication (1.3.6.1.5.5.7.3.1)``."""
    name = PURPOSES.get(oid)
    return f"{name} ({oid})" if name else oid


@lru_cache(maxsize=256)
def purposes(oids: tuple[str, ...]) -> str:
    """List purposes, in the order of the certificate."""
    return listed([purpose(oid) for oid in oids])


def label(certificate: Certificate) -> str:
    """Name a certificate by its common name, else by what it has."""
    if name := certificate.common_name:
        return short(name)
    if not certificate.subject.empty:
        return short(certificate.subject.text)
    return short(certificate.names[0].value) if certificate.names else "no name"

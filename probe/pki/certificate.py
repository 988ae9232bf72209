"""Decode a certificate to its facts, or say why it cannot be decoded.

Certificates are immutable and come again and again, so both forms of one are kept by its
octets, up to a bounded number.
"""

import functools
import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from cryptography import x509

from probe.model.certificate import Certificate, Presented, Undecodable
from probe.pki import algorithms, der, extensions
from probe.pki.distinguished_name import decode as decode_name
from probe.pki.layout import Layout, layout
from probe.pki.quiet import Quietly
from probe.pki.undecodable import told

_CACHED = 4096
_CACHED_SIZE = 1 << 15  # a larger one is a curiosity, and would make the cache's memory unbounded


class Loaded(NamedTuple):
    """One certificate twice: our facts, and what ``cryptography`` computes with."""

    presented: Presented
    parsed: x509.Certificate | None


def load(data: bytes) -> Presented:
    """Decode DER to facts; octets that are no certificate become `Undecodable`. Never raises."""
    return both(data).presented


def both(data: bytes) -> Loaded:
    """`load`, with the parsed certificate beside it (None where it is undecodable)."""
    return _cached(data) if len(data) <= _CACHED_SIZE else _load(data)


def _load(data: bytes) -> Loaded:
    sha256 = hashlib.sha256(data).hexdigest()
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    try:
        try:
            fields = layout(data)
        except der.DerError:
            fields = None  # then the library tells first why this is no certificate
        if fields is not None and _is_usual(fields):
            parsed = x509.load_der_x509_certificate(data)
        else:
            with Quietly():
                parsed = x509.load_der_x509_certificate(data)
        return Loaded(_facts(data, fields or layout(data), parsed, sha256, sha1), parsed)
    except Exception as error:  # noqa: BLE001 - a stranger's octets; the reason is the finding
        reason = told(error)
        return Loaded(Undecodable(der=data, sha256=sha256, sha1=sha1, reason=reason), None)


_cached = functools.lru_cache(maxsize=_CACHED)(_load)


def _is_usual(fields: Layout) -> bool:
    """Whether the library has nothing to warn of: to silence it costs more than to read."""
    return fields.serial > 0 and algorithms.is_usual(fields.algorithm)


def _facts(
    data: bytes, fields: Layout, parsed: x509.Certificate, sha256: str, sha1: str
) -> Certificate:
    subject, broken_subject = decode_name(fields.subject)
    issuer, broken_issuer = decode_name(fields.issuer)
    decoded = extensions.decode(fields.extensions)
    if broken_subject or broken_issuer or fields.algorithm != fields.inner_algorithm:
        problems = _problems(fields, broken_subject, broken_issuer)
        decoded["problems"] = (*problems, *decoded.get("problems", ()))
    return Certificate(
        der=data,
        sha256=sha256,
        sha1=sha1,
        version=fields.version,
        serial=fields.serial,
        subject=subject,
        issuer=issuer,
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        signature=algorithms.signature(fields.algorithm),
        key=algorithms.key(fields.public_key),
        public_key_der=fields.public_key,
        **decoded,
    )


def _problems(fields: Layout, broken_subject: int, broken_issuer: int) -> Iterator[str]:
    for title, broken in (("subject", broken_subject), ("issuer", broken_issuer)):
        if broken:
            yield f"{title}: {broken} of its values are no text of their type"
    if fields.algorithm != fields.inner_algorithm:
        yield "signature: the certificate names two different algorithms"

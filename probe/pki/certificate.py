"""Decode a certificate to its facts, or say why it cannot be decoded.

Certificates are immutable and come again and again, so both forms of one are kept by its
octets, up to a bounded number.
"""

import functools
import hashlib
import threading
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from cryptography import x509

from probe.model.certificate import Certificate, Presented, Undecodable
from probe.pki import algorithms, extensions
from probe.pki.distinguished_name import decode as decode_name
from probe.pki.layout import Layout, layout

_CACHED = 4096
_CACHED_SIZE = 1 << 15  # a larger one is a curiosity, and would make the cache's memory unbounded

_filters = threading.Lock()


class Loaded(NamedTuple):
    """One certificate twice: our facts, and what ``cryptography`` computes with."""

    presented: Presented
    parsed: x509.Certificate | None


class Quietly:
    """Silence what ``cryptography`` warns of: odd serial numbers, names, curves, algorithms.

    Those are findings, not warnings about this program. The filters belong to the whole
    process, so only one thread at a time changes them.
    """

    __slots__ = ("_warnings",)

    def __enter__(self) -> None:
        _filters.acquire()
        self._warnings = warnings.catch_warnings(action="ignore")
        self._warnings.__enter__()

    def __exit__(self, *_error: object) -> None:
        self._warnings.__exit__(None, None, None)
        _filters.release()


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
        with Quietly():
            parsed = x509.load_der_x509_certificate(data)
            return Loaded(_facts(data, parsed, sha256, sha1), parsed)
    except Exception as error:  # noqa: BLE001 - a stranger's octets; the reason is the finding
        reason = str(error) or type(error).__name__
        return Loaded(Undecodable(der=data, sha256=sha256, sha1=sha1, reason=reason), None)


_cached = functools.lru_cache(maxsize=_CACHED)(_load)


def _facts(data: bytes, parsed: x509.Certificate, sha256: str, sha1: str) -> Certificate:
    fields = layout(data)
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

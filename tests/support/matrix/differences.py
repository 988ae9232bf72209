"""What the two engines may tell differently of the same server, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from support.matrix.case import Case

from probe.model.stages import ClientAuth, HandshakeFailed, Handshaken
from probe.tls.seen import Incomplete

Result = Handshaken | HandshakeFailed

FIELDS = (
    "version",
    "cipher",
    "group",
    "signature_scheme",
    "alpn",
    "client_auth",
    "acceptable_cas",
    "key_proven",
    "ocsp_staple",
    "chain",
)
"""Everything that is compared, beside the status."""


class Told(NamedTuple):
    """What both engines told of one server."""

    case: Case
    observer: Result
    openssl: Result
    incomplete: Incomplete | None


@dataclass(frozen=True)
class Allowed:
    """A difference that is no contradiction: in which field, when exactly, and why."""

    field: str
    reason: str
    holds: Callable[[Told], bool]


def _stopped(told: Told) -> bool:
    return told.incomplete not in (None, Incomplete.CLIENT_CERTIFICATE)


def _tls13(told: Told) -> bool:
    return told.observer.version == told.openssl.version == "TLSv1.3"


ALLOWED = (
    Allowed(
        "ocsp_staple",
        "the standard library cannot ask for a staple",
        lambda told: bool(told.observer.ocsp_staple) and told.openssl.ocsp_staple is None,
    ),
    Allowed(
        "acceptable_cas",
        "TLS 1.3 encrypts CertificateRequest, and OpenSSL keeps its content to itself",
        lambda told: (
            _tls13(told) and bool(told.observer.acceptable_cas) and not told.openssl.acceptable_cas
        ),
    ),
    Allowed(
        "signature_scheme",
        "TLS 1.3 encrypts CertificateVerify, and Python does not show its scheme",
        lambda told: (
            _tls13(told)
            and bool(told.observer.signature_scheme)
            and told.openssl.signature_scheme is None
        ),
    ),
    Allowed(
        "cipher",
        "the server lets the client choose, and our orders differ",
        lambda told: (
            not told.case.suite and _exchange(told.observer) == _exchange(told.openssl) != ""
        ),
    ),
    Allowed(
        "group",
        "a server with a choice spares a retry, and the observer brings a share of P-256 along",
        lambda told: (
            _tls13(told)
            and len(told.case.groups) > 1
            and {told.observer.group, told.openssl.group} <= {"secp256r1", "secp521r1"}
        ),
    ),
    Allowed(
        "key_proven",
        "static RSA has no signature: only a completed handshake proves the key",
        lambda told: (
            told.incomplete in (Incomplete.STATIC_RSA, Incomplete.VERSION)
            and (told.observer.cipher or "").startswith("TLS_RSA_")
            and (told.observer.key_proven, told.openssl.key_proven) == (None, True)
        ),
    ),
    Allowed(
        "client_auth",
        "the observer stopped before the server's answer to a client without certificate",
        lambda told: (
            _stopped(told)
            and told.observer.client_auth is ClientAuth.REQUESTED
            and told.openssl.client_auth is ClientAuth.REQUIRED
        ),
    ),
)


def _exchange(result: Result) -> str:
    """How a suite agrees on keys and who signs: what our orders have in common."""
    before, found, _ = (result.cipher or "").partition("_WITH_")
    return before if found else before[:3]


def compare(told: Told) -> tuple[list[str], list[Allowed]]:
    """Return contradictions in words, and the differences that are allowed."""
    observer, openssl = told.observer, told.openssl
    if type(observer) is not type(openssl):
        return [f"status: {observer} but {openssl}"], []
    contradictions, allowed = [], []
    for field in FIELDS:
        ours, theirs = getattr(observer, field), getattr(openssl, field)
        if ours == theirs:
            continue
        rule = next((one for one in ALLOWED if one.field == field and one.holds(told)), None)
        if rule is None:
            contradictions.append(f"{field}: {ours!r} but {theirs!r}")
        else:
            allowed.append(rule)
    return contradictions, allowed

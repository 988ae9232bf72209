"""What a certificate may be used for: extended key usage, key usage, and certifying others."""

from datetime import datetime
from functools import cache
from typing import Annotated, Literal

import msgspec

from probe.checks.registry import certificate_check, content_check
from probe.checks.texts import listed, purpose, purposes
from probe.checks.verdicts import failed, passed, undecided, unobservable, unread
from probe.model.certificate import Certificate
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.pki import signatures

Oid = Annotated[str, msgspec.Meta(pattern=r"^[0-2](\.(0|[1-9][0-9]*))+$")]

Usage = Literal[
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
]

_USAGES = {
    "digital_signature": "Digital Signature",
    "content_commitment": "Non-Repudiation",
    "key_encipherment": "Key Encipherment",
    "data_encipherment": "Data Encipherment",
    "key_agreement": "Key Agreement",
    "key_cert_sign": "Certificate Signing",
    "crl_sign": "CRL Signing",
    "encipher_only": "Encipher Only",
    "decipher_only": "Decipher Only",
}


@certificate_check
def has_eku(
    certificate: Certificate,
    evidence: Evidence,
    *,
    oid: Oid,
    split_from: Oid | None = None,
    split_profiles: tuple[str, ...] = (),
    served: bool = False,
) -> Judgement:
    """Look for a purpose among the extended key usages (RFC 5280, 4.2.1.12).

    For ``split_profiles`` the purpose may stand in a second certificate when this one has the
    purpose ``split_from``. A ``served`` purpose must stand in what a handshake shows.
    """
    eku = certificate.eku
    if eku is not None and oid in eku:
        return passed(purposes(eku), _purpose_asked(oid))
    if eku is None:
        if because := unread(certificate, "extKeyUsage"):
            return undecided(because, _purpose_asked(oid))
        return failed("no Enhanced Key Usage extension", _purpose_asked(oid))
    split = any(name in evidence.target.profiles for name in split_profiles)
    if split and split_from in eku and not (served and evidence.source == "handshake"):
        return unobservable(
            f"only {purposes(eku)} here; the other purpose may stand in a second certificate",
            _purpose_asked(oid),
        )
    return failed(f"only {purposes(eku)}", _purpose_asked(oid))


@cache
def _purpose_asked(oid: str) -> str:
    return f"the purpose {purpose(oid)}"


@content_check
def has_key_usage(
    certificate: Certificate, _as_of: datetime, *, usages: tuple[Usage, ...]
) -> Judgement:
    """Look for key usages (RFC 5280, 4.2.1.3)."""
    given = certificate.key_usage
    if given is None:
        if because := unread(certificate, "keyUsage"):
            return undecided(because, _usages(usages))
        return failed("no Key Usage extension", _usages(usages))
    fits = all(usage in given for usage in usages)
    return (passed if fits else failed)(_usages(given), _usages(usages))


@cache
def _usages(usages: tuple[str, ...]) -> str:
    return listed([_USAGES.get(usage, usage) for usage in usages], "no usage at all")


@content_check
def is_root_authority(certificate: Certificate, _as_of: datetime) -> Judgement:
    """Ask whether this is an ordinary root: self-signed, an authority, allowed to sign."""
    expected = "a self-signed certificate of an authority that may sign certificates"
    if because := _no_root(certificate):
        return failed(because, expected)
    if signatures.verify(certificate, certificate) is None:
        return undecided("its signature algorithm cannot be verified here", expected)
    return passed("self-signed, an authority, allowed to sign certificates", expected)


def _no_root(certificate: Certificate) -> str | None:
    limits = certificate.basic_constraints
    if not certificate.self_issued:
        return "issued by another authority, so it is no root"
    if signatures.verify(certificate, certificate) is False:
        return "its signature is not its own: issuer and subject only share a name"
    if limits is None or not limits.ca:
        return "its Basic Constraints do not make it an authority"
    if certificate.key_usage is not None and "key_cert_sign" not in certificate.key_usage:
        return "its Key Usage does not allow it to sign certificates"
    return None

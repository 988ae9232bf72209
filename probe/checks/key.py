"""The public key: its kind, its length, and what that says about its provider."""

from datetime import datetime
from functools import cache
from typing import Annotated, Literal

import msgspec

from probe.checks.registry import certificate_check, content_check, settled_by
from probe.checks.texts import either, key_text, short
from probe.checks.verdicts import failed, inapplicable, passed, unobservable
from probe.model.certificate import Certificate
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.model.target import Target

Bits = Annotated[int, msgspec.Meta(gt=0)]
KeyType = Literal["rsa", "rsa-pss", "ec", "ed25519", "ed448", "dsa"]

RSA = frozenset({"rsa", "rsa-pss"})
_NAMES = {"rsa": "RSA", "rsa-pss": "RSASSA-PSS", "ec": "EC", "ed25519": "Ed25519"}
_CSP = "a key in a legacy cryptographic service provider (CSP)"
_NO_PROVIDER = "neither a handshake nor this file names the provider of the key"


@content_check
def key_length(
    certificate: Certificate,
    _as_of: datetime,
    *,
    allowed: tuple[Bits, ...] = (),
    minimum: Bits | None = None,
    maximum: Bits | None = None,
    minimum_ec: Bits | None = None,
) -> Judgement:
    """Look at the length of the key, in bits; elliptic curves have a minimum of their own."""
    key = certificate.key
    if key.type == "ec" and minimum_ec is not None:
        allowed, minimum, maximum = (), minimum_ec, None
    elif key.type not in RSA:
        return inapplicable(
            f"{key_text(key)}: the rule is about RSA keys", _length_asked(allowed, minimum, maximum)
        )
    expected = _length_asked(allowed, minimum, maximum)
    bits = key.bits or 0
    fits = (
        (not allowed or bits in allowed)
        and (minimum is None or bits >= minimum)
        and (maximum is None or bits <= maximum)
    )
    return (passed if fits else failed)(key_text(key), expected)


@cache
def _length_asked(allowed: tuple[int, ...], minimum: int | None, maximum: int | None) -> str:
    parts = []
    if allowed:
        parts.append(f"{either(allowed)} bits")
    if minimum is not None:
        parts.append(f"at least {minimum} bits")
    if maximum is not None:
        parts.append(f"at most {maximum} bits")
    return ", ".join(parts) or "any length"


@content_check
def key_algorithm(
    certificate: Certificate, _as_of: datetime, *, types: tuple[KeyType, ...]
) -> Judgement:
    """Look at the kind of the key: rsa, rsa-pss, ec, ed25519, ed448 or dsa."""
    fits = certificate.key.type in types
    return (passed if fits else failed)(key_text(certificate.key), _kinds(types))


@cache
def _kinds(types: tuple[KeyType, ...]) -> str:
    return f"a key of type {either(_NAMES.get(name, name) for name in types)}"


def _any_provider(
    target: Target, *, roles: tuple[str, ...] = (), profiles: tuple[str, ...] = ()
) -> Judgement | None:
    if {*target.roles} & {*roles} or {*target.profiles} & {*profiles}:
        return None
    return inapplicable("key storage providers are supported here", _CSP)


@settled_by(_any_provider)
@certificate_check
def legacy_provider(
    certificate: Certificate,
    evidence: Evidence,
    *,
    roles: tuple[str, ...] = (),
    profiles: tuple[str, ...] = (),
) -> Judgement:
    """Look for signs of a CNG key storage provider, for these roles and profiles."""
    if settled := _any_provider(evidence.target, roles=roles, profiles=profiles):
        return settled
    if certificate.key.type not in RSA:
        text = f"{key_text(certificate.key)}, which only a key storage provider (CNG) can hold"
        return failed(text, _CSP)
    provider = evidence.file.provider if evidence.file else None
    if provider is None:
        return unobservable(_NO_PROVIDER, _CSP)
    fits = not _is_cng(provider)
    return (passed if fits else failed)(f"provider {short(provider)}", _CSP)


def _is_cng(provider: str) -> bool:
    name = provider.casefold()
    return "key storage provider" in name or "platform crypto provider" in name

"""What the name check of a client makes of the names (RFC 9525), and names that defeat it."""

import re
from datetime import datetime
from functools import cache

from probe.checks.held import COMMON_NAME, DELIMITER, HeldNames, held_names, parts
from probe.checks.registry import certificate_check, content_check, settled_by
from probe.checks.texts import either, listed, short
from probe.checks.verdicts import failed, inapplicable, passed
from probe.model.certificate import Certificate
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.model.target import Target

_HOST = re.compile(r"(\*\.)?[\w-]+(\.[\w-]+)*\.?")
_SINGLE_BYTE = 0xFF
_NO_WILDCARD = "no wildcard name"


@certificate_check
def client_accepts_name(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Match the names as a client does: the host, and the other names that clients use.

    The other names are asked about only where the published wording finds them, so that one
    that is missing altogether is one finding and not two.
    """
    index, target = held_names(certificate), evidence.target
    found = index.accepted(target.host)
    refused = target.host if found is None else _refused(index, target)
    if refused is not None:
        return failed(f"no name for {refused}: {_counting(index)}", _match_asked(refused))
    note = "" if index.has_dns else " (it counts because there is no alternative DNS name)"
    note = note if found and found.where == COMMON_NAME else ""
    return passed(f"{target.host} is {found}{note}", _match_asked(target.host))


def _refused(index: HeldNames, target: Target) -> str | None:
    """Return another name that clients connect by, that is there but not accepted by them."""
    names = target.names
    others = (
        names.intranet_fqdn if target.accepts_intranet else None,
        names.internet_fqdn if target.accepts_internet else None,
    )
    for name in others:
        if name and index.published(name) and not index.accepted(name):
            return name
    return None


def _counting(index: HeldNames) -> str:
    """List the names, and tell which of them do not count."""
    if index.has_dns and index.common_names:
        return f"{index} ({COMMON_NAME} does not count beside DNS names)"
    *others, last = index.common_names or ("",)
    if index.has_dns or not others:
        return str(index)
    return f"{COMMON_NAME} is {short(last)} (the last one counts, and not {listed(others)})"


@cache
def _match_asked(host: str) -> str:
    return f"a name that clients accept for {host}"


@content_check
def no_joined_names(certificate: Certificate, _as_of: datetime) -> Judgement:
    """Look for several host names joined by ``&`` in one value."""
    expected = "every name in a value of its own"
    for name in certificate.subject.common_names:
        if DELIMITER in name and _are_hosts(parts(name)):
            return failed(f'{COMMON_NAME} joins names by "{DELIMITER}": {short(name)}', expected)
    fused = [name for name in certificate.dns_names if DELIMITER in name]
    if fused:
        return failed(f"names fused in the subject alternative name: {listed(fused)}", expected)
    return passed("no joined names", expected)


def _are_hosts(names: list[str]) -> bool:
    """Whether these are host names, and not the words of a name such as ``Research & Co``."""
    return any("." in name for name in names) and all(_HOST.fullmatch(name) for name in names)


def _wildcards_foreseen(
    target: Target, *, except_profiles: tuple[str, ...] = ()
) -> Judgement | None:
    if any(profile in except_profiles for profile in target.profiles):
        because = f"wildcard names are accepted for {either(except_profiles)}"
        return inapplicable(because, _NO_WILDCARD)
    return None


@settled_by(_wildcards_foreseen)
@certificate_check
def no_wildcard(
    certificate: Certificate, evidence: Evidence, *, except_profiles: tuple[str, ...] = ()
) -> Judgement:
    """Look for wildcard names, which the documents foresee for ``except_profiles`` only."""
    if settled := _wildcards_foreseen(evidence.target, except_profiles=except_profiles):
        return settled
    names = (*certificate.dns_names, *certificate.subject.common_names)
    if found := [name for name in names if "*" in name]:
        return failed(listed(dict.fromkeys(found)), _NO_WILDCARD)
    return passed(_NO_WILDCARD, _NO_WILDCARD)


@content_check
def single_byte_names(certificate: Certificate, _as_of: datetime) -> Judgement:
    """Look for characters that take more than one byte (beyond ISO 8859-1) in any name."""
    expected = "only single-byte characters in subject and alternative names"
    values = [certificate.subject.text, *(name.value for name in certificate.names or ())]
    wide = [value for value in values if not value.isascii() and _has_wide(value)]
    if wide:
        return failed(listed(wide), expected)
    return passed("only single-byte characters", expected)


def _has_wide(value: str) -> bool:
    return any(ord(character) > _SINGLE_BYTE for character in value)

"""The names that the published requirements ask for, read as they are worded.

Contained in the subject or in the subject alternative name, by itself or joined by ``&``; a
wildcard counts and is another rule's business. What a client would accept is `clientnames`.
"""

from functools import cache
from typing import Literal

from probe.checks.held import held_names
from probe.checks.registry import certificate_check, settled_by
from probe.checks.texts import short
from probe.checks.verdicts import failed, inapplicable, passed, undecided
from probe.model.certificate import Certificate
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.model.target import Accepts, Names, Target
from probe.pki.names import matches, normalize

_INTERNET_ONLY = "accepts connections from the internet only"
_INTRANET_ONLY = "accepts connections from the intranet only"
_TITLES = {
    "service_name": "service name",
    "intranet_fqdn": "intranet FQDN",
    "internet_fqdn": "internet FQDN",
    "cluster_fqdn": "cluster FQDN",
}


def _no_intranet_clients(
    target: Target, *, internet_only_roles: tuple[str, ...] = ()
) -> Judgement | None:
    outside = target.names.accepts is Accepts.INTERNET
    if outside and not any(role in internet_only_roles for role in target.roles):
        return inapplicable(_INTERNET_ONLY, "the intranet FQDN or the computer name")
    return None


@settled_by(_no_intranet_clients)
@certificate_check
def contains_intranet_name(
    certificate: Certificate, evidence: Evidence, *, internet_only_roles: tuple[str, ...] = ()
) -> Judgement:
    """Look for the intranet FQDN or the computer name, where intranet clients connect.

    The roles ``internet_only_roles`` need the FQDN even when only internet clients connect.
    """
    target = evidence.target
    if settled := _no_intranet_clients(target, internet_only_roles=internet_only_roles):
        return settled
    names = target.names
    outside = names.accepts is Accepts.INTERNET
    fqdn = names.intranet_fqdn
    if fqdn and (found := held_names(certificate).published(fqdn)):
        return passed(f"{fqdn} is {found}", _asked(fqdn))
    if fqdn and outside:
        note = "which this role needs even for internet clients only"
        return failed(f"{fqdn} is missing, {note}: {held_names(certificate)}", _asked(fqdn))
    computer = None if outside else names.computer_name
    if computer and (found := held_names(certificate).published(computer)):
        return passed(f"{computer}, the computer name, is {found}", _asked(fqdn or computer))
    if not fqdn:
        return _unknown(names, names.internet_fqdn, "intranet_fqdn")
    expected = f"{fqdn} or {computer}" if computer else fqdn
    return failed(f"{fqdn} is missing: {held_names(certificate)}", _asked(expected))


def _no_internet_clients(
    target: Target, *, always_profiles: tuple[str, ...] = ()
) -> Judgement | None:
    always = any(profile in always_profiles for profile in target.profiles)
    if target.names.accepts is Accepts.INTRANET and not always:
        return inapplicable(_INTRANET_ONLY, "the internet FQDN")
    return None


@settled_by(_no_internet_clients)
@certificate_check
def contains_internet_name(
    certificate: Certificate, evidence: Evidence, *, always_profiles: tuple[str, ...] = ()
) -> Judgement:
    """Look for the internet FQDN, where internet clients connect, or the profile wants it."""
    names = evidence.target.names
    always = any(profile in always_profiles for profile in evidence.target.profiles)
    if settled := _no_internet_clients(evidence.target, always_profiles=always_profiles):
        return settled
    fqdn = names.internet_fqdn
    if not fqdn:
        other = None if always else names.intranet_fqdn or names.computer_name
        return _unknown(names, other, "internet_fqdn")
    if found := held_names(certificate).published(fqdn):
        return passed(f"{fqdn} is {found}", _asked(fqdn))
    return failed(f"{fqdn} is missing: {held_names(certificate)}", _asked(fqdn))


@certificate_check
def prefers_intranet_fqdn(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Look for certificates that have the computer name only, where the FQDN is recommended."""
    names = evidence.target.names
    fqdn, computer = names.intranet_fqdn, names.computer_name
    expected = f"{fqdn or 'the intranet FQDN'} instead of the computer name alone"
    if names.accepts is Accepts.INTERNET:
        return inapplicable(_INTERNET_ONLY, expected)
    index = held_names(certificate)
    alone = index.published(computer) if computer else None
    if fqdn is None:
        if alone is None:
            return inapplicable("the computer name is not there", expected)
        return undecided(_not_given("intranet_fqdn"), expected)
    if found := index.published(fqdn):
        return passed(f"{fqdn} is {found}", expected)
    if alone is None:
        return inapplicable("the computer name is not there", expected)
    return failed(f"only {computer} is {alone}", expected)


@certificate_check
def subject_has_name(
    certificate: Certificate,
    evidence: Evidence,
    *,
    name: Literal["service_name", "intranet_fqdn", "cluster_fqdn"],
    wildcard: bool = False,
) -> Judgement:
    """Look for a name as common name of the subject; the alternative name does not replace it."""
    wanted = getattr(evidence.target.names, name)
    expected = f"{wanted or f'the {_TITLES[name]}'} as common name of the subject"
    if not wanted:
        return undecided(_not_given(name), expected)
    given = certificate.subject.common_names
    if not given:
        return failed(f"no common name: {held_names(certificate)}", expected)
    for value in given:
        if normalize(value) == normalize(wanted):
            # A renewed CMG certificate is refused when the case of the common name changed.
            differs = "" if value == wanted else f", spelled {value}"
            return passed(f"the common name is {wanted}{differs}", expected)
        if wildcard and "*" in value and matches(value, wanted):
            return passed(f"the common name {value} covers {wanted}", expected)
    return failed(f"the common name is {short(given[-1])}", expected)


@certificate_check
def subject_has_computer_name(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Ask that a subject, if used, names the computer, unless clients choose by other criteria."""
    computer = _computer_name(evidence.target.names)
    expected = f"{computer or 'the computer name'} in the subject"
    if evidence.target.alternative_selection:
        return inapplicable("clients choose their certificate by other criteria", expected)
    if certificate.subject.empty:
        return inapplicable("the subject is empty: the alternative name counts", expected)
    if not computer:
        return undecided(_not_given("computer_name"), expected)
    given = certificate.subject.common_names
    start = computer.casefold()
    fits = any((value.casefold() + ".").startswith(f"{start}.") for value in given)
    return (passed if fits else failed)(
        f"the subject is {short(certificate.subject.text)}", expected
    )


def _computer_name(names: Names) -> str | None:
    """Return the computer name: as given, else the first label of the intranet FQDN."""
    if names.computer_name or not names.intranet_fqdn:
        return names.computer_name
    return names.intranet_fqdn.partition(".")[0]


@cache
def _asked(names: str) -> str:
    return f"{names} in the subject or the subject alternative name"


def _unknown(names: Names, other: str | None, key: str) -> Judgement:
    """Answer for a name that is not given: it may not be needed when only another one is."""
    expected = f"the {_TITLES[key]}"
    if names.accepts is None and other:
        return inapplicable(f"only {other} is given as a name of this endpoint", expected)
    return undecided(_not_given(key), expected)


def _not_given(key: str) -> str:
    return f"the {_TITLES.get(key, key.replace('_', ' '))} is not given (names.{key})"

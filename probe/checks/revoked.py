"""Revocation as it was looked up: can clients reach it, is it current, and what does it say.

A rule asks it of a certificate that was sent. What the configuration provided above that one, and
nobody sent, is asked likewise: its verdict stands with that of the certificate below it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Final, NamedTuple

import msgspec

from probe.checks.known import known_state, self_signed
from probe.checks.registry import recorded_check
from probe.checks.revocationwords import (
    holds_until,
    is_ldap,
    joined,
    revoked_words,
    source,
    stale,
    told_failures,
    whole,
)
from probe.checks.texts import listed, short
from probe.checks.verdicts import failed, inapplicable, passed, undecided
from probe.model.certificate import Certificate
from probe.model.evidence import Evidence
from probe.model.failure import Kind
from probe.model.finding import Judgement, Outcome
from probe.model.path import Source
from probe.model.revocation import (
    RevocationAnswered,
    RevocationFailed,
    RevocationSkipped,
    RevocationSource,
    SourceKind,
)

Minutes = Annotated[float, msgspec.Meta(ge=0)]

_REACHABLE: Final = "a CRL or OCSP answer that can be fetched by HTTP"
_CURRENT: Final = "a CRL or OCSP answer that is not overdue"
_NOT_REVOKED: Final = "a certificate that is not revoked"
_WEB: Final = ("http", "https")
_SKEW: Final = 10.0
_OURS: Final = frozenset({Kind.POLICY, Kind.INTERNAL})
"""Failures that say nothing of the source."""

_WORST: Final = (Outcome.NOT_APPLICABLE, Outcome.PASS, Outcome.INDETERMINATE, Outcome.FAIL)


class Case(NamedTuple):
    """A certificate and what was recorded of it; ``internet``: whether clients come from there."""

    certificate: Certificate
    found: tuple[RevocationSource, ...]
    internet: bool


@recorded_check
def revocation_reachable(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Ask whether one of the sources that clients can use gave an answer that counts."""
    return _judged(certificate, evidence, _reachable, _REACHABLE)


@recorded_check
def crl_current(
    certificate: Certificate, evidence: Evidence, *, skew_minutes: Minutes = _SKEW
) -> Judgement:
    """Ask whether every CRL and OCSP answer was current when it was fetched.

    Clocks may differ by ``skew_minutes``.
    """

    def ask(case: Case) -> Judgement:
        return _is_current(case, timedelta(minutes=skew_minutes))

    return _judged(certificate, evidence, ask, _CURRENT)


@recorded_check
def not_revoked(
    certificate: Certificate, evidence: Evidence, *, skew_minutes: Minutes = _SKEW
) -> Judgement:
    """Look for the certificate on the CRLs and in the OCSP answers of its issuer."""

    def ask(case: Case) -> Judgement:
        return _unrevoked(case, timedelta(minutes=skew_minutes))

    return _judged(certificate, evidence, ask, _NOT_REVOKED)


def _judged(
    certificate: Certificate, evidence: Evidence, ask: Callable[[Case], Judgement], expected: str
) -> Judgement:
    """Ask it of a certificate and of the issuers above it that were not sent; the worst counts."""
    internet = evidence.target.accepts_internet
    records = evidence.observation.revocation if evidence.observation else ()
    if not records and (because := _not_looked_up(certificate, ())):
        return inapplicable(because, expected)  # and no issuer above can be worse
    position = next(
        (at for at, one in enumerate(evidence.presented) if one.sha256 == certificate.sha256), -1
    )
    own = Case(certificate, tuple(one for one in records if one.position == position), internet)
    worst = _asked(own, ask, expected)
    for above in _not_sent(certificate, evidence):
        found = tuple(
            one for one in records if one.not_sent and one.not_sent.sha256 == above.sha256
        )
        verdict = _asked(Case(above, found, internet), ask, expected)
        if _WORST.index(verdict.outcome) > _WORST.index(worst.outcome):
            name = short(above.subject.text)
            text = f"{name}, which is configured and was not sent: {verdict.observed}"
            worst = Judgement(verdict.outcome, text, expected)
    return worst


def _asked(case: Case, ask: Callable[[Case], Judgement], expected: str) -> Judgement:
    because = _not_looked_up(case.certificate, case.found)
    return inapplicable(because, expected) if because else ask(case)


def _not_sent(certificate: Certificate, evidence: Evidence) -> Iterator[Certificate]:
    """Yield the configured issuers between a certificate of the path and the next that was sent."""
    members = iter(evidence.explanation.path)
    for member in members:
        if member.position is not None and member.certificate.sha256 == certificate.sha256:
            break
    for member in members:
        if member.source is not Source.CONFIGURED:
            return
        yield member.certificate


def _not_looked_up(certificate: Certificate, found: Sequence[RevocationSource]) -> str | None:
    """Say why there is nothing to judge."""
    if state := known_state(certificate):
        return state
    if self_signed(certificate):
        return "self-signed: nobody revokes it"
    if found:
        return None
    if not (certificate.crl_urls or certificate.ocsp_urls):
        return "the certificate names no source"
    return "not fetched (--fetch none)"


def _reachable(case: Case) -> Judgement:
    found = [one for one in case.found if one.kind is not SourceKind.STAPLE]
    came = [
        one
        for one in found
        # Clients on the internet reach no directory, however well it answers here.
        if isinstance(one, RevocationAnswered)
        and whole(one)
        and not (case.internet and is_ldap(one))
    ]
    wrong = [one for one in found if isinstance(one, RevocationFailed)]
    if came:
        also = f"; but not {told_failures(wrong)}" if wrong else ""
        return passed(f"{short(came[0].url or '')}{also}", _REACHABLE)
    if case.internet:
        wrong = [one for one in wrong if not is_ldap(one)]
    if wrong:
        if large := [one for one in wrong if one.failure.kind is Kind.TOO_LARGE]:
            ours = "a limit of the probe and not of clients"
            return undecided(f"not read: {told_failures(large)}, {ours}", _REACHABLE)
        if late := [one for one in wrong if one.late]:
            return undecided(f"not waited for: {told_failures(late)} (see --timeout)", _REACHABLE)
        if all(one.failure.kind in _OURS for one in wrong):
            near = any(one.failure.detail.endswith(("private", "loopback")) for one in wrong)
            hint = " (see --fetch-private)" if near else ""
            return undecided(f"not fetched: {told_failures(wrong)}{hint}", _REACHABLE)
        left = any(is_ldap(one) for one in found if isinstance(one, RevocationSkipped))
        ldap = "; LDAP was not tried" if left else ""
        return failed(f"{told_failures(wrong)}{ldap}; clients take it for revoked", _REACHABLE)
    return _nothing_asked(found, internet=case.internet)


def _nothing_asked(found: Iterable[RevocationSource], *, internet: bool) -> Judgement:
    """Judge sources of which none was asked, or none that counts for clients on the internet."""
    skipped = [one for one in found if isinstance(one, RevocationSkipped)]
    web = [one for one in skipped if (one.url or "").partition(":")[0].lower() in _WEB]
    if web:
        return inapplicable(web[0].because, _REACHABLE)
    urls = listed(
        [one.url or "" for one in found if not isinstance(one, RevocationAnswered) or is_ldap(one)]
    )
    if internet:
        return failed(f"only {urls}: clients on the internet take it for revoked", _REACHABLE)
    because = skipped[0].because if skipped else "nothing came of it that stands alone"
    return undecided(f"only {urls}: {because}", _REACHABLE)


def _is_current(case: Case, skew: timedelta) -> Judgement:
    came = [one for one in case.found if isinstance(one, RevocationAnswered)]
    if not came:
        if any(isinstance(one, RevocationFailed) for one in case.found):
            because = "no answer came: left to revocation-source-reachable"
        else:
            because = f"nothing was fetched for it: {_skipped_because(case.found)}"
        return inapplicable(because, _CURRENT)
    if overdue := [text for one in came if (text := stale(one, skew))]:
        return failed(joined(overdue), _CURRENT)
    return passed(joined([holds_until(one) for one in came]), _CURRENT)


def _unrevoked(case: Case, skew: timedelta) -> Judgement:
    came = [one for one in case.found if isinstance(one, RevocationAnswered)]
    lifted = any(one.reason == "remove_from_crl" for one in came)
    for one in came:
        if one.revoked and not (lifted and one.reason == "certificate_hold"):
            return failed(revoked_words(one), _NOT_REVOKED)
    clean = [one for one in came if one.revoked is False and one.kind is not SourceKind.DELTA]
    if current := [one for one in clean if not stale(one, skew)] or (clean if lifted else []):
        return passed(f"not revoked by {source(current[0])}", _NOT_REVOKED)
    return _unsaid(case.found, came, [text for one in clean if (text := stale(one, skew))])


def _unsaid(
    found: Iterable[RevocationSource],
    came: Iterable[RevocationAnswered],
    untimely: Sequence[str],
) -> Judgement:
    """Say why no source tells whether a certificate is revoked."""
    if untimely:
        return undecided(f"only an answer that is not current: {untimely[0]}", _NOT_REVOKED)
    if notes := [f"{one.note}: {source(one)}" for one in came if one.note]:
        return undecided(joined(notes), _NOT_REVOKED)
    if any(isinstance(one, RevocationFailed) for one in found):
        return undecided("no source of its issuer could be read", _NOT_REVOKED)
    return inapplicable(f"nothing was fetched for it: {_skipped_because(found)}", _NOT_REVOKED)


def _skipped_because(found: Iterable[RevocationSource]) -> str:
    return next((one.because for one in found if isinstance(one, RevocationSkipped)), "")

"""Revocation as it was looked up: can clients reach it, is it current, and what does it say."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec

from probe.checks.known import known_state, self_signed
from probe.checks.registry import certificate_check
from probe.checks.texts import listed, moment, short, span
from probe.checks.verdicts import failed, inapplicable, passed, undecided
from probe.model.certificate import Certificate
from probe.model.evidence import Evidence
from probe.model.failure import Kind
from probe.model.finding import Judgement
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
_TOLD: Final = 2
_OURS: Final = frozenset({Kind.POLICY, Kind.INTERNAL})
"""Failures that say nothing of the source."""


@certificate_check
def revocation_reachable(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Ask whether one of the sources that clients can use gave an answer that counts."""
    if because := _not_looked_up(certificate, evidence):
        return inapplicable(because, _REACHABLE)
    found = [one for one in _of(certificate, evidence) if one.kind is not SourceKind.STAPLE]
    came = [one for one in found if isinstance(one, RevocationAnswered) and _whole(one)]
    wrong = [one for one in found if isinstance(one, RevocationFailed)]
    if came:
        also = f"; but not {_told(wrong)}" if wrong else ""
        return passed(f"{short(came[0].url or '')}{also}", _REACHABLE)
    if wrong:
        if all(one.failure.kind in _OURS for one in wrong):
            near = any(one.failure.detail.endswith(("private", "loopback")) for one in wrong)
            hint = " (see --fetch-private)" if near else ""
            return undecided(f"not fetched: {_told(wrong)}{hint}", _REACHABLE)
        ldap = "; LDAP was not tried" if any(map(_is_ldap, found)) else ""
        text = f"{_told(wrong)}{ldap}; clients take it for revoked"
        return failed(text, _REACHABLE)
    return _nothing_asked(found, evidence)


def _nothing_asked(found: Iterable[RevocationSource], evidence: Evidence) -> Judgement:
    """Judge sources of which none was asked."""
    skipped = [one for one in found if isinstance(one, RevocationSkipped)]
    web = [one for one in skipped if (one.url or "").partition(":")[0].lower() in _WEB]
    if web:
        return inapplicable(web[0].because, _REACHABLE)
    urls = listed([one.url or "" for one in skipped])
    if evidence.target.accepts_internet:
        return failed(f"only {urls}: clients on the internet take it for revoked", _REACHABLE)
    return undecided(f"only {urls}, which is not fetched", _REACHABLE)


@certificate_check
def crl_current(
    certificate: Certificate, evidence: Evidence, *, skew_minutes: Minutes = _SKEW
) -> Judgement:
    """Ask whether every CRL and OCSP answer was current when it was fetched.

    Clocks may differ by ``skew_minutes``.
    """
    if because := _not_looked_up(certificate, evidence):
        return inapplicable(because, _CURRENT)
    came = [one for one in _of(certificate, evidence) if isinstance(one, RevocationAnswered)]
    if not came:
        return inapplicable("no answer came: left to revocation-source-reachable", _CURRENT)
    skew = timedelta(minutes=skew_minutes)
    if stale := [text for one in came if (text := _stale(one, skew))]:
        return failed(_joined(stale), _CURRENT)
    return passed(_joined([_until(one) for one in came]), _CURRENT)


@certificate_check
def not_revoked(
    certificate: Certificate, evidence: Evidence, *, skew_minutes: Minutes = _SKEW
) -> Judgement:
    """Look for the certificate on the CRLs and in the OCSP answers of its issuer."""
    if because := _not_looked_up(certificate, evidence):
        return inapplicable(because, _NOT_REVOKED)
    found = list(_of(certificate, evidence))
    came = [one for one in found if isinstance(one, RevocationAnswered)]
    lifted = any(one.reason == "remove_from_crl" for one in came)
    for one in came:
        if one.revoked and not (lifted and one.reason == "certificate_hold"):
            return failed(_revoked(one), _NOT_REVOKED)
    clean = [one for one in came if one.revoked is False and one.kind is not SourceKind.DELTA]
    skew = timedelta(minutes=skew_minutes)
    if current := [one for one in clean if not _stale(one, skew)] or (clean if lifted else []):
        return passed(f"not revoked by {_source(current[0])}", _NOT_REVOKED)
    return _unsaid(found, came, clean)


def _unsaid(
    found: Iterable[RevocationSource],
    came: Iterable[RevocationAnswered],
    clean: Sequence[RevocationAnswered],
) -> Judgement:
    """Say why no source tells whether a certificate is revoked."""
    if clean:
        return undecided(f"only an answer that is overdue: {_source(clean[0])}", _NOT_REVOKED)
    if notes := [f"{one.note}: {_source(one)}" for one in came if one.note]:
        return undecided(_joined(notes), _NOT_REVOKED)
    if any(isinstance(one, RevocationFailed) for one in found):
        return undecided("no source of its issuer could be read", _NOT_REVOKED)
    because = next((one.because for one in found if isinstance(one, RevocationSkipped)), "")
    return inapplicable(f"nothing was fetched for it: {because}", _NOT_REVOKED)


def _not_looked_up(certificate: Certificate, evidence: Evidence) -> str | None:
    """Say why there is nothing to judge."""
    if state := known_state(certificate):
        return state
    if self_signed(certificate):
        return "self-signed: nobody revokes it"
    if next(_of(certificate, evidence), None) is not None:
        return None
    if not (certificate.crl_urls or certificate.ocsp_urls):
        return "the certificate names no source"
    return "not fetched (--fetch none)"


def _of(certificate: Certificate, evidence: Evidence) -> Iterator[RevocationSource]:
    """Yield what was recorded of a certificate, at the first place where it was sent."""
    seen = evidence.observation
    position = next(
        (at for at, one in enumerate(evidence.presented) if one.sha256 == certificate.sha256), -1
    )
    return (one for one in (seen.revocation if seen else ()) if one.position == position)


def _whole(one: RevocationAnswered) -> bool:
    """Whether an answer could stand alone, as a delta CRL cannot."""
    return one.kind is not SourceKind.DELTA


def _is_ldap(one: RevocationSource) -> bool:
    return (one.url or "").lower().startswith("ldap")


def _told(wrong: Iterable[RevocationFailed]) -> str:
    """Tell what went wrong first, and then with which source: URLs are long."""
    return _joined(
        f"{one.failure.kind.replace('_', ' ')}: {short(one.failure.detail)}: {_at(one)}"
        for one in wrong
    )


def _at(one: RevocationSource) -> str:
    return short(one.url or "the stapled answer")


def _joined(texts: Iterable[str]) -> str:
    """Join the first few sentences, and count the others."""
    (*first,) = texts
    more = f"; and {len(first) - _TOLD} more" if len(first) > _TOLD else ""
    return "; ".join(first[:_TOLD]) + more


def _source(one: RevocationAnswered) -> str:
    return {
        SourceKind.CRL: f"the CRL {short(one.url or '')}",
        SourceKind.DELTA: f"the delta CRL {short(one.url or '')}",
        SourceKind.OCSP: f"the responder {short(one.url or '')}",
        SourceKind.STAPLE: "the stapled OCSP answer",
    }[one.kind]


def _stale(one: RevocationAnswered, skew: timedelta) -> str | None:
    """Say what is wrong with the time of an answer, at the instant at which it came."""
    at = one.fetched
    if one.this_update - skew > at:
        return f"of {moment(one.this_update)}, which is not yet: {_source(one)}"
    if one.next_update is not None and one.next_update + skew < at:
        past = span(at - one.next_update)
        return f"overdue since {moment(one.next_update)}, {past}: {_source(one)}"
    return None


def _until(one: RevocationAnswered) -> str:
    """Tell how long an answer holds, and whether the next is late already."""
    if one.next_update is None:
        return f"no next update is named: {_source(one)}"
    due = ""
    if one.next_publish is not None and _late(one.next_publish, one.fetched):
        due = f" (the next was to be published {moment(one.next_publish)})"
    return f"until {moment(one.next_update)}{due}: {_source(one)}"


def _late(due: datetime, at: datetime) -> bool:
    # AD CS publishes within minutes; an hour allows for replication and copying.
    return due + timedelta(hours=1) < at


def _revoked(one: RevocationAnswered) -> str:
    when = f" since {moment(one.revoked_at)}" if one.revoked_at else ""
    why = f" ({one.reason.replace('_', ' ')})" if one.reason else ""
    return f"revoked{when}{why} by {_source(one)}"

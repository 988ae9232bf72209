"""What is said of CRLs and OCSP answers: which, from when to when, and what is wrong with them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from probe.checks.texts import moment, short, span
from probe.model.revocation import (
    RevocationAnswered,
    RevocationFailed,
    RevocationSource,
    SourceKind,
)

_TOLD: Final = 2


def whole(one: RevocationAnswered) -> bool:
    """Whether an answer could stand alone, as a delta CRL cannot."""
    return one.kind is not SourceKind.DELTA


def is_ldap(one: RevocationSource) -> bool:
    """Whether a source is a directory."""
    return (one.url or "").lower().startswith("ldap")


def told_failures(wrong: Iterable[RevocationFailed]) -> str:
    """Tell what went wrong first, and then with which source: URLs are long."""
    return joined(
        f"{one.failure.kind.replace('_', ' ')}: {short(one.failure.detail)}: {_at(one)}"
        for one in wrong
    )


def _at(one: RevocationSource) -> str:
    return short(one.url or "the stapled answer")


def joined(texts: Iterable[str]) -> str:
    """Join the first few sentences, and count the others."""
    (*first,) = texts
    more = f"; and {len(first) - _TOLD} more" if len(first) > _TOLD else ""
    return "; ".join(first[:_TOLD]) + more


def source(one: RevocationAnswered) -> str:
    """Name a source in a sentence."""
    return {
        SourceKind.CRL: f"the CRL {short(one.url or '')}",
        SourceKind.DELTA: f"the delta CRL {short(one.url or '')}",
        SourceKind.OCSP: f"the responder {short(one.url or '')}",
        SourceKind.STAPLE: "the stapled OCSP answer",
    }[one.kind]


def stale(one: RevocationAnswered, skew: timedelta) -> str | None:
    """Say what is wrong with the time of an answer, at the instant at which it came."""
    at = one.fetched
    if one.this_update - skew > at:
        return f"of {moment(one.this_update)}, which is not yet: {source(one)}"
    if one.next_update is not None and one.next_update + skew < at:
        past = span(at - one.next_update)
        return f"overdue since {moment(one.next_update)}, {past}: {source(one)}"
    return None


def holds_until(one: RevocationAnswered) -> str:
    """Tell how long an answer holds, and whether the next is late already."""
    if one.next_update is None:
        return f"no next update is named: {source(one)}"
    due = ""
    if one.next_update < one.fetched:
        due = ", passed by no more than clocks differ"
    elif one.next_publish is not None and _late(one.next_publish, one.fetched):
        due = f" (the next was to be published {moment(one.next_publish)})"
    return f"until {moment(one.next_update)}{due}: {source(one)}"


def _late(due: datetime, at: datetime) -> bool:
    # AD CS publishes within minutes; an hour allows for replication and copying.
    return due + timedelta(hours=1) < at


def revoked_words(one: RevocationAnswered) -> str:
    """Say since when, why, and by which source a certificate is revoked."""
    when = f" since {moment(one.revoked_at)}" if one.revoked_at else ""
    why = f" ({one.reason.replace('_', ' ')})" if one.reason else ""
    return f"revoked{when}{why} by {source(one)}"

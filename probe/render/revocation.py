"""What was looked up of revocation: a line for each source, the same for several certificates."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from probe.model.path import Trust
from probe.model.report import Result
from probe.model.revocation import (
    IssuerFetched,
    IssuerSource,
    RevocationAnswered,
    RevocationFailed,
    RevocationSource,
    SourceKind,
)
from probe.render.paper import Style
from probe.render.stagelines import Line, quoted
from probe.render.times import absolute, relative

_NAMES = {
    SourceKind.CRL: "CRL",
    SourceKind.DELTA: "delta",
    SourceKind.OCSP: "OCSP",
    SourceKind.STAPLE: "staple",
}

_SKEW: Final = timedelta(minutes=10)
"""What clocks may differ by, as the rule crl-current has it."""


def revocation_lines(results: Iterable[Result], *, verbose: int = 0) -> Iterator[Line]:
    """Yield a line for each source that was asked, and with ``verbose`` for the others too.

    Addresses that show the same chain have the same lines, which are told once.
    """
    told = set()
    for result in results:
        seen = result.observation
        for line in (*map(_line, seen.revocation), *map(_issuer, seen.issuers)):
            if line not in told and (verbose or line.style is not Style.FAINT):
                told.add(line)
                yield line


def _line(one: RevocationSource) -> Line:
    name = _NAMES[one.kind]
    whom = f"certificate {one.position}"
    if one.not_sent is not None:
        whom = f"{one.not_sent.subject}, which was not sent"
    where = f"{one.url} for {whom}" if one.url else "sent by the server"
    if isinstance(one, RevocationFailed):
        mark = ("?", Style.OPEN) if one.ours else ("✗", Style.BAD)
        return Line(*mark, name, one.seconds, f"{where}: {quoted(one.failure)}")
    if not isinstance(one, RevocationAnswered):
        return Line("·", Style.FAINT, name, None, f"{where}: skipped: {one.because}")
    untimely = _early(one) or _overdue(one)
    mark = ("✗", Style.BAD) if one.revoked or untimely else ("✓", Style.GOOD)
    if one.revoked is None and not untimely:
        mark = ("?", Style.OPEN)
    kept = f", kept from {absolute(one.fetched)}" if one.cached else ""
    return Line(*mark, name, one.seconds, f"{where}: {_says(one)}, {_holds(one)}{kept}")


def _says(one: RevocationAnswered) -> str:
    if one.revoked is None:
        return f"does not decide ({one.note})" if one.note else "does not decide"
    if not one.revoked:
        return "not revoked"
    when = f" {absolute(one.revoked_at)}" if one.revoked_at else ""
    return f"revoked{when}" + (f" ({one.reason.replace('_', ' ')})" if one.reason else "")


def _early(one: RevocationAnswered) -> bool:
    return one.this_update - _SKEW > one.fetched


def _overdue(one: RevocationAnswered) -> bool:
    return one.next_update is not None and one.next_update + _SKEW < one.fetched


def _holds(one: RevocationAnswered) -> str:
    if _early(one):
        start = one.this_update
        return f"not valid before {absolute(start)} ({relative(start, one.fetched)})"
    until = one.next_update
    if until is None:
        return "names no next update"
    word = "overdue since" if _overdue(one) else "next update"
    return f"{word} {absolute(until)} ({relative(until, one.fetched)})"


def _issuer(one: IssuerSource) -> Line:
    if isinstance(one, IssuerFetched):
        text = f"{one.url}: {one.subject}, which was not sent: only clients that fetch it have it"
        if one.trust is Trust.UNTRUSTED:
            text += ", and it leads to no configured root"
        return Line("!", Style.WARN, "issuer", one.seconds, text)
    return Line("✗", Style.BAD, "issuer", one.seconds, f"{one.url}: {quoted(one.failure)}")

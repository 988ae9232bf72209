"""The chain: what was sent, what is missing, and whether it leads to a root that is trusted."""

from collections.abc import Iterable
from operator import is_

from probe.checks.known import known_state, self_signed
from probe.checks.registry import endpoint_check
from probe.checks.texts import label, listed, moment, short
from probe.checks.verdicts import (
    failed,
    inapplicable,
    no_leaf,
    passed,
    undecided,
    undecoded_member,
)
from probe.model.certificate import Certificate
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.model.path import Explanation, Member, PathEnd, Source, Trust
from probe.model.revocation import IssuerFetched

_TRUSTED = "a path to a configured root"
# The link still verifies; clients that look for issuers by identifier alone may not find this one.
_HARMLESS = frozenset({"key_identifier"})
_COMPLETE = "every intermediate certificate sent"
_LOOKED_FOR = "where some clients look"


@endpoint_check
def chain_trusted(evidence: Evidence) -> Judgement:
    """Ask whether a path leads to a configured root, whatever the validity of what was sent."""
    if because := no_leaf(evidence):
        return undecided(because, _TRUSTED)
    explanation = evidence.explanation
    if faults := [fault for fault in explanation.faults if fault.kind not in _HARMLESS]:
        text = listed([_fault(fault.position, fault.detail) for fault in faults])
        return failed(_and_the_library(text, explanation), _TRUSTED)
    if not explanation.roots_known:
        return undecided(f"no roots are configured; {_end(evidence)}", _TRUSTED)
    if because := _outdated(evidence):
        return failed(f"{_path(explanation)}; {because}", _TRUSTED)
    if explanation.trust is Trust.TRUSTED:
        return passed(_path(explanation), _TRUSTED)
    return _not_trusted(evidence)


def _and_the_library(text: str, explanation: Explanation) -> str:
    """Add where the verifier library says otherwise: neither is chosen silently."""
    return f"{text}; {explanation.disagreement}" if explanation.disagreement else text


def _outdated(evidence: Evidence) -> str | None:
    """Tell of a root or a configured member out of its validity; other rules ask what was sent."""
    for member in evidence.explanation.path[1:]:
        one = member.certificate
        if member.source is Source.SENT and not self_signed(one):
            continue
        if one.not_after < evidence.as_of:
            return f"{label(one)} expired {moment(one.not_after)}"
        if one.not_before > evidence.as_of:
            return f"{label(one)} is not valid before {moment(one.not_before)}"
    return None


def _not_trusted(evidence: Evidence) -> Judgement:
    explanation = evidence.explanation
    if explanation.end is not PathEnd.TRUSTED_ROOT:
        if because := undecoded_member(evidence):
            return undecided(because, _TRUSTED)
        # A file need not hold its issuers, so a missing one says nothing about them.
        apart = evidence.source == "file" and explanation.end is PathEnd.MISSING_ISSUER
        if explanation.trust is Trust.UNDECIDED:
            return undecided(f"{_end(evidence)}; {explanation.trust_detail}", _TRUSTED)
        return (undecided if apart else failed)(_end(evidence), _TRUSTED)
    detail = explanation.trust_detail or "the verifier refuses to judge it"
    # Undecided: every link verifies and the root is configured, but the verifier's own policy
    # (SHA-1, short keys) keeps it from saying so, or it refuses what has no fault here.
    answer = undecided if explanation.trust is Trust.UNDECIDED else failed
    return answer(f"{_path(explanation)}; {detail}", _TRUSTED)


@endpoint_check
def chain_complete(evidence: Evidence) -> Judgement:
    """Ask whether every intermediate certificate was sent; the root need not be."""
    if because := no_leaf(evidence):
        return undecided(because, _COMPLETE)
    explanation = evidence.explanation
    if explanation.end is PathEnd.SELF_SIGNED_LEAF:
        return inapplicable("the certificate is self-signed: there is no chain", _COMPLETE)
    if missing := [one for one in explanation.not_sent if not self_signed(one)]:
        names = listed([label(certificate) for certificate in missing])
        return failed(f"not sent: {names}; a configured file has it", _COMPLETE)
    if explanation.end in (PathEnd.TRUSTED_ROOT, PathEnd.UNTRUSTED_ROOT):
        return passed(_path(explanation), _COMPLETE)
    if because := undecoded_member(evidence):
        return undecided(f"{because}; it may be what is missing", _COMPLETE)
    return _missing(evidence)


def _missing(evidence: Evidence) -> Judgement:
    """Tell a missing intermediate from a root that is rightly not sent, as far as it shows."""
    explanation, leaf = evidence.explanation, evidence.leaf
    issuer = short(explanation.missing or "the issuer")
    if explanation.end is PathEnd.LOOP:
        return undecided(f"{_end(evidence)}: no root shows", _COMPLETE)
    if leaf is not None and (state := known_state(leaf)):
        return inapplicable(f"{state}: its issuer is never sent", _COMPLETE)
    if not explanation.roots_known:
        return undecided(f"{issuer} was not sent; without roots it may be one", _COMPLETE)
    if len(explanation.path) > 1 and not _leads_on(evidence):
        text = f"{issuer} was not sent and is not configured: a missing intermediate, or a root"
        return undecided(text, _COMPLETE)
    return failed(f"{issuer} was not sent{_rescue(evidence)}", _COMPLETE)


@endpoint_check
def chain_ordered(evidence: Evidence) -> Judgement:
    """Ask whether each certificate sent certifies the one before it (RFC 5246, 7.4.2)."""
    expected = "each certificate certifies the one before it"
    if because := no_leaf(evidence):
        return undecided(because, expected)
    if len(evidence.presented) < 2:  # noqa: PLR2004 - one certificate is in order
        return inapplicable("only one certificate was sent", expected)
    if because := undecoded_member(evidence):
        return undecided(because, expected)
    if evidence.explanation.ordered:
        return passed("in order", expected)
    sent = listed([_name(evidence, position) for position in range(len(evidence.presented))])
    return failed(f"sent: {sent}", expected)


@endpoint_check
def root_not_sent(evidence: Evidence) -> Judgement:
    """Look for roots among what was sent: a client has them or does not trust them."""
    expected = "no root sent"
    if because := no_leaf(evidence):
        return undecided(because, expected)
    roots = [position for position in evidence.explanation.roots_sent if position]
    if roots:
        return failed(f"root sent: {_names(evidence, roots)}", expected)
    return passed("no root sent", expected)


@endpoint_check
def no_extra_certificates(evidence: Evidence) -> Judgement:
    """Look for duplicates, and for certificates that are no part of the path."""
    expected = "nothing sent that is not needed"
    if because := no_leaf(evidence):
        return undecided(because, expected)
    explanation = evidence.explanation
    extra = []
    if explanation.duplicates:
        extra.append(f"sent twice: {_names(evidence, explanation.duplicates)}")
    if explanation.strangers:
        extra.append(f"not part of the chain: {_names(evidence, explanation.strangers)}")
    return failed("; ".join(extra), expected) if extra else passed("nothing extra", expected)


def _fault(position: int | None, detail: str) -> str:
    return detail if position is None else f"certificate {position}: {detail}"


def _path(explanation: Explanation) -> str:
    """Name the issuers on the path, nearest first; equal for all leaves of an authority."""
    issuers = explanation.path[1:]
    if not issuers:
        return f"{label(explanation.path[0].certificate)} itself" if explanation.path else "no path"
    members, text = _named.get(id(issuers[0]), ((), ""))
    if len(members) == len(issuers) and all(map(is_, members, issuers)):
        return text
    if len(_named) >= _MOST_NAMED:
        _named.clear()
    text = _issued_by(issuers)
    _named[id(issuers[0])] = issuers, text
    return text


# Leaves of one authority mostly share its issuers as objects. What is kept here keeps those too,
# so that no other can come to have their identity.
_named: dict[int, tuple[tuple[Member, ...], str]] = {}
_MOST_NAMED = 256


def _issued_by(issuers: tuple[Member, ...]) -> str:
    names = [label(member.certificate) for member in issuers[:8]]
    more = [label(one.certificate) for one in issuers if one.source is Source.CONFIGURED]
    rescue = f" (with {listed(more)} from a configured file)" if more else ""
    return f"issued by {' ← '.join(names)}{rescue}"


def _end(evidence: Evidence) -> str:
    """Say how the path ends, and what known state of a site explains it."""
    explanation, leaf = evidence.explanation, evidence.leaf
    state = known_state(leaf) if leaf else None
    because = f" ({state})" if state else ""
    match explanation.end:
        case PathEnd.SELF_SIGNED_LEAF:
            return f"the certificate is self-signed{because}"
        case PathEnd.UNTRUSTED_ROOT:
            return f"the path ends at {_top(explanation)}, which is not a configured root{because}"
        case PathEnd.MISSING_ISSUER:
            issuer = short(explanation.missing or "the issuer")
            why = because or _rescue(evidence)
            where = "sent" if evidence.source == "handshake" else "in the file"
            return f"the issuer {issuer} is neither {where} nor configured{why}"
        case PathEnd.LOOP:
            return f"the issuers certify each other in a circle{because}"
    return f"{_path(explanation)}{because}"


def _top(explanation: Explanation) -> str:
    return label(explanation.path[-1].certificate) if explanation.path else "a root"


def _leads_on(evidence: Evidence) -> bool:
    """Whether the missing issuer was found by AIA, and with it a way to a configured root."""
    tried = evidence.observation.issuers if evidence.observation else ()
    return any(isinstance(one, IssuerFetched) and one.trust is Trust.TRUSTED for one in tried)


def _rescue(evidence: Evidence) -> str:
    """Say what may save clients that follow the AIA extension (RFC 5280, 4.2.2.1)."""
    path, seen = evidence.explanation.path, evidence.observation
    tried = seen.issuers if seen else ()
    if found := [one for one in tried if isinstance(one, IssuerFetched)]:
        url = short(found[0].url)
        if _leads_on(evidence):
            return f"; clients that fetch issuers will cope, others will not: it is at {url}"
        no_help = found[0].trust is Trust.UNTRUSTED
        return f"; it is at {url}, {'but leads to no configured root' if no_help else _LOOKED_FOR}"
    if tried:
        return f"; it is not at {short(tried[0].url)} either, {_LOOKED_FOR}"
    urls = path[-1].certificate.issuer_urls if path else ()
    if not urls:
        return ""
    best = next((url for url in urls if url.lower().startswith("http")), urls[0])
    return f"; some clients may fetch it from {short(best)}"


def _names(evidence: Evidence, positions: Iterable[int]) -> str:
    return listed([f"{_name(evidence, position)} (at {position})" for position in positions])


def _name(evidence: Evidence, position: int) -> str:
    presented = evidence.presented[position]
    return label(presented) if isinstance(presented, Certificate) else "undecodable"

"""The best path link by link: who certifies whom, and whether clients will accept it."""

import functools
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from msgspec.structs import replace

from probe.model.certificate import Certificate
from probe.model.path import (
    Alternative,
    Explanation,
    Fault,
    Link,
    LinkSource,
    LinkVerdict,
    Member,
    PathEnd,
    Route,
    Source,
    Trust,
)
from probe.pki import signatures
from probe.pki.trust import label

_BROKEN_HASHES = frozenset({"md2", "md4", "md5", "sha1"})
_SHORTEST_RSA = 2048

# What a fault means for the link, the worst first.
_FAULTS = {
    "signature": LinkVerdict.BAD_SIGNATURE,
    "not_ca": LinkVerdict.NOT_A_CA,
    "key_cert_sign": LinkVerdict.MAY_NOT_SIGN,
    "path_length": LinkVerdict.PATH_LENGTH,
    "name_constraints": LinkVerdict.NAME_CONSTRAINTS,
    "critical_extension": LinkVerdict.CRITICAL_EXTENSION,
    "key_identifier": LinkVerdict.KEY_IDENTIFIER,
}
_OF_SUBJECT = frozenset({"signature", "key_identifier"})
_RANK = {verdict: rank for rank, verdict in enumerate(LinkVerdict)}

_SOUND = LinkVerdict.OK
_SOURCES = {source: LinkSource(source.value) for source in Source}
_WHERE = {
    Source.SENT: "",
    Source.CONFIGURED: ", which a configured file has",
    Source.ROOT: ", a configured root",
}

_Said = tuple[LinkVerdict, str]


def links(explanation: Explanation, as_of: datetime) -> tuple[Link, ...]:
    """Return the links of the best path from the leaf up; the validity of issuers at ``as_of``.

    The last one leads to nobody where the issuer is missing. What was sent beside the path has
    none. Equal links of many chains are mostly one object.
    """
    path = explanation.path
    found = [
        _link(explanation, child, issuer, as_of, last=issuer is path[-1])
        for child, issuer in pairwise(path)
    ]
    if path and explanation.end in (PathEnd.MISSING_ISSUER, PathEnd.LOOP):
        found.append(_open_end(explanation, path[-1]))
    elif len(path) == 1:
        found.append(_alone(explanation, path[0]))
    if explanation.trust is Trust.UNDECIDED and all(one.verdict is _SOUND for one in found):
        # Each link holds, and still the library does not accept the whole.
        words = explanation.trust_detail
        found[-1:] = [
            replace(one, verdict=LinkVerdict.UNDECIDED, words=words) for one in found[-1:]
        ]
    return tuple(found)


def alternatives(explanation: Explanation) -> tuple[Alternative, ...]:
    """Return the other paths from the leaf, the better ones first, a few at most."""
    return tuple(map(_alternative, explanation.others))


def _alternative(route: Route) -> Alternative:
    over = " ← ".join(label(member.certificate) for member in route.path[1:]) or "itself"
    return Alternative(
        tuple(member.certificate.sha256 for member in route.path),
        tuple(member.position for member in route.path),
        route.end,
        route.trust,
        f"{over}: {_leads(route)}",
    )


def _leads(route: Route) -> str:
    """Say where a path leads that is not the best one."""
    top = label(route.path[-1].certificate)
    match route.end:
        case PathEnd.TRUSTED_ROOT:
            return "trusted too" if route.trust is Trust.TRUSTED else route.detail
        case PathEnd.MISSING_ISSUER:
            return f"the issuer of {top} is neither sent nor configured"
        case PathEnd.LOOP:
            return "the issuers certify each other in a circle"
    return f"{top} is not a configured root"


def _link(
    explanation: Explanation, child: Member, issuer: Member, as_of: datetime, *, last: bool
) -> Link:
    said = _SOUND, f"signed by {label(issuer.certificate)}{_WHERE[issuer.source]}"
    objections = _objections(explanation, child, issuer, as_of, last=last)
    if objections:
        said = min(objections, key=_rank)
    # A leaf's link is its own, those above it come with every leaf of the authority.
    make = _shared if child is not explanation.path[0] else Link
    return make(
        child.position,
        child.certificate.sha256,
        issuer.position,
        issuer.certificate.sha256,
        issuer.certificate.subject.text,
        _SOURCES[issuer.source],
        *said,
    )


def _objections(
    explanation: Explanation, child: Member, issuer: Member, as_of: datetime, *, last: bool
) -> list[_Said]:
    """Return what is to be said against a link."""
    authority = issuer.certificate
    said = _validity(authority, as_of)
    if explanation.faults:
        leaf = child is explanation.path[0]
        said += _faults(explanation.faults, child.certificate, authority, leaf=leaf)
    if last and explanation.end is PathEnd.UNTRUSTED_ROOT:
        said.append(_not_a_root(explanation, authority))
    if explanation.trust is not Trust.TRUSTED:  # else the library refused nothing of this
        said += _weakness(child.certificate, authority)
        if signatures.verify(child.certificate, authority) is None:
            words = f"the signature, {child.certificate.signature.name}, cannot be verified here"
            said.append((LinkVerdict.UNDECIDED, words))
    return said


def _faults(
    faults: Sequence[Fault], child: Certificate, authority: Certificate, *, leaf: bool
) -> list[_Said]:
    return [
        (_FAULTS[fault.kind], fault.detail)
        for fault in faults
        if fault.sha256 == (child.sha256 if fault.kind in _OF_SUBJECT else authority.sha256)
        or (leaf and fault.kind == "critical_extension" and fault.sha256 == child.sha256)
    ]


def _not_a_root(explanation: Explanation, authority: Certificate) -> _Said:
    if not explanation.roots_known:
        return LinkVerdict.UNDECIDED, f"{label(authority)} is a root, and none is configured"
    return LinkVerdict.UNTRUSTED, f"{label(authority)} is not a configured root"


def _rank(said: _Said) -> int:
    return _RANK[said[0]]


def _validity(authority: Certificate, as_of: datetime) -> list[_Said]:
    if authority.not_after < as_of:
        return [(LinkVerdict.EXPIRED, f"{label(authority)} has expired")]
    if authority.not_before > as_of:
        return [(LinkVerdict.NOT_YET_VALID, f"{label(authority)} is not valid yet")]
    return []


def _weakness(child: Certificate, authority: Certificate) -> list[_Said]:
    said = []
    if child.signature.hash in _BROKEN_HASHES:
        said.append((LinkVerdict.WEAK, f"signed with {child.signature.name}"))
    if authority.key.type.startswith("rsa") and (authority.key.bits or 0) < _SHORTEST_RSA:
        words = f"{label(authority)} signs with an RSA key of {authority.key.bits} bits"
        said.append((LinkVerdict.WEAK, words))
    return said


def _open_end(explanation: Explanation, child: Member) -> Link:
    """Return the link to an issuer that nobody has, or that the path has come from."""
    certificate = child.certificate
    verdict, words = LinkVerdict.MISSING, "the issuer is neither sent nor configured"
    if explanation.end is PathEnd.LOOP:
        verdict, words = LinkVerdict.LOOP, "the issuers certify each other in a circle"
    elif not explanation.roots_known:  # it may be a root, which need not be sent
        verdict, words = LinkVerdict.UNDECIDED, "the issuer is not sent, and no root is configured"
    make = _shared if child is not explanation.path[0] else Link
    return make(
        child.position,
        certificate.sha256,
        None,
        None,
        certificate.issuer.text,
        LinkSource.MISSING,
        verdict,
        words,
    )


def _alone(explanation: Explanation, leaf: Member) -> Link:
    """Return the link of a leaf that is self-signed, or that is itself a configured root."""
    one = leaf.certificate
    source, said = LinkSource.ROOT, (LinkVerdict.OK, "it is itself a configured root")
    if explanation.end is PathEnd.SELF_SIGNED_LEAF:
        source, said = (
            LinkSource.SENT,
            (LinkVerdict.UNTRUSTED, "self-signed, not a configured root"),
        )
        if not explanation.roots_known:
            said = LinkVerdict.UNDECIDED, "self-signed, and no root is configured"
    if explanation.faults:
        fault = explanation.faults[0]
        said = _FAULTS[fault.kind], fault.detail
    at = leaf.position
    return Link(at, one.sha256, at, one.sha256, one.subject.text, source, *said)


_shared = functools.lru_cache(maxsize=4096)(Link)

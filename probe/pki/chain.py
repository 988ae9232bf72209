"""Explain what was sent: the best path from the leaf, where it ends, and what is wrong with it."""

import functools
from collections.abc import Sequence
from itertools import islice

from probe.model.certificate import Certificate, Presented
from probe.model.path import Explanation, Member, PathEnd, Route, Source, Trust
from probe.pki import faults, opinion, order, siblings
from probe.pki.certificate import load
from probe.pki.opinion import Opinion
from probe.pki.order import Sent
from probe.pki.search import Path, Search, Verifier, differ_in_key_id, is_self_signed
from probe.pki.trust import TrustStore

_MOST_PATHS = 4
_BEST = (Trust.TRUSTED, Trust.UNDECIDED, Trust.UNTRUSTED)


def explain(presented: Sequence[Presented], store: TrustStore) -> Explanation:
    """Explain certificates in the order sent, against configured roots and intermediates.

    Pure: no clock and no network. A path to a configured root is preferred, then the longest
    whose signatures verify. Explanations are kept by what was sent.
    """
    return _explain(tuple([one.der for one in presented]), store)


@functools.lru_cache(maxsize=1024)
def _explain(octets: tuple[bytes, ...], store: TrustStore) -> Explanation:
    if octets and (like := siblings.like_sibling(load(octets[0]), octets, store)):
        return like
    first: dict[bytes, int] = {}
    for position, der in enumerate(octets):
        first.setdefault(der, position)
    decoded = {position: load(der) for der, position in first.items()}
    sent = {at: one for at, one in decoded.items() if isinstance(one, Certificate)}
    duplicates = tuple(at for at, der in enumerate(octets) if first[der] != at)
    if 0 not in sent:
        because = "the first certificate cannot be decoded" if octets else "no certificate"
        known = bool(store.roots)
        return Explanation(duplicates=duplicates, roots_known=known, trust_detail=because)
    verifier = Verifier()
    guessed = _guessed(sent, store)
    verdict, *others = guessed or _searched(sent, store, verifier)
    path = [member.certificate for member in verdict.path]
    strangers = order.strangers(sent, path, verifier)
    explanation = Explanation(
        path=verdict.path,
        end=verdict.end,
        missing=path[-1].issuer.text if verdict.end is PathEnd.MISSING_ISSUER else None,
        not_sent=tuple(
            member.certificate for member in verdict.path if member.source is Source.CONFIGURED
        ),
        ordered=order.is_ordered(sent, path, strangers),
        duplicates=duplicates,
        strangers=strangers,
        roots_sent=tuple(at for at, one in sent.items() if at and is_self_signed(one, verifier)),
        faults=verdict.faults,
        roots_known=bool(store.roots),
        trust=verdict.trust,
        trust_detail=verdict.detail,
        disagreement=verdict.disagreement,
        others=tuple(others),
    )
    if guessed:
        siblings.remember(explanation, octets, store)
    return explanation


def _guessed(sent: Sent, store: TrustStore) -> list[Route] | None:
    """Try the path that names and key identifiers suggest: the library verifies its links.

    None if that does not settle it, or if they suggest more paths than one.
    """
    if not store.roots:
        return None
    search = Search(list(sent.values()), store, _seems_signed)
    paths = search.to_roots()
    path = next(paths, None)
    if path is None or next(paths, None) or search.ends():
        return None
    members = _members(path, sent, store)
    found = faults.find(members, verify=False)
    if faults.harmful(found) or store.refusal(path):
        return None
    return [Route(members, PathEnd.TRUSTED_ROOT, found, Trust.TRUSTED)]


def _seems_signed(certificate: Certificate, issuer: Certificate) -> bool:
    return not differ_in_key_id(certificate, issuer)


def _searched(sent: Sent, store: TrustStore, verifier: Verifier) -> list[Route]:
    """Follow verified links, and return the paths there are, the best one first."""
    search = Search(list(sent.values()), store, verifier)
    routes = [_judge(path, sent, store) for path in islice(search.to_roots(), _MOST_PATHS)]
    routes.sort(key=lambda route: _BEST.index(route.trust))
    ends = search.ends()[: _MOST_PATHS - len(routes)]
    if ends:
        exhausted = search.exhausted or verifier.exhausted
        said = _of_no_path(ends[0][0], sent, store, routes=routes, exhausted=exhausted)
        for path, end in ends:
            members = _members(path, sent, store)
            routes.append(Route(members, end, faults.find(members), *said))
    return routes


def _judge(path: Path, sent: Sent, store: TrustStore) -> Route:
    members = _members(path, sent, store)
    found = faults.find(members)
    return Route(members, PathEnd.TRUSTED_ROOT, found, *opinion.of_path(path, found, store))


def _of_no_path(
    best: Path, sent: Sent, store: TrustStore, *, routes: Sequence[Route], exhausted: bool
) -> Opinion:
    """Say what a leaf comes to by the paths that no root ends."""
    if not store.roots:
        return Opinion(Trust.UNDECIDED, "no root is configured")
    if exhausted:
        because = "there are too many certificates to follow every path"
        return Opinion(Trust.UNDECIDED, because)
    if routes:  # these lead to one
        return Opinion(Trust.UNTRUSTED, "it leads to no configured root")
    return opinion.of_no_path(best, list(sent.values()), store)


def _members(path: Path, sent: Sent, store: TrustStore) -> tuple[Member, ...]:
    positions = {certificate.sha256: position for position, certificate in sent.items()}
    members = []
    for place, certificate in enumerate(path):
        position = positions.get(certificate.sha256)
        source = Source.CONFIGURED if position is None else Source.SENT
        if place and store.is_root(certificate):
            source = Source.ROOT
        members.append(Member(certificate, source, position))
    return tuple(members)

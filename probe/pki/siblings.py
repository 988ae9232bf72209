"""Explain a leaf as its siblings were: same authority, same certificates sent behind the leaf.

A fleet's leaves come with the same issuers, and all that is explained of those is the same for
each. What remains is asked anew for every leaf, of the same `TrustStore.refusal`: its signature,
its validity, and whether it is an ordinary leaf. Beside the signature that takes 7 us; to search
the path again takes 27.
"""

from msgspec.structs import replace

from probe.model.certificate import Certificate, Presented
from probe.model.path import Explanation, Member, PathEnd, Source, Trust
from probe.pki.trust import TrustStore

_MOST_KEPT = 512
_NAME_CONSTRAINTS = bytes.fromhex("0603551d1e")

_Key = tuple[str, tuple[bytes, ...], bytes, bytes | None]
_kept: dict[_Key, Explanation] = {}


def like_sibling(
    leaf: Presented, octets: tuple[bytes, ...], store: TrustStore
) -> Explanation | None:
    """Explain ``octets``, of which ``leaf`` is the first, as a sibling was; None if none was."""
    if not isinstance(leaf, Certificate):
        return None
    known = _kept.get(_key(leaf, octets, store))
    if known is None or not _leads_nowhere_else(leaf, known, store):
        return None
    issuers = known.path[1:]
    if store.refusal((leaf, *[member.certificate for member in issuers])):
        return None
    return replace(known, path=(Member(leaf, Source.SENT, 0), *issuers))


def remember(found: Explanation, octets: tuple[bytes, ...], store: TrustStore) -> None:
    """Keep what was found of the path that names and key identifiers suggest, if it is sound.

    Nothing in it may depend on the leaf: every certificate sent is on the only path, nothing is
    wrong with that, and no authority constrains the names below it.
    """
    path = found.path
    sound = found.end is PathEnd.TRUSTED_ROOT and found.trust is Trust.TRUSTED
    if not sound or found.faults or found.others or len(path) == 1:
        return
    if {member.position for member in path} - {None} != set(range(len(octets))):
        return
    if any(_NAME_CONSTRAINTS in member.certificate.der for member in path[1:]):
        return
    if _leads_nowhere_else(path[0].certificate, found, store):
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[_key(path[0].certificate, octets, store)] = found


def forget() -> None:
    """Drop what was kept."""
    _kept.clear()


def _key(leaf: Certificate, octets: tuple[bytes, ...], store: TrustStore) -> _Key:
    """Return what a search from ``leaf`` begins with."""
    return store.key, octets[1:], leaf.issuer.der, leaf.authority_key_id


def _leads_nowhere_else(leaf: Certificate, known: Explanation, store: TrustStore) -> bool:
    """Whether a leaf can only be the beginning of a path: no issuer of anything, and no root."""
    return (
        not leaf.unknown_critical
        and not store.is_root(leaf)
        and all(leaf.subject.der != member.certificate.issuer.der for member in known.path)
    )

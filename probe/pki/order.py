"""How the certificates sent relate to the path: which are out of order, which are strangers."""

from collections.abc import Callable, Mapping, Sequence

from probe.model.certificate import Certificate
from probe.pki.search import Signed

Sent = Mapping[int, Certificate]
"""What was sent by its position, without what came twice or could not be decoded."""


def strangers(sent: Sent, path: Sequence[Certificate], signed_by: Signed) -> tuple[int, ...]:
    """Return the positions of those that lead neither from the leaf to an issuer nor back.

    An issuer off the path, as of a cross-certificate, is no stranger.
    """
    on_path = {member.sha256 for member in path}
    if all(certificate.sha256 in on_path for certificate in sent.values()):
        return ()
    above = _closure(sent, list(path), lambda known, new: _links(known, new, signed_by))
    # Issuers sent before what they issued: then the leaf is not the first.
    below = _closure(sent, list(path[:1]), lambda known, new: _links(new, known, signed_by))
    return tuple(
        position
        for position, certificate in sent.items()
        if certificate.sha256 not in on_path | above | below
    )


def _closure(
    sent: Sent, known: list[Certificate], leads: Callable[[Certificate, Certificate], bool]
) -> set[str]:
    """Return what can be reached from ``known`` (each certificate is gone to once)."""
    reached: set[str] = set()
    while known:
        here = known.pop()
        for certificate in sent.values():
            if certificate.sha256 not in reached and leads(here, certificate):
                reached.add(certificate.sha256)
                known.append(certificate)
    return reached


def is_ordered(sent: Sent, path: Sequence[Certificate], apart: Sequence[int]) -> bool:
    """Whether each certificate follows one that it certifies (RFC 5246, 7.4.2; RFC 8446, 4.4.2).

    Strangers (``apart``) are left aside. So is the gap that a configured certificate closes.
    """
    positions = {certificate.sha256 for certificate in sent.values()}
    gaps = [one for one in path if one.sha256 not in positions and not one.self_issued]
    before: list[Certificate] = []
    for position, certificate in sent.items():
        if position and position not in apart and not _follows(certificate, (*before, *gaps)):
            return False
        before.append(certificate)
    return True


def _follows(issuer: Certificate, certified: Sequence[Certificate]) -> bool:
    return any(
        child.issuer.der == issuer.subject.der and child.sha256 != issuer.sha256
        for child in certified
    )


def _links(child: Certificate, issuer: Certificate, signed_by: Signed) -> bool:
    return (
        child.issuer.der == issuer.subject.der
        and child.sha256 != issuer.sha256
        and signed_by(child, issuer) is not False
    )

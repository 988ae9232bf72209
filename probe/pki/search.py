"""Search paths from a leaf, over what was sent and what is configured, to a root.

The certificates are a stranger's and may be made to certify each other in every combination, so
the work is bounded: in certificates looked at, in steps taken, in signatures verified.
"""

from collections.abc import Callable, Iterator, Sequence

from probe.model.certificate import Certificate
from probe.model.path import PathEnd
from probe.pki import signatures
from probe.pki.trust import LONGEST_PATH, TrustStore

_MOST_SENT = 32
_MOST_STEPS = 200
_MOST_SIGNATURES = 64

Path = tuple[Certificate, ...]
Signed = Callable[[Certificate, Certificate], bool | None]
"""Whether the first is signed with the key of the second; None where that cannot be told."""


class Verifier:
    """Verifies links until there were too many; then says so, and leaves the rest open."""

    __slots__ = ("_left", "exhausted")

    def __init__(self) -> None:
        """Start with the whole budget."""
        self._left = _MOST_SIGNATURES
        self.exhausted = False

    def __call__(self, certificate: Certificate, issuer: Certificate) -> bool | None:
        """Verify one link."""
        if not self._left:
            self.exhausted = True
            return None
        self._left -= 1
        return signatures.verify(certificate, issuer)


class Search:
    """The paths of one leaf; ``exhausted`` is whether some of them were not followed to the end."""

    def __init__(self, sent: Sequence[Certificate], store: TrustStore, signed_by: Signed) -> None:
        """Search from ``sent[0]``; none of ``sent`` may be there twice."""
        self._sent = sent[:_MOST_SENT]
        self._store = store
        self._signed_by = signed_by
        self._steps = 0
        self._ends: list[tuple[Path, PathEnd]] = []
        self.exhausted = len(sent) > _MOST_SENT

    def to_roots(self) -> Iterator[Path]:
        """Yield the paths to configured roots, the likeliest first."""
        yield from self._extend((self._sent[0],))

    def ends(self) -> list[tuple[Path, PathEnd]]:
        """Return the paths that `to_roots` left because no root ends them, the longest first."""
        return sorted(
            self._ends, key=lambda end: (-len(end[0]), end[1] is not PathEnd.UNTRUSTED_ROOT)
        )

    def _extend(self, path: Path) -> Iterator[Path]:
        last = path[-1]
        if self._store.is_root(last):
            yield path
            return
        if is_self_signed(last, self._signed_by):
            end = PathEnd.UNTRUSTED_ROOT if path[1:] else PathEnd.SELF_SIGNED_LEAF
            self._ends.append((path, end))
            return
        self._steps += 1
        if len(path) >= LONGEST_PATH or self._steps > _MOST_STEPS:
            self.exhausted = True
            self._ends.append((path, PathEnd.MISSING_ISSUER))
            return
        issuers, looped = self._issuers(path)
        for issuer in issuers:
            yield from self._extend((*path, issuer))
        if not issuers:
            self._ends.append((path, PathEnd.LOOP if looped else PathEnd.MISSING_ISSUER))

    def _issuers(self, path: Path) -> tuple[list[Certificate], bool]:
        """Return the issuers to go on with, and whether one of them is on the path already."""
        last = path[-1]
        signers, broken, looped = [], [], False
        for issuer in self._candidates(last):
            signed = self._signed_by(last, issuer) is not False
            if _is_on(path, issuer):
                looped = looped or signed
            elif signed:
                signers.append(issuer)
            elif not differ_in_key_id(last, issuer):
                # Its name, and its key identifier, say that it is the issuer: so the signature
                # is at fault.
                broken.append(issuer)
        return signers or broken, looped

    def _candidates(self, child: Certificate) -> list[Certificate]:
        """Return those that bear the issuer's name, the likeliest first."""
        name = child.issuer.der
        sent = {one.sha256: one for one in self._sent if one.subject.der == name}
        found = sent | {one.sha256: one for one in self._store.named(name)}
        found.pop(child.sha256, None)
        if len(found) == 1:
            return list(found.values())

        def unlikeliness(issuer: Certificate) -> tuple[bool, bool, bool, bool, float]:
            limits = issuer.basic_constraints
            return (
                differ_in_key_id(child, issuer),
                not self._store.is_root(issuer),
                limits is None or not limits.ca,
                issuer.sha256 not in sent,
                -issuer.not_after.timestamp(),
            )

        return sorted(found.values(), key=unlikeliness)


def is_self_signed(certificate: Certificate, signed_by: Signed) -> bool:
    """Whether a certificate is signed with its own key, as far as that can be told."""
    return certificate.self_issued and signed_by(certificate, certificate) is not False


def differ_in_key_id(child: Certificate, issuer: Certificate) -> bool:
    """Whether both name the issuer's key, and differ (RFC 5280, 4.2.1.1)."""
    wanted, own = child.authority_key_id, issuer.subject_key_id
    return wanted is not None and own is not None and wanted != own


def _is_on(path: Path, issuer: Certificate) -> bool:
    """Whether ``path`` has this authority already; another certificate for it changes nothing."""
    return any(
        member.subject.der == issuer.subject.der and member.public_key_der == issuer.public_key_der
        for member in path
    )

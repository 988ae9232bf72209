"""Certificates of one file → which of them are judged, and which are their issuers.

Where the file holds private keys, the certificates of those keys are judged; otherwise those
that issue no other one in the file. Paths go by name and key identifier only: whether the
signatures hold is for `probe.pki.chain` to say.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from probe.model.certificate import Certificate, Presented
from probe.pki.certificate import load
from probe.pki.container.contents import Entry, Member, tally
from probe.pki.container.keys import KeyFacts, canonical

_MAX_PATH = 20


def group(
    members: Sequence[Member], keys: Sequence[KeyFacts] = ()
) -> tuple[tuple[Entry, ...], list[str]]:
    """Return the entries in the order of the file, and notes on what was left out."""
    unique = list({member.der: member for member in reversed(members)}.values())[::-1]
    notes = tally({"the same certificate again": len(members) - len(unique)})
    if len(unique) == 1 and not keys:  # the common case needs no decoding
        return (_alone(unique[0]),), notes
    family = _Family([load(member.der) for member in unique])
    owners = _owners(unique, family.members, keys)
    subjects = sorted(owners) if owners else family.ends()
    paths = {subject: family.path(subject) for subject in subjects}
    used = set(paths).union(*paths.values())
    strays = [index for index in range(len(unique)) if index not in used]
    alone = len(subjects) == 1
    if strays and not alone:
        notes += tally({"a certificate on no path": len(strays)})
    foreign = bool(keys) and not owners
    compared = all(key.public_key for key in keys)
    if foreign and compared:
        notes.append("no private key of the file belongs to a certificate of it")
    return tuple(
        Entry(
            certificate=unique[subject].der,
            issuers=_octets(unique, (*path, *strays) if alone else path),
            has_private_key=foreign or subject in owners,
            key_matches=_matches(owners.get(subject), foreign=foreign, compared=compared),
            provider=_provider(owners.get(subject), keys),
            label=_label(unique[subject], owners.get(subject)),
            holder=unique[subject].holder,
        )
        for subject, path in paths.items()
    ), notes


def _alone(member: Member) -> Entry:
    return Entry(certificate=member.der, label=member.label, holder=member.holder)


def _octets(members: Sequence[Member], indices: Iterable[int]) -> tuple[bytes, ...]:
    return tuple(members[index].der for index in indices)


def _matches(key: KeyFacts | None, *, foreign: bool, compared: bool) -> bool | None:
    if foreign:
        return False if compared else None
    return True if key is not None and key.public_key else None


def _provider(key: KeyFacts | None, keys: Sequence[KeyFacts]) -> str | None:
    if key is not None:
        return key.provider
    return keys[0].provider if len(keys) == 1 else None


def _label(member: Member, key: KeyFacts | None) -> str | None:
    return member.label or (key.name if key is not None else None)


def _owners(
    members: Sequence[Member], presented: Sequence[Presented], keys: Sequence[KeyFacts]
) -> dict[int, KeyFacts]:
    """Return the key of each certificate that has one; a key that was opened is believed first."""
    if not keys:
        return {}
    found: dict[int, KeyFacts] = {}
    by_key: dict[bytes, list[int]] = {}
    for index, certificate in enumerate(presented):
        if isinstance(certificate, Certificate):
            by_key.setdefault(canonical(certificate.public_key_der), []).append(index)
    for key in keys:
        if key.public_key is not None:
            for index in by_key.get(canonical(key.public_key), ()):
                found.setdefault(index, key)
    by_identifier = {
        member.identifier: index for index, member in enumerate(members) if member.identifier
    }
    for key in keys:
        if key.public_key is None and key.identifier in by_identifier:
            found.setdefault(by_identifier[key.identifier], key)
    return found


class _Family:
    """Who issued whom, by name."""

    def __init__(self, members: Sequence[Presented]) -> None:
        self.members = members
        self._by_subject: dict[bytes, list[tuple[int, Certificate]]] = {}
        for index, member in enumerate(members):
            if isinstance(member, Certificate):
                self._by_subject.setdefault(member.subject.der, []).append((index, member))

    def ends(self) -> list[int]:
        """Return the certificates that issue no other one; all, should they issue each other."""
        issuing: set[int] = set()
        names = {
            member.issuer.der
            for member in self.members
            if isinstance(member, Certificate) and not member.self_issued
        }
        for name in names:
            issuing.update(index for index, _ in self._by_subject.get(name, ()))
        ends = [index for index in range(len(self.members)) if index not in issuing]
        return ends or list(range(len(self.members)))

    def path(self, start: int) -> list[int]:
        """Return the issuers of a certificate, nearest first."""
        found: list[int] = []
        seen = {start}
        current = self.members[start]
        while (
            isinstance(current, Certificate) and not current.self_issued and len(found) < _MAX_PATH
        ):
            fitness = {
                index: _fitness(issuer, current)
                for index, issuer in self._by_subject.get(current.issuer.der, ())
                if index not in seen
            }
            if not fitness:
                break
            best = max(fitness, key=fitness.__getitem__)
            found.append(best)
            seen.add(best)
            current = self.members[best]
        return found


def _fitness(issuer: Certificate, child: Certificate) -> tuple[bool, datetime]:
    """Prefer the issuer whose key identifier fits, then the one that lives longest."""
    fits = issuer.subject_key_id is not None and issuer.subject_key_id == child.authority_key_id
    return fits, issuer.not_after

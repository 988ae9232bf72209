"""What the certificates of one run say of each other: copies, namesakes, renewals."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice

import msgspec

from probe.model.certificate import Certificate, Presented
from probe.model.file import CertificateFile, Estate

_LISTED = 24
_COMPARED = 256

# AD CS renews when a fifth of the lifetime is left, or six weeks, as the template says;
# administrators are earlier than that.
_RENEWAL_SHARE = 4
_RENEWAL_TIME = timedelta(weeks=8)

_Names = tuple[str, bytes, str]


class Placed(msgspec.Struct, frozen=True):
    """A certificate in its file; ``holder`` is the account that requested it, if that is known."""

    file: CertificateFile
    profile: str
    certificate: Presented
    holder: str | None = None

    @property
    def place(self) -> str:
        """Where it is, for people."""
        label = self.file.label if self.file.entries > 1 else None
        return f"{self.file.path} ({label})" if label else self.file.path


def survey(placed: Sequence[Placed]) -> list[Estate]:
    """Return what concerns each certificate; they are compared within their profiles."""
    copies: dict[tuple[str, str, bool], list[Placed]] = {}
    namesakes: dict[_Names, dict[str, Placed]] = {}
    different: dict[str, set[str]] = {}
    for one in placed:
        copies.setdefault(_copy_key(one), []).append(one)
        different.setdefault(one.profile, set()).add(one.certificate.sha256)
        if names := _names(one):
            namesakes.setdefault(names, {}).setdefault(one.certificate.sha256, one)
    found = []
    for one in placed:
        same = copies[_copy_key(one)]
        names = _names(one)
        others = namesakes[names] if names else {}
        found.append(
            Estate(
                certificates=len(different[one.profile]),
                copies=_places(other for other in same if other is not one),
                **_others(one, others),
            )
            if len(same) > 1 or len(others) > 1
            else Estate(certificates=len(different[one.profile]))
        )
    return found


def _copy_key(one: Placed) -> tuple[str, str, bool]:
    return one.profile, one.certificate.sha256, one.file.has_private_key


def _names(one: Placed) -> _Names | None:
    """Return what must be unique: the subject, and the first alternative name, which counts."""
    certificate = one.certificate
    if not isinstance(certificate, Certificate):
        return None
    first = certificate.names[0].value.lower() if certificate.names else ""
    if certificate.subject.empty and not first:
        return None
    return one.profile, certificate.subject.der, first


def _others(one: Placed, same_names: dict[str, Placed]) -> dict[str, tuple[str, ...]]:
    """Tell renewals from clashes; how many are compared is bounded, so that a run stays linear."""
    apart: dict[bool, list[Placed]] = {True: [], False: []}
    for sha256, other in islice(same_names.items(), _COMPARED):
        if sha256 != one.certificate.sha256:
            apart[_one_holder(one, other)].append(other)
    return {"renewals": _places(apart[True]), "namesakes": _places(apart[False])}


def _places(others: Iterable[Placed]) -> tuple[str, ...]:
    return tuple(other.place for other in islice(others, _LISTED))


def _one_holder(one: Placed, other: Placed) -> bool:
    """Whether two certificates with the same names belong to one holder, one after the other."""
    if one.holder is not None and other.holder is not None:
        return one.holder.casefold() == other.holder.casefold()
    first, second = one.certificate, other.certificate
    if not isinstance(first, Certificate) or not isinstance(second, Certificate):
        return False
    if first.not_before > second.not_before:
        first, second = second, first
    left = first.not_after - second.not_before
    return left <= max((first.not_after - first.not_before) / _RENEWAL_SHARE, _RENEWAL_TIME)

"""What a certificate must be to pass a profile, read from the very rules that will judge it.

Nothing about a profile is written here: purposes, key lengths and names stand in the parameters
of its rules. So a threshold changed in a catalogue, or a profile added to it, changes what is
requested as well as what is judged.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from probe.checks.suggest import nearest
from probe.model.rule import Catalogue, Profile, Rule

ANY = "any"
_PREFERRED = (2048, 3072, 4096)
_RSA = "rsa"

UNDERSTOOD = frozenset(
    {
        "alternative_names",
        "common_name_only",
        "contains_internet_name",
        "contains_intranet_name",
        "file_format",
        "has_eku",
        "has_key_usage",
        "holds_private_key",
        "key_algorithm",
        "key_length",
        "legacy_provider",
        "lifetime_at_least",
        "signature_hash",
        "subject_has_computer_name",
        "subject_has_name",
    }
)
"""The checks that say something about a request."""


class NoRequestError(ValueError):
    """There is no certificate to request for this profile; the message says why."""


class KeyLength(msgspec.Struct, frozen=True):
    """What one rule asks of the length of an RSA key, in bits."""

    rule: str
    allowed: tuple[int, ...] = ()
    minimum: int | None = None
    maximum: int | None = None

    def fits(self, bits: int) -> bool:
        """Whether a key of this length passes the rule."""
        return (
            (not self.allowed or bits in self.allowed)
            and (self.minimum is None or bits >= self.minimum)
            and (self.maximum is None or bits <= self.maximum)
        )

    def __str__(self) -> str:
        """Read as ``key-length-at-most-2048: at most 2048 bits``."""
        asked = [" or ".join(map(str, self.allowed))] if self.allowed else []
        asked += [] if self.minimum is None else [f"at least {self.minimum}"]
        asked += [] if self.maximum is None else [f"at most {self.maximum}"]
        return f"{self.rule}: {', '.join(asked)} bits"


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules of one profile ask of a certificate that is still to be issued.

    ``purposes`` are OIDs, ``usages`` the words of `Certificate.key_usage`. ``common_names`` are
    keys of `Names` whose value must be the common name. ``intranet`` and ``internet`` say that
    the FQDN for those clients must be there where they connect; ``…_always`` wherever they do.
    ``computer`` is whether a subject must name the computer, ``subject_only`` whether it is one
    common name and nothing else, ``alternatives`` how many values the subject alternative name
    may have (None: any number). ``days`` is the validity, ``formats`` are those of the exported
    file (empty: none is exported). ``legacy_provider`` is whether the key cannot be in CNG.
    """

    profile: Profile
    purposes: tuple[str, ...]
    usages: tuple[str, ...] = ()
    lengths: tuple[KeyLength, ...] = ()
    hashes: tuple[str, ...] = ()
    common_names: tuple[str, ...] = ()
    intranet: bool = False
    intranet_always: bool = False
    internet: bool = False
    internet_always: bool = False
    computer: bool = False
    subject_only: bool = False
    alternatives: int | None = None
    exportable: bool = False
    formats: tuple[str, ...] = ()
    days: float | None = None
    legacy_provider: bool = False

    def refused(self, bits: int) -> KeyLength | None:
        """Return the first rule that a key of this length does not pass."""
        return next((length for length in self.lengths if not length.fits(bits)), None)

    @property
    def bits(self) -> int:
        """The length to choose when nobody asks for another; `NoRequestError` if none fits."""
        named = sorted({bits for length in self.lengths for bits in length.allowed})
        limits = [one for length in self.lengths for one in (length.minimum, length.maximum) if one]
        for bits in (*_PREFERRED, *named, *limits):
            if self.refused(bits) is None:
                return bits
        asked = "; ".join(map(str, self.lengths))
        raise NoRequestError(f'no key length passes the rules of "{self.profile.id}" ({asked})')


def derive(catalogue: Catalogue, profile: str, roles: tuple[str, ...] = ()) -> Needs:
    """Return what ``profile`` asks, for a system with these roles.

    `NoRequestError` where no certificate is requested: an unknown profile, "any", authorities.
    """
    known = _profile(catalogue, profile)
    asked = _asked(catalogue, known)
    if asked["is_root_authority"]:
        message = (
            f'"{profile}" is for the certificate of a root, which an authority makes for itself '
            "when it is set up: there is nothing to request"
        )
        raise NoRequestError(message)
    purposes = tuple(dict.fromkeys(params["oid"] for params in asked["has_eku"]))
    if known.id == ANY or not purposes:
        others = ", ".join(_requested(catalogue))
        message = (
            f'"{profile}" asks for no purpose (Enhanced Key Usage), so there is nothing to '
            f"request: choose one of {others}"
        )
        raise NoRequestError(message)
    for params in asked["key_algorithm"]:
        if _RSA not in params["types"]:
            kinds = ", ".join(params["types"])
            raise NoRequestError(f'"{profile}" asks for keys of type {kinds}, not RSA')
    limits = [params["maximum"] for params in asked["alternative_names"] if "maximum" in params]
    inside, outside = asked["contains_intranet_name"], asked["contains_internet_name"]
    return Needs(
        profile=known,
        purposes=purposes,
        usages=tuple(dict.fromkeys(_all(asked["has_key_usage"], "usages"))),
        lengths=_lengths(catalogue, known),
        hashes=_common(asked["signature_hash"], "hashes"),
        common_names=tuple(dict.fromkeys(params["name"] for params in asked["subject_has_name"])),
        intranet=bool(inside),
        intranet_always=bool(set(_all(inside, "internet_only_roles")).intersection(roles)),
        internet=bool(outside),
        internet_always=profile in _all(outside, "always_profiles"),
        computer=bool(asked["subject_has_computer_name"]),
        subject_only=bool(asked["common_name_only"]),
        alternatives=min(limits) if limits else None,
        exportable=bool(asked["holds_private_key"]),
        formats=_common(asked["file_format"], "formats"),
        days=max((params["days"] for params in asked["lifetime_at_least"]), default=None),
        legacy_provider=any(
            profile in params.get("profiles", ())
            or not set(params.get("roles", ())).isdisjoint(roles)
            for params in asked["legacy_provider"]
        ),
    )


def _profile(catalogue: Catalogue, profile: str) -> Profile:
    known = catalogue.profiles.get(profile)
    if known is None:
        hint = nearest(profile, catalogue.profiles)
        raise NoRequestError(f'there is no profile "{profile}"{hint}')
    return known


def _requested(catalogue: Catalogue) -> list[str]:
    """Return the profiles that ask for a purpose."""
    return [
        profile.id
        for profile in catalogue.profiles.values()
        if profile.id != ANY and _asked(catalogue, profile)["has_eku"]
    ]


def _rules(catalogue: Catalogue, profile: Profile) -> list[Rule]:
    """Return the rules that such a certificate will be judged by."""
    everywhere = None if profile.alone else catalogue.profiles.get(ANY)
    ids = (*profile.rules, *(everywhere.rules if everywhere else ()))
    return [catalogue.rules[id_] for id_ in dict.fromkeys(ids)]


def _asked(catalogue: Catalogue, profile: Profile) -> Mapping[str, list[dict[str, Any]]]:
    """Return the parameters of the rules, by the check that they are given to."""
    asked: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rule in _rules(catalogue, profile):
        asked[rule.check].append(rule.params)
    return asked


def _lengths(catalogue: Catalogue, profile: Profile) -> tuple[KeyLength, ...]:
    return tuple(
        KeyLength(
            rule.id,
            tuple(rule.params.get("allowed", ())),
            rule.params.get("minimum"),
            rule.params.get("maximum"),
        )
        for rule in _rules(catalogue, profile)
        if rule.check == "key_length"
    )


def _all(asked: list[dict[str, Any]], key: str) -> list[str]:
    return [value for params in asked for value in params.get(key, ())]


def _common(asked: list[dict[str, Any]], key: str) -> tuple[str, ...]:
    """Return the values that every rule names, in the order of the first."""
    first, *others = [tuple(params[key]) for params in asked] or [()]
    return tuple(str(value) for value in first if all(value in other for other in others))

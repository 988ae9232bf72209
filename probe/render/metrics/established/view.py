"""One target at all its addresses, as exporters see it that know one address and one chain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from probe.model.certificate import Certificate, Presented
from probe.model.finding import Outcome
from probe.model.path import Trust
from probe.model.report import Result
from probe.model.stages import HandshakeFailed, Handshaken
from probe.render.digest import members_of

_MOST = 10  # certificates of one address that are told of


@dataclass(frozen=True)
class View:
    """The results of one target."""

    results: Sequence[Result]

    @cached_property
    def worst(self) -> Result | None:
        """The address that fared worst: it failed, or its chain expires first."""
        return min(
            self.results,
            key=lambda one: (
                isinstance(one.observation.handshake, Handshaken),
                min((c.not_after.timestamp() for c in sent(one)), default=0.0),
            ),
            default=None,
        )

    @property
    def handshake(self) -> Handshaken | HandshakeFailed | None:
        """The handshake of the worst address, if there was one."""
        found = self.worst.observation.handshake if self.worst else None
        return found if isinstance(found, Handshaken | HandshakeFailed) else None

    @property
    def success(self) -> bool:
        """Whether every address completed the handshake."""
        return bool(self.results) and all(
            isinstance(one.observation.handshake, Handshaken) for one in self.results
        )

    @cached_property
    def certificates(self) -> tuple[Certificate, ...]:
        """Every certificate that some address sent, once."""
        return unique(one for result in self.results for one in sent(result))

    @cached_property
    def verified(self) -> tuple[tuple[Certificate, ...], ...]:
        """The chains that lead to a trusted root, once each, the one that expires last first."""
        chains = dict.fromkeys(chain for found in self._verified for chain in found)
        return tuple(sorted(chains, key=expiry, reverse=True))

    @property
    def last_expiry(self) -> float | None:
        """When the last of the trusted chains expires, at the address where that is first."""
        return min((max(map(expiry, found)) for found in self._verified), default=None)

    @cached_property
    def _verified(self) -> tuple[tuple[tuple[Certificate, ...], ...], ...]:
        return tuple(found for one in self.results if (found := trusted(one)))


def sent(result: Result) -> tuple[Certificate, ...]:
    """Return the certificates of a result that could be read, in the order sent.

    Of more than a handful, the first and those that expire first.
    """
    found = [one for one in members_of(result) if isinstance(one, Certificate)]
    if len(found) > _MOST:
        urgent = sorted(found[1:], key=lambda one: one.not_after)
        found = [found[0], *urgent[: _MOST - 1]]
    return tuple(found)


def unique(certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return each certificate once, in order."""
    return tuple({one.sha256: one for one in certificates}.values())


def trusted(result: Result) -> tuple[tuple[Certificate, ...], ...]:
    """Return the paths that lead to a trusted root, also when they have expired since.

    They hold what was sent: a root or an issuer that only our configuration has is not in them.
    """
    outcomes = {finding.outcome for finding in result.findings if finding.rule == "chain-trusted"}
    if outcomes != {Outcome.PASS}:
        return ()
    members = members_of(result)
    others = (one.positions for one in result.alternatives if one.trust is Trust.TRUSTED)
    paths = (_certificates(members, positions) for positions in (_best(result), *others))
    return tuple(path for path in paths if path)


def _best(result: Result) -> tuple[int | None, ...]:
    """Return the places of the best path's members, the leaf first."""
    ends = [at for link in result.links for at in (link.position, link.issuer_position)]
    return tuple(dict.fromkeys(ends))


def _certificates(
    members: Sequence[Presented], positions: Sequence[int | None]
) -> tuple[Certificate, ...]:
    found = (members[at] for at in positions if at is not None)
    return tuple(one for one in found if isinstance(one, Certificate))


def expiry(chain: Sequence[Certificate]) -> float:
    """Return when the first certificate of a chain expires, in seconds since 1970."""
    return min(one.not_after.timestamp() for one in chain)

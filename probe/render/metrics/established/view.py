"""One target at all its addresses, as exporters see it that know one address and one chain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from probe.model.certificate import Certificate
from probe.model.finding import Outcome
from probe.model.report import Result
from probe.model.stages import HandshakeFailed, Handshaken
from probe.pki import signatures
from probe.render.digest import members_of

_VALID = ("chain-trusted", "not-expired", "already-valid")
_LONGEST = 10  # certificates of one address that are told of


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
        """The chains that clients accept, once each, the one that expires last first.

        They are as sent: a root that stayed in the clients' stores is not among them.
        """
        chains = dict.fromkeys(path(sent(one)) for one in self.results if accepted(one))
        chains.pop((), None)
        return tuple(sorted(chains, key=expiry, reverse=True))


def sent(result: Result) -> tuple[Certificate, ...]:
    """Return the certificates of a result that could be read, in the order sent.

    Of more than a handful, the first and those that expire first.
    """
    found = [one for one in members_of(result) if isinstance(one, Certificate)]
    if len(found) > _LONGEST:
        urgent = sorted(found[1:], key=lambda one: one.not_after)
        found = [found[0], *urgent[: _LONGEST - 1]]
    return tuple(found)


def unique(certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return each certificate once, in order."""
    return tuple({one.sha256: one for one in certificates}.values())


def accepted(result: Result) -> bool:
    """Whether the chain leads to a trusted root, and all that was sent of it is valid now."""
    outcomes: dict[str, set[Outcome]] = {rule: set() for rule in _VALID}
    for finding in result.findings:
        if finding.rule in outcomes:
            outcomes[finding.rule].add(finding.outcome)
    return all(
        Outcome.PASS in found and not found & {Outcome.FAIL, Outcome.INDETERMINATE}
        for found in outcomes.values()
    )


def path(chain: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Follow a chain from its first certificate to the last issuer that was sent."""
    found = list(chain[:1])
    while found and not found[-1].self_issued:
        last = found[-1]
        issuer = next((one for one in chain if one not in found and _signed(last, one)), None)
        if issuer is None:
            break
        found.append(issuer)
    return tuple(found)


def expiry(chain: Sequence[Certificate]) -> float:
    """Return when the first certificate of a chain expires, in seconds since 1970."""
    return min(one.not_after.timestamp() for one in chain)


def _signed(certificate: Certificate, issuer: Certificate) -> bool:
    named = certificate.issuer.der == issuer.subject.der
    return named and signatures.verify(certificate, issuer) is True

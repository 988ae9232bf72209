"""A report seen by target: its state, its problems told once, and what expires first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cached_property

from probe.model.certificate import Certificate, Presented
from probe.model.failure import Failure
from probe.model.file import CertificateFile
from probe.model.finding import Finding, Outcome
from probe.model.report import Report, Result
from probe.model.rule import Severity
from probe.model.stages import Failed, HandshakeFailed, Handshaken
from probe.model.target import Target
from probe.pki import certificate as certificates
from probe.render.files import FromFile, file_of, shown


class State(IntEnum):
    """What to think of a target, the worst first."""

    UNREACHABLE = 0
    FAILING = 1
    WARNING = 2
    UNJUDGED = 3
    GOOD = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding and the result that it belongs to."""

    result: Result
    finding: Finding


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule's findings of one outcome, over certificates, addresses, profiles and targets."""

    rule: str
    severity: Severity
    seen: tuple[Seen, ...]

    @property
    def targets(self) -> dict[str, list[Seen]]:
        """The findings by target id, in the order of the report."""
        by_target: dict[str, list[Seen]] = {}
        for seen in self.seen:
            by_target.setdefault(seen.result.target.id, []).append(seen)
        return by_target


@dataclass(frozen=True)
class TargetView:
    """One target with the results of all its addresses, or one certificate of a file."""

    target: Target
    results: tuple[Result, ...]

    @property
    def file(self) -> CertificateFile | None:
        """The file that the certificate is from, if it is from one."""
        return file_of(self.results[0])

    @cached_property
    def chains(self) -> dict[tuple[bytes, ...], list[Result]]:
        """The different chains that came, each with the results that brought it."""
        chains: dict[tuple[bytes, ...], list[Result]] = {}
        for result in self.results:
            if received := chain_of(result):
                chains.setdefault(received, []).append(result)
        return chains

    @cached_property
    def first_expiry(self) -> Certificate | None:
        """The certificate that expires first, not counting roots sent along."""
        return min(
            (
                certificate
                for results in self.chains.values()
                for position, certificate in enumerate(members_of(results[0]))
                if isinstance(certificate, Certificate)
                and not (position and certificate.self_issued)
            ),
            key=lambda certificate: certificate.not_after,
            default=None,
        )

    @cached_property
    def failures(self) -> tuple[Problem, ...]:
        """What failed, the worst first."""
        return problems(self.results, Outcome.FAIL)

    @cached_property
    def blocked(self) -> dict[str | None, Failure]:
        """Why each address that brought no chain did not."""
        return {result.address: failure for result in self.results if (failure := blocked(result))}

    @cached_property
    def unjudged(self) -> tuple[Problem, ...]:
        """What could not be judged; where some address was reached, of those that were."""
        reached = tuple(result for result in self.results if chain_of(result))
        return problems(reached or self.results, Outcome.INDETERMINATE)

    @cached_property
    def state(self) -> State:
        """The state, the worst that holds."""
        if not self.chains:
            return State.UNREACHABLE
        worst = self.failures[0].severity if self.failures else Severity.NOTICE
        if worst is Severity.ERROR:
            return State.FAILING
        if worst is Severity.WARNING:
            return State.WARNING
        # A warning that could not be judged is told, but makes no good target doubtful.
        doubtful = any(problem.severity is Severity.ERROR for problem in self.unjudged)
        return State.UNJUDGED if doubtful or self.blocked else State.GOOD

    @property
    def failure(self) -> Failure | None:
        """Why the first address that brought no chain did not."""
        return next(iter(self.blocked.values()), None)


def views(report: Report) -> tuple[TargetView, ...]:
    """Group the results by target, in the order of the report."""
    by_target: dict[str, list[Result]] = {}
    for result in shown(report):
        by_target.setdefault(result.target.id, []).append(result)
    return tuple(TargetView(group[0].target, tuple(group)) for group in by_target.values())


def chain_of(result: Result) -> tuple[bytes, ...]:
    """Return the certificates of a result as sent, whether or not the handshake succeeded."""
    if isinstance(result, FromFile):
        return tuple([one.der for one in result.presented])
    handshake = result.observation.handshake
    if isinstance(handshake, Handshaken | HandshakeFailed):
        return handshake.chain.certificates
    return ()


def members_of(result: Result) -> tuple[Presented, ...]:
    """Return the certificates of a result, decoded."""
    return result.presented if isinstance(result, FromFile) else decoded(chain_of(result))


def decoded(chain: Sequence[bytes]) -> tuple[Presented, ...]:
    """Decode what was sent."""
    return tuple(map(certificates.load, chain))


def blocked(result: Result) -> Failure | None:
    """Return what kept a result from having a chain, or None if it has one."""
    if chain_of(result):
        return None
    seen = result.observation
    for stage in (
        seen.resolution,
        seen.browser,
        seen.connection,
        seen.proxy,
        seen.prelogin,
        seen.handshake,
    ):
        if isinstance(stage, Failed | HandshakeFailed):
            return stage.failure
    return None


def problems(results: Iterable[Result], outcome: Outcome) -> tuple[Problem, ...]:
    """Gather the findings of one outcome by rule: worst severity first, then as reported.

    The same answer given for two profiles is one.
    """
    by_rule: dict[str, dict[object, Seen]] = {}
    for result in results:
        for finding in result.findings:
            if finding.outcome is outcome:
                same = (
                    result.target.id,
                    result.address,
                    finding.subject,
                    finding.observed,
                    finding.expected,
                )
                by_rule.setdefault(finding.rule, {}).setdefault(same, Seen(result, finding))
    found = (
        Problem(
            rule,
            min((seen.finding.severity for seen in group.values()), key=lambda s: s.rank),
            tuple(group.values()),
        )
        for rule, group in by_rule.items()
    )
    return tuple(sorted(found, key=lambda problem: problem.severity.rank))


def earliest(targets: Iterable[TargetView]) -> tuple[TargetView, datetime] | None:
    """Return the target whose chain expires first, and when."""
    return min(
        ((view, view.first_expiry.not_after) for view in targets if view.first_expiry),
        key=lambda pair: pair[1],
        default=None,
    )

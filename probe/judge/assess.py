"""Ask every rule of a target's profiles, of the right certificates, whatever was seen."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from probe.checks import Kind
from probe.checks.verdicts import no_leaf, undecodable
from probe.judge.evidence import gather
from probe.judge.plan import IssuerFindings, Plan, Step
from probe.model.certificate import Certificate, Presented
from probe.model.evidence import Evidence
from probe.model.finding import Finding, Judgement, Outcome, SubjectCertificate
from probe.model.observation import AddressObservation
from probe.model.report import Result
from probe.model.target import Target
from probe.pki.links import alternatives, links
from probe.pki.trust import TrustStore

_log = logging.getLogger(__name__)
# To look a member of an enumeration up takes four times as long as a name: 34 times a target.
_ENDPOINT = Kind.ENDPOINT


def assess(
    target: Target,
    observations: Sequence[AddressObservation],
    plan: Plan,
    store: TrustStore,
    as_of: datetime,
) -> tuple[Result, ...]:
    """Judge what was observed of ``target``: one result for each observation, in their order."""
    return tuple(
        Result(
            target,
            seen.address,
            seen.observation,
            judge(evidence, plan),
            links(evidence.explanation, as_of),
            alternatives(evidence.explanation),
        )
        for seen, evidence in zip(
            observations, gather(target, observations, store, as_of), strict=True
        )
    )


def judge(evidence: Evidence, plan: Plan) -> tuple[Finding, ...]:
    """Judge one piece of evidence by the profiles of its target, in the order of their rules."""
    plan.judge_at(evidence.as_of)
    return tuple(_Judging(evidence, plan).findings())


class _Judging:
    """One piece of evidence while it is judged."""

    __slots__ = ("_as_of", "_evidence", "_internet", "_issuers", "_nothing_looked_up", "_plan")

    def __init__(self, evidence: Evidence, plan: Plan) -> None:
        self._evidence = evidence
        self._plan = plan
        self._as_of = evidence.as_of
        self._internet = evidence.target.accepts_internet
        self._nothing_looked_up = not (evidence.observation and evidence.observation.revocation)
        # A root is no link of the chain, and a certificate sent twice is still one.
        left_out = (*evidence.explanation.roots_sent, *evidence.explanation.duplicates)
        members = list(enumerate(evidence.presented))[1:]
        self._issuers = [one for one in members if one[0] not in left_out] if left_out else members

    def findings(self) -> list[Finding]:
        """Return the findings of every step. This runs for every rule of every target."""
        evidence, internet = self._evidence, self._internet
        found: list[Finding] = []
        missing = ""
        leaf = subject = None
        if evidence.presented:
            leaf = evidence.presented[0]
            subject = SubjectCertificate(0, leaf.sha256)
        else:
            missing = no_leaf(evidence) or ""
        steps = self._plan.steps(evidence.target.profiles, evidence.source)
        for step, of_issuers in zip(steps, self._of_issuers(steps), strict=True):
            severity = step.severity if internet else step.severity_intranet
            if step.unobservable is not None:
                found.append(step.unobservable)
            elif step.kind is _ENDPOINT:
                found.append(step.shared(self._of_all(step), severity))
            elif leaf is None:
                found.append(step.shared(self._unseen(step, missing), severity))
            else:
                if step.of_leaf:
                    found.append(step.finding(self._of_one(step, 0, leaf), subject, severity))
                if step.of_issuers:
                    found += self._each_issuer(step) if of_issuers is None else of_issuers
        return found

    def _of_issuers(self, steps: Sequence[Step]) -> IssuerFindings:
        """Return what each step finds of the issuers; None where other evidence counts too.

        A fleet has few issuers, and what is found of them is two thirds of all findings: their
        findings are looked up together, in 1 us for all of a target's issuers and rules.
        """
        target = self._evidence.target
        key = (
            target.profiles,
            self._evidence.source,
            self._internet,
            self._nothing_looked_up,
            tuple([(position, presented.sha256) for position, presented in self._issuers]),
        )
        known = self._plan.recall(key)
        if known is None:
            known = tuple(
                tuple(self._each_issuer(step)) if self._is_alone(step) else None for step in steps
            )
            self._plan.remember(key, known)
        return known

    def _is_alone(self, step: Step) -> bool:
        """Whether what a step finds of an issuer depends on that, and on nothing else."""
        alone = step.on_certificate or (step.kind is Kind.RECORDED and self._nothing_looked_up)
        return alone and step.of_issuers and step.unobservable is None

    def _each_issuer(self, step: Step) -> Iterator[Finding]:
        severity = step.severity if self._internet else step.severity_intranet
        if not self._issuers and not step.of_leaf:
            yield step.shared(step.none_sent, severity)
        for position, presented in self._issuers:
            judgement = self._of_one(step, position, presented)
            yield step.finding(judgement, SubjectCertificate(position, presented.sha256), severity)

    def _of_one(self, step: Step, position: int, presented: Presented) -> Judgement:
        if not isinstance(presented, Certificate) and step.kind is not Kind.OCTETS:
            return self._unseen(step, undecodable(presented, position))
        try:
            return step.ask(presented, self._as_of if step.on_certificate else self._evidence)
        except Exception as error:  # noqa: BLE001 - a broken check must not end the run
            return self._broken(step, error)

    def _unseen(self, step: Step, because: str) -> Judgement:
        """Judge without a certificate: what does not concern the target is still not applicable."""
        settled = step.settled(self._evidence.target) if step.settled else None
        return settled or _indeterminate(because, step)

    def _of_all(self, step: Step) -> Judgement:
        try:
            return step.ask(self._evidence)
        except Exception as error:  # noqa: BLE001 - likewise
            return self._broken(step, error)

    def _broken(self, step: Step, error: Exception) -> Judgement:
        _log.exception("rule %s failed to judge %s", step.rule, self._evidence.target.id)
        return _indeterminate(f"internal error: {type(error).__name__}", step)


def _indeterminate(because: str, step: Step) -> Judgement:
    return Judgement(Outcome.INDETERMINATE, because, step.title)

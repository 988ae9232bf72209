"""Ask every rule of a target's profiles, of the right certificates, whatever was seen."""

import logging
from collections.abc import Sequence
from datetime import datetime

from probe.checks import Kind
from probe.checks.verdicts import no_leaf, undecodable
from probe.judge.evidence import gather
from probe.judge.plan import Plan, Step
from probe.model.certificate import Certificate, Presented
from probe.model.evidence import Evidence
from probe.model.finding import Finding, Judgement, Outcome, SubjectCertificate
from probe.model.observation import AddressObservation
from probe.model.report import Result
from probe.model.rule import Severity
from probe.model.target import Target
from probe.pki.links import alternatives, links
from probe.pki.trust import TrustStore

_log = logging.getLogger(__name__)


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
    steps = plan.steps(evidence.target.profiles, evidence.source)
    return tuple(_Judging(evidence).findings(steps))


class _Judging:
    """One piece of evidence while it is judged."""

    __slots__ = ("_as_of", "_evidence", "_issuers", "_leaf", "_missing")

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._as_of = evidence.as_of
        members = [
            (presented, SubjectCertificate(position, presented.sha256))
            for position, presented in enumerate(evidence.presented)
        ]
        # A root is no link of the chain, and a certificate sent twice is still one.
        left_out = {*evidence.explanation.roots_sent, *evidence.explanation.duplicates}
        self._leaf = members[0] if members else None
        self._issuers = [one for one in members[1:] if one[1].position not in left_out]
        self._missing = no_leaf(evidence) or ""

    def findings(self, steps: Sequence[Step]) -> list[Finding]:
        """Return the findings of every step. This runs for every rule of every target."""
        found: list[Finding] = []
        internet = self._evidence.target.accepts_internet
        for step in steps:
            severity = step.severity if internet else step.severity_intranet
            if step.unobservable is not None:
                found.append(step.unobservable)
            elif step.kind is Kind.ENDPOINT:
                found.append(_shared(step, self._ask(step, self._evidence), severity))
            elif self._leaf is None:
                found.append(_shared(step, _indeterminate(self._missing, step), severity))
            else:
                if step.of_leaf:
                    presented, subject = self._leaf
                    judgement = self._of_one(step, presented, subject)
                    found.append(step.finding(judgement, subject, severity))
                if step.of_issuers:
                    self._of_issuers(step, severity, found)
        return found

    def _of_issuers(self, step: Step, severity: Severity, found: list[Finding]) -> None:
        if not self._issuers and not step.of_leaf:
            found.append(_shared(step, step.none_sent, severity))
        for presented, subject in self._issuers:
            key = (presented.sha256, subject.position, severity) if step.on_certificate else None
            known = step.recall(key) if key else None
            if known is None:
                judgement = self._of_one(step, presented, subject)
                known = step.finding(judgement, subject, severity)
                if key:
                    step.remember(key, known)
            found.append(known)

    def _of_one(self, step: Step, presented: Presented, subject: SubjectCertificate) -> Judgement:
        if not isinstance(presented, Certificate) and step.kind is not Kind.OCTETS:
            return _indeterminate(undecodable(presented, subject.position), step)
        return self._ask(step, presented, self._as_of if step.on_certificate else self._evidence)

    def _ask(self, step: Step, *asked: object) -> Judgement:
        try:
            return step.ask(*asked)
        except Exception as error:  # noqa: BLE001 - a broken check must not end the run
            _log.exception("rule %s failed to judge %s", step.rule, self._evidence.target.id)
            return _indeterminate(f"internal error: {type(error).__name__}", step)


def _indeterminate(because: str, step: Step) -> Judgement:
    return Judgement(Outcome.INDETERMINATE, because, step.title)


def _shared(step: Step, judgement: Judgement, severity: Severity) -> Finding:
    """Return a finding about the whole; equal ones of many targets are one object."""
    key = (judgement, severity)
    return step.recall(key) or step.remember(key, step.finding(judgement, None, severity))

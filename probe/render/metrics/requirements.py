"""The verdicts as samples: one for each rule of each profile, the worst over its certificates."""

from collections.abc import Iterable, Iterator

from probe.model.finding import Finding, Outcome
from probe.model.rule import Severity
from probe.render.metrics.families import INDETERMINATE, PASSED
from probe.render.metrics.family import Rank
from probe.render.metrics.line import line
from probe.render.metrics.sample import Sample

_WORSE = {Outcome.FAIL: 0, Outcome.INDETERMINATE: 1, Outcome.PASS: 2}
_FAILED = {
    Severity.ERROR: Rank.FAILED_ERROR,
    Severity.WARNING: Rank.FAILED_WARNING,
    Severity.NOTICE: Rank.FAILED_NOTICE,
}

ALARMS = frozenset(
    {
        "sha2-signature",
        "not-expired",
        "already-valid",
        "expires-imminently",
        "expires-soon",
        "chain-trusted",
        "crl-current",
        "not-revoked",
    }
)
"""Rules that alerts are made of: told of a failure before any other."""


def requirements(findings: Iterable[Finding]) -> Iterator[Sample]:
    """Yield the samples of all rules that were judged, or should have been; the grave first."""
    worst: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        weight = _WORSE.get(finding.outcome)
        if weight is None:
            continue
        key = (finding.profile, finding.rule)
        if key not in worst or weight < _WORSE[worst[key].outcome]:
            worst[key] = finding
    for finding in sorted(worst.values(), key=lambda one: one.severity.rank):
        yield _sample(finding)


def _sample(finding: Finding) -> Sample:
    profile, rule, severity = finding.profile, finding.rule, finding.severity
    match finding.outcome:
        case Outcome.INDETERMINATE:
            return Sample(Rank.INDETERMINATE, line(INDETERMINATE, profile, rule), 1.0)
        case Outcome.FAIL:
            rank = Rank.ALARM if rule in ALARMS else _FAILED[severity]
            return Sample(rank, line(PASSED, profile, rule, severity), 0.0)
        case _:
            return Sample(Rank.PASSED, line(PASSED, profile, rule, severity), 1.0)

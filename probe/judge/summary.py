"""A report in numbers."""

from collections import Counter
from collections.abc import Iterable

from probe.model.finding import Outcome
from probe.model.report import Failures, Result, Summary
from probe.model.rule import Severity
from probe.model.stages import Skipped


def summarize(results: Iterable[Result]) -> Summary:
    """Count targets, those that showed a chain, failures by severity, and what is undecided."""
    targets = set()
    reachable = set()
    failures: Counter[Severity] = Counter()
    indeterminate = 0
    for result in results:
        targets.add(result.target.id)
        handshake = result.observation.handshake
        if not isinstance(handshake, Skipped) and handshake.chain:
            reachable.add(result.target.id)
        for finding in result.findings:
            if finding.outcome is Outcome.FAIL:
                failures[finding.severity] += 1
            elif finding.outcome is Outcome.INDETERMINATE:
                indeterminate += 1
    return Summary(
        targets=len(targets),
        reachable=len(reachable),
        findings=Failures(
            error=failures[Severity.ERROR],
            warning=failures[Severity.WARNING],
            notice=failures[Severity.NOTICE],
        ),
        indeterminate=indeterminate,
    )

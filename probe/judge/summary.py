"""A report in numbers."""

from collections import Counter
from collections.abc import Iterable

from probe.model.finding import Finding, Outcome
from probe.model.report import Failures, FileResult, Result, Summary
from probe.model.rule import Severity
from probe.model.stages import Skipped

# To look a member of an enumeration up takes four times as long as a name, and there are more
# than a hundred findings a target.
_FAIL = Outcome.FAIL
_INDETERMINATE = Outcome.INDETERMINATE


def summarize(results: Iterable[Result], files: Iterable[FileResult] = ()) -> Summary:
    """Count targets, those that showed a chain, failures by severity, and what is undecided.

    Each certificate of a file counts as a target.
    """
    targets: set[object] = set()
    reachable: set[object] = set()
    failures: Counter[Severity] = Counter()
    indeterminate = 0
    for result in results:
        targets.add(result.target.id)
        handshake = result.observation.handshake
        if not isinstance(handshake, Skipped) and handshake.chain:
            reachable.add(result.target.id)
        indeterminate += _count(result.findings, failures)
    for number, file in enumerate(files):
        targets.add(number)
        if file.presented:
            reachable.add(number)
        indeterminate += _count(file.findings, failures)
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


def _count(findings: Iterable[Finding], failures: Counter[Severity]) -> int:
    """Add what failed to ``failures`` and return how many are undecided."""
    indeterminate = 0
    for finding in findings:
        outcome = finding.outcome
        if outcome is _FAIL:
            failures[finding.severity] += 1
        elif outcome is _INDETERMINATE:
            indeterminate += 1
    return indeterminate

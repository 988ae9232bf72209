"""From a report to the exit status."""

from probe.model.finding import Outcome
from probe.model.report import FileResult, Report, Result
from probe.model.rule import Severity
from probe.render.nagios import exit_code

PASSED, FAILED, USAGE, UNJUDGED = range(4)


def status(report: Report, *, format_: str, fail_on: Severity, signal: int | None) -> int:
    """Return the exit status: 128 and the signal when interrupted, else what the report says.

    1 when something of at least ``fail_on`` failed, else 3 when something that weighs as much
    could not be judged or a target was not reached, else 0. A Nagios plugin has its own meaning
    of 0 to 3.
    """
    if signal is not None:
        return 128 + signal
    if format_ == "nagios":
        return exit_code(report)
    summary = report.summary
    failed = {
        Severity.ERROR: summary.findings.error,
        Severity.WARNING: summary.findings.warning,
        Severity.NOTICE: summary.findings.notice,
    }
    if any(count for severity, count in failed.items() if severity.rank <= fail_on.rank):
        return FAILED
    judged: tuple[Result | FileResult, ...] = (*report.results, *report.files)
    if summary.reachable < summary.targets or any(
        finding.outcome is Outcome.INDETERMINATE and finding.severity.rank <= fail_on.rank
        for result in judged
        for finding in result.findings
    ):
        return UNJUDGED
    return PASSED

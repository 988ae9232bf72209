"""The exit status follows from the summary of the report."""

from datetime import UTC, datetime

import pytest

from probe.cli.status import status
from probe.model.report import CatalogueInfo, Failures, Report, Summary, Tool
from probe.model.rule import Severity

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ERROR, WARNING, NOTICE = Severity


def report(*, targets=3, reachable=3, indeterminate=0, **failed) -> Report:
    return Report(
        tool=Tool("cmprobe", "0"),
        catalogue=CatalogueInfo("1", "sha256:0"),
        started=NOW,
        finished=NOW,
        as_of=NOW,
        summary=Summary(targets, reachable, Failures(**failed), indeterminate),
        results=(),
    )


@pytest.mark.parametrize(
    ("made", "fail_on", "expected"),
    [
        (report(), ERROR, 0),
        (report(targets=0, reachable=0), ERROR, 0),
        (report(error=1), ERROR, 1),
        (report(error=1), NOTICE, 1),
        (report(warning=1), ERROR, 0),
        (report(warning=1), WARNING, 1),
        (report(notice=1), WARNING, 0),
        (report(notice=1), NOTICE, 1),
        (report(indeterminate=1), ERROR, 3),
        (report(reachable=2), ERROR, 3),
        (report(warning=1, indeterminate=1), ERROR, 3),
        (report(warning=1, indeterminate=1), WARNING, 1),
        (report(error=1, indeterminate=5, reachable=0), ERROR, 1),
    ],
)
def test_what_failed_wins_over_what_could_not_be_judged(made, fail_on, expected):
    assert status(made, format_="text", fail_on=fail_on, signal=None) == expected


@pytest.mark.parametrize(("signal", "expected"), [(2, 130), (15, 143)])
def test_an_interrupted_run_says_so(signal, expected):
    assert status(report(error=1), format_="text", fail_on=ERROR, signal=signal) == expected


def test_nagios_has_a_meaning_of_its_own():
    assert status(report(targets=0, reachable=0), format_="nagios", fail_on=ERROR, signal=None) == 3

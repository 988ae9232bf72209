"""The exit status follows from the report."""

from datetime import UTC, datetime

import pytest

from probe.cli.status import status
from probe.model.finding import Finding, Outcome
from probe.model.observation import Observation
from probe.model.report import CatalogueInfo, Failures, Report, Result, Summary, Tool
from probe.model.rule import Severity
from probe.model.stages import Skipped
from probe.model.target import Target

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ERROR, WARNING, NOTICE = Severity


def report(*, targets=3, reachable=3, unjudged=(), **failed) -> Report:
    findings = tuple(
        Finding("any", "some-rule", severity, Outcome.INDETERMINATE, None, "not seen", "seen")
        for severity in unjudged
    )
    observation = Observation(resolution=Skipped(because="made by hand"))
    target = Target(id="mp01.corp.contoso.com:443", host="mp01.corp.contoso.com", port=443)
    return Report(
        tool=Tool("cmprobe", "0"),
        catalogue=CatalogueInfo("1", "sha256:0"),
        started=NOW,
        finished=NOW,
        as_of=NOW,
        summary=Summary(targets, reachable, Failures(**failed), len(findings)),
        results=(Result(target, None, observation, findings),) if findings else (),
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
        (report(unjudged=[ERROR]), ERROR, 3),
        (report(unjudged=[ERROR]), NOTICE, 3),
        (report(unjudged=[WARNING]), ERROR, 0),
        (report(unjudged=[WARNING, ERROR]), ERROR, 3),
        (report(unjudged=[WARNING]), WARNING, 3),
        (report(unjudged=[NOTICE]), WARNING, 0),
        (report(reachable=2), ERROR, 3),
        (report(warning=1, unjudged=[ERROR]), ERROR, 3),
        (report(warning=1, unjudged=[ERROR]), WARNING, 1),
        (report(error=1, unjudged=[ERROR], reachable=0), ERROR, 1),
    ],
)
def test_what_failed_wins_over_what_could_not_be_judged(made, fail_on, expected):
    assert status(made, format_="text", fail_on=fail_on, signal=None) == expected


@pytest.mark.parametrize(("signal", "expected"), [(2, 130), (15, 143)])
def test_an_interrupted_run_says_so(signal, expected):
    assert status(report(error=1), format_="text", fail_on=ERROR, signal=signal) == expected


def test_nagios_has_a_meaning_of_its_own():
    assert status(report(targets=0, reachable=0), format_="nagios", fail_on=ERROR, signal=None) == 3

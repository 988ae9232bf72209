"""`cmprobe demo` proves that exactly the planted faults are found."""

from datetime import UTC, datetime

import msgspec
import pytest

from probe.cli import demo
from probe.cli.main import main
from probe.lab import Planted
from probe.model.failure import Failure, Kind, Stage
from probe.model.finding import Finding, Outcome
from probe.model.observation import Observation
from probe.model.report import CatalogueInfo, Report, Result, Summary, Tool
from probe.model.rule import Severity
from probe.model.stages import Failed, Skipped
from probe.model.target import Target


def result(target: str, *rules: str, failure: Failure | None = None) -> Result:
    findings = [Finding("any", rule, Severity.ERROR, Outcome.FAIL, None, "", "") for rule in rules]
    findings.append(Finding("any", "passed", Severity.ERROR, Outcome.PASS, None, "", ""))
    connection = Failed(failure) if failure else Skipped("")
    return Result(
        Target(id=target, host=target, port=1),
        None,
        Observation(resolution=Skipped(""), connection=connection),
        tuple(findings),
    )


def report(*results: Result) -> Report:
    return msgspec.structs.replace(_EMPTY, results=results)


_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_EMPTY = Report(
    tool=Tool("cmprobe", "0"),
    catalogue=CatalogueInfo("1", "sha256:0"),
    started=_NOW,
    finished=_NOW,
    as_of=_NOW,
    summary=Summary(),
    results=(),
)
REFUSED = Failure(Stage.TCP, Kind.REFUSED)


@pytest.mark.parametrize(
    ("found", "planted", "differences"),
    [
        ([result("a:1")], [("a:1", [], None)], []),
        ([result("a:1", "x"), result("a:1", "x", "y")], [("a:1", ["x", "y"], None)], []),
        ([result("a:1", failure=REFUSED)], [("a:1", [], (Stage.TCP, Kind.REFUSED))], []),
        (
            [result("a:1", "x")],
            [("a:1", ["y"], None)],
            ["a:1: y is planted and was not found", "a:1: x was found and is not planted"],
        ),
        (
            [result("a:1", failure=REFUSED)],
            [("a:1", [], None)],
            ["a:1: tcp refused was found and is not planted"],
        ),
        (
            [result("a:1")],
            [("a:1", [], (Stage.TLS, Kind.TIMEOUT))],
            ["a:1: tls timeout is planted and was not found"],
        ),
        ([], [("a:1", [], None)], ["a:1: was not probed"]),
        ([result("b:1")], [], ["b:1: is no target of the lab"]),
    ],
)
def test_every_difference_is_told(found, planted, differences):
    expected = [
        Planted(target, "", frozenset(rules), failure) for target, rules, failure in planted
    ]
    assert list(demo.compare(report(*found), expected)) == differences


def test_the_demo_finds_exactly_what_is_planted(capsys):
    assert main(["demo"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Demo passed: ")

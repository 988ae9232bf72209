from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.chains import leaf
from support.reports import finding, one, report, seen, target
from support.rulebook import CATALOGUE
from support.scenarios import SCENARIOS, closed, expired_cmg, good, scan

from probe.model.finding import Outcome
from probe.model.rule import Severity
from probe.render.junit import report_junit

CHAIN = leaf("mp01.example")


def parsed(made, **options):
    return ET.fromstring(report_junit(made, CATALOGUE, **options))  # noqa: S314 - our own text


def counts(element):
    return {key: int(element.get(key)) for key in ("tests", "failures", "errors", "skipped")}


def test_a_suite_for_each_target_and_a_case_for_each_finding():
    made = scan(4)
    root = parsed(made)
    assert [suite.get("name") for suite in root] == [
        f"{result.target.id} at {result.address}" for result in made.results
    ]
    for suite, result in zip(root, made.results, strict=True):
        assert len(suite.findall("testcase")) == len(result.findings) + 1


def test_counts_are_sums():
    root = parsed(expired_cmg())
    assert counts(root) == {"tests": 13, "failures": 2, "errors": 1, "skipped": 1}
    assert counts(root[0]) == counts(root)


def test_good_is_green():
    assert counts(parsed(good())) == {"tests": 14, "failures": 0, "errors": 0, "skipped": 1}


def test_an_unreachable_target_is_one_error_and_passes_nothing():
    root = parsed(closed())
    assert counts(root) == {"tests": 13, "failures": 0, "errors": 1, "skipped": 12}
    error = root.find(".//testcase[@name='reachable']/error")
    assert error.get("type") == "tcp.refused"


@pytest.mark.parametrize(
    ("fail_on", "failures"),
    [(None, 2), (Severity.ERROR, 2), (Severity.WARNING, 3), (Severity.NOTICE, 3)],
)
def test_fails_from_the_severity_that_was_asked_for(fail_on, failures):
    assert counts(parsed(expired_cmg(), fail_on=fail_on))["failures"] == failures


def test_a_failure_tells_what_to_do():
    failure = parsed(expired_cmg()).find(".//testcase[@name='any/not-expired']/failure")
    assert failure.get("message") == "expired 2026-11-18T20:00:00Z, 3 days ago"
    assert "remedy: Renew the certificate" in failure.text


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_report_is_well_formed(name):
    root = parsed(SCENARIOS[name]())
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert names


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_is_well_formed(text):
    made = report(
        [one(target(text), seen(CHAIN), finding("not-expired", Outcome.FAIL, text, text))]
    )
    report_junit(made, CATALOGUE).encode()
    assert counts(parsed(made))["failures"] == 1


def test_a_rule_that_the_catalogue_no_longer_has_is_told_all_the_same():
    from msgspec import structs

    bare = structs.replace(CATALOGUE, rules={})
    assert "expected: RSA with 2048 or 4096 bits</failure>" in report_junit(expired_cmg(), bare)

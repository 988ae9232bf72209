"""Each case lists all that is found, so that an unexpected finding fails as a missing one does."""

from collections import defaultdict

import pytest
from support.judging import findings, notable, plan

from probe.checks import CHECKS
from probe.model.finding import Outcome
from probe.model.roles import ROLES
from probe.model.rule import Severity
from rules import (
    cases_certificates,
    cases_chains,
    cases_clients,
    cases_cloud,
    cases_devices,
    cases_endpoints,
    cases_iis,
    cases_names,
    cases_revocation,
    cases_sql,
)

CASES = (
    *cases_certificates.CASES,
    *cases_chains.CASES,
    *cases_revocation.CASES,
    *cases_names.CASES,
    *cases_endpoints.CASES,
    *cases_iis.CASES,
    *cases_cloud.CASES,
    *cases_sql.CASES,
    *cases_clients.CASES,
    *cases_devices.CASES,
)


@pytest.fixture(scope="module")
def outcomes():
    """Every outcome that the cases produce, by rule."""
    seen = defaultdict(set)
    for case in CASES:
        for finding in findings(case):
            seen[finding.rule].add(finding.outcome)
    return seen


def _title(case):
    return f"{case.profiles[-1]}: {case.name}"


@pytest.mark.parametrize("case", CASES, ids=_title)
def test_exactly_the_expected_findings(case):
    assert notable(case) == sorted(case.expected)


def test_titles_of_cases_are_unique():
    names = [_title(case) for case in CASES]
    assert sorted(names) == sorted(set(names))


def test_every_rule_has_a_case_that_passes_and_one_that_fails(outcomes):
    rules = plan().catalogue.rules
    assert [rule for rule in rules if Outcome.PASS not in outcomes[rule]] == []
    assert [rule for rule in rules if Outcome.FAIL not in outcomes[rule]] == []


def test_nothing_crashes_in_any_case():
    texts = [finding.observed for case in CASES for finding in findings(case)]
    assert [text for text in texts if text.startswith("internal error")] == []


def test_every_text_is_one_line_that_fits():
    for case in CASES:
        for finding in findings(case):
            for text in (finding.observed, finding.expected):
                assert text, finding
                assert "\n" not in text
                assert len(text) < 700, finding


def test_every_check_is_used_by_a_rule():
    assert set(CHECKS) - {rule.check for rule in plan().catalogue.rules.values()} == set()


def test_every_rule_is_asked_by_a_profile():
    asked = {rule for profile in plan().catalogue.profiles.values() for rule in profile.rules}
    assert set(plan().catalogue.rules) - asked == set()


def test_no_profile_asks_again_what_any_asks():
    profiles = plan().catalogue.profiles
    base = set(profiles["any"].rules)
    again = {
        profile.id: sorted(base & set(profile.rules))
        for profile in profiles.values()
        if profile.id != "any" and not profile.alone and base & set(profile.rules)
    }
    assert again == {}


def test_every_role_has_its_profile():
    wanted = {role.profile for role in ROLES.values() if role.profile}
    assert wanted <= set(plan().catalogue.profiles)


def test_a_missing_http_source_weighs_more_where_internet_clients_connect():
    weights = {
        case.names.accepts: finding.severity
        for case in CASES
        for finding in findings(case)
        if finding.rule == "revocation-source-http" and finding.outcome is Outcome.FAIL
    }
    assert weights == {
        "intranet": Severity.WARNING,
        "internet": Severity.ERROR,
        "both": Severity.ERROR,
    }

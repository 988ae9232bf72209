import logging
from datetime import timedelta

import msgspec
import pytest
from support.judging import HOST, ISSUING, ROOT, Case, findings, plan

from probe.catalogue import CatalogueError, load
from probe.checks import registry
from probe.judge import Plan, assess, judge
from probe.judge.plan import ANY
from probe.lab.builder import AS_OF
from probe.model.evidence import Evidence
from probe.model.failure import Failure, Kind, Stage
from probe.model.finding import Finding, Outcome
from probe.model.observation import AddressObservation, Observation
from probe.model.rule import Catalogue, Citation, Profile, Rule, Severity, Subject
from probe.model.stages import Failed
from probe.model.target import Accepts, Names, Target, Template
from probe.pki.certificate import load as load_certificate
from probe.pki.chain import explain
from probe.pki.trust import TrustStore

LEAF = ISSUING.issue("CN=mp01", dns=[HOST])
STORE = TrustStore([ROOT.der])
SOURCE = Citation("cmprobe", "Tests")


def _rule(check, **fields):
    defaults = {
        "id": check.replace("_", "-"),
        "title": "A title",
        "severity": Severity.ERROR,
        "subject": Subject.LEAF,
        "check": check,
        "why": "Because.",
        "remedy": "Mend it.",
        "source": SOURCE,
    }
    return Rule(**(defaults | fields))


def _plan(*rules, profile="any", **fields):
    asked = Profile(
        id=profile,
        title="P",
        summary="S",
        rules=tuple(r.id for r in rules),
        source=SOURCE,
        **fields,
    )
    return Plan(
        Catalogue(
            revision="1",
            digest="sha256:0",
            rules={rule.id: rule for rule in rules},
            profiles={profile: asked},
        )
    )


def _evidence(sent=LEAF.sent, **fields):
    presented = tuple(map(load_certificate, sent))
    target = Target(id=f"{HOST}:443", host=HOST, port=443)
    known = {
        "source": "handshake",
        "target": target,
        "as_of": AS_OF,
        "presented": presented,
        "explanation": explain(presented, STORE),
    }
    return Evidence(**(known | fields))


def test_a_check_that_crashes_costs_one_finding(caplog, monkeypatch):
    def broken(_certificate, _as_of):
        raise ZeroDivisionError("secret of the certificate")

    check = msgspec.structs.replace(registry.CHECKS["not_expired"], function=broken)
    monkeypatch.setitem(registry.CHECKS, "not_expired", check)
    plan = _plan(_rule("not_expired"), _rule("already_valid"))
    with caplog.at_level(logging.ERROR):
        crashed, other = judge(_evidence(), plan)
    assert crashed.outcome is Outcome.INDETERMINATE
    assert crashed.observed == "internal error: ZeroDivisionError"
    assert other.outcome is Outcome.PASS
    [record] = caplog.records
    assert record.exc_info is not None
    assert "not-expired" in record.getMessage()
    assert f"{HOST}:443" in record.getMessage()


def test_nothing_was_sent():
    evidence = _evidence(sent=(), missing="tcp refused: nobody listens")
    plan = _plan(_rule("not_expired"), _rule("not_self_signed", subject=Subject.CHAIN))
    for finding in judge(evidence, plan):
        assert finding.outcome is Outcome.INDETERMINATE
        assert finding.subject is None
        assert finding.observed == "no certificate: tcp refused: nobody listens"
        assert finding.expected == "A title"


@pytest.mark.parametrize(
    ("subject", "positions"),
    [
        (Subject.LEAF, [0]),
        (Subject.ISSUERS, [1]),
        (Subject.CHAIN, [0, 1]),
    ],
)
def test_who_is_asked(subject, positions):
    evidence = _evidence((*LEAF.sent, ISSUING.der, ROOT.der))
    found = judge(evidence, _plan(_rule("not_expired", subject=subject)))
    assert [finding.subject.position for finding in found] == positions
    assert [finding.subject.sha256 for finding in found] == [
        evidence.presented[position].sha256 for position in positions
    ]


def test_no_issuer_was_sent():
    [finding] = judge(_evidence((LEAF.der,)), _plan(_rule("not_expired", subject=Subject.ISSUERS)))
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert finding.observed == "no certificate of an issuer was sent"


def test_what_the_source_never_shows_is_not_asked():
    rule = _rule("not_expired", observable=("file",), elsewhere="Look at the file.")
    [finding] = judge(_evidence(), _plan(rule))
    assert finding.outcome is Outcome.NOT_OBSERVABLE
    assert finding.observed == "Look at the file."
    [finding] = judge(_evidence(source="file"), _plan(rule))
    assert finding.outcome is Outcome.PASS


def test_a_profile_that_stands_alone_is_judged_without_any():
    catalogue = load()
    plan = Plan(catalogue)
    assert {step.profile for step in plan.steps((ANY, "root-ca"), "file")} == {"root-ca"}
    assert {step.profile for step in plan.steps((ANY, "cmg"), "file")} == {ANY, "cmg"}


def test_a_profile_asked_for_twice_is_judged_once():
    steps = plan().steps(("any", "cmg", "cmg"), "handshake")
    assert len(steps) == len(set(steps)) == len(plan().steps(("any", "cmg"), "handshake"))


def test_a_profile_that_the_catalogue_has_not():
    with pytest.raises(CatalogueError, match=r'there is no profile "cgm" \(did you mean "cmg"\?\)'):
        plan().steps(("any", "cgm"), "handshake")


def test_the_plan_is_resolved_once():
    assert plan().steps(("any",), "handshake") is plan().steps(("any",), "handshake")


def test_what_was_found_at_issuers_is_shared_until_the_time_changes():
    plan = _plan(_rule("not_expired", subject=Subject.CHAIN))
    other = ISSUING.issue("CN=mp02")
    first, second = judge(_evidence(), plan), judge(_evidence(other.sent), plan)
    assert first[1] is second[1]
    assert first[0] is not second[0]
    later = judge(_evidence(as_of=AS_OF + timedelta(days=20_000)), plan)
    assert [finding.outcome for finding in later] == [Outcome.FAIL, Outcome.FAIL]


def test_one_result_for_each_observation_in_order():
    failed = Failed(Failure(Stage.TCP, Kind.REFUSED, "nobody listens"), 0.1)
    case = Case("two addresses", sent=LEAF.sent)
    observations = [
        AddressObservation("192.0.2.1", case.observation(LEAF.sent)),
        AddressObservation("192.0.2.2", Observation(resolution=case.resolution, connection=failed)),
        AddressObservation("2001:db8::1", case.observation(LEAF.sent)),
    ]
    results = assess(case.target, observations, plan(), STORE, AS_OF)
    assert [result.address for result in results] == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]
    assert [result.observation for result in results] == [one.observation for one in observations]
    refused = {finding.rule: finding for finding in results[1].findings}
    assert refused["not-expired"].observed == "no certificate: tcp refused: nobody listens"
    assert refused["addresses-agree"].outcome is Outcome.INDETERMINATE


def test_findings_stand_in_the_order_of_profiles_and_rules():
    rules = [finding.rule for finding in findings(Case("sound", sent=LEAF.sent))]
    asked = [
        rule
        for profile in ("any", "iis-site-system")
        for rule in plan().catalogue.profiles[profile].rules
    ]
    assert list(dict.fromkeys(rules)) == asked


def test_a_finding_is_small():
    assert Finding.__struct_config__.gc is False


NOT_REACHED = Observation(resolution=Failed(Failure(Stage.DNS, Kind.NOT_FOUND, "gone")))


def findings_of(observation, **fields):
    profiles = ("any", "iis-site-system")
    target = Target(id="mp01:443", host=HOST, port=443, profiles=profiles, **fields)
    (result,) = assess(target, [AddressObservation(None, observation)], plan(), STORE, AS_OF)
    return {finding.rule: finding.outcome for finding in result.findings}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "not_applicable"),
        ({"expected_thumbprint": "aa" * 20}, "indeterminate"),
    ],
)
def test_what_the_inventory_does_not_ask_for_is_not_applicable_to_the_unreachable(fields, expected):
    found = findings_of(NOT_REACHED, **fields)
    assert found["expected-certificate"] == expected


def test_no_template_is_asked_of_the_unreachable_where_the_inventory_names_none():
    assert findings_of(NOT_REACHED)["certificate-template"] == "not_applicable"
    named = {"iis-site-system": (Template(name="WebServer"),)}
    found = findings_of(NOT_REACHED, templates=named)
    assert found["certificate-template"] == "indeterminate"


def test_names_of_clients_that_do_not_connect_are_not_applicable_to_the_unreachable():
    found = findings_of(NOT_REACHED, names=Names(accepts=Accepts.INTRANET))
    assert found["name-internet-fqdn"] == "not_applicable"
    assert found["name-intranet-fqdn"] == "indeterminate"

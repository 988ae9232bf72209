import re

import msgspec
import pytest
from support.chains import leaf
from support.reports import finding, one, report, seen, target
from support.rulebook import CATALOGUE
from support.scenarios import SCENARIOS, addresses, closed, expired_cmg, good, hostile, scan

from probe.catalogue import load
from probe.model.finding import Outcome
from probe.render.nagios import exit_code, report_nagios

CHAIN = leaf("mp01.example")
MP = target("mp01.example")


def line(made, catalogue=CATALOGUE):
    return report_nagios(made, catalogue)


def judged(rule, outcome, observed="seen"):
    return report([one(MP, seen(CHAIN), finding(rule, outcome, observed, at=0, chain=CHAIN))])


@pytest.mark.parametrize(
    ("made", "code", "word"),
    [
        (good(), 0, "OK"),
        (judged("legacy-tls-disabled", Outcome.FAIL), 1, "WARNING"),
        (judged("not-expired", Outcome.FAIL), 2, "CRITICAL"),
        (judged("chain-trusted", Outcome.INDETERMINATE), 3, "UNKNOWN"),
        (judged("root-not-sent", Outcome.FAIL), 0, "OK"),
        (judged("private-key-exportable", Outcome.NOT_OBSERVABLE), 0, "OK"),
        (closed(), 2, "CRITICAL"),
        (report([]), 3, "UNKNOWN"),
    ],
)
def test_status_is_what_the_guidelines_mean(made, code, word):
    assert exit_code(made) == code
    assert line(made).startswith(f"CMPROBE {word} - ")


def test_an_address_that_is_down_beside_one_that_is_up_is_unknown():
    first, *_, down = addresses().results
    fine = msgspec.structs.replace(first, findings=first.findings[1:])
    made = report([fine, down])
    assert exit_code(made) == 3
    assert "1 of 2 addresses unreachable" in line(made)


def test_tells_the_worst_first_and_when_it_expires():
    assert line(expired_cmg()) == (
        "CMPROBE CRITICAL - cmg.contoso.com:443 not-expired: expired 2026-11-18T20:00:00Z,"
        " 3 days ago (+2); first expiry 3 days ago; 1 target | days_to_expiry=-3;30:;7: targets=1"
        " unreachable=0 errors=2 warnings=1 notices=0 unjudged=1 time=1.235s\n"
    )


def test_many_targets_fit_a_notification():
    text = line(scan())
    assert len(text) < 512
    assert "54 more; first expiry 2 days ago (dp044.1e5.corp.contoso.com:443); 300 targets" in text


def test_without_a_certificate_there_is_no_expiry():
    assert "days_to_expiry" not in line(closed())


def test_thresholds_are_those_of_the_rules():
    soon = msgspec.structs.replace(CATALOGUE.rules["expires-soon"], params={"days": 45})
    rules = {"expires-soon": soon}
    text = line(good(), msgspec.structs.replace(CATALOGUE, rules=rules))
    assert "days_to_expiry=400;45: " in text


def expiring(lifetime, *, days):
    """Report a certificate of this lifetime in days, judged by the rules that are shipped."""
    made = report([one(MP, seen(leaf("mp01.example", days=days, lifetime=lifetime)))])
    return line(made, load())


def test_thresholds_of_whole_days_are_whole_numbers():
    assert "days_to_expiry=20;30:;7: " in expiring(730, days=20)
    assert "days_to_expiry=20;30:;7: " in expiring(100, days=20)


def test_a_certificate_judged_by_a_share_of_its_lifetime_has_no_thresholds_in_days():
    assert "days_to_expiry=60 targets" in expiring(90, days=60)
    assert "days_to_expiry=5 targets" in expiring(6, days=5)


def test_a_day_ago_is_one_day():
    text = expiring(730, days=-1.01)
    assert "first expiry 24 hours ago" in text
    assert "days_to_expiry=-1;" in text


@pytest.mark.parametrize("name", SCENARIOS)
def test_one_line_with_well_formed_performance_data(name):
    text = line(SCENARIOS[name]())
    assert text.endswith("\n")
    assert len(text.splitlines()) == 1
    _, bar, data = text.rstrip("\n").partition(" | ")
    assert bar
    for item in data.split(" "):
        assert re.fullmatch(r"[a-z_]+=-?\d+(\.\d+)?s?(;[\d.]*:?){0,2}", item), item


def test_a_hostile_name_cannot_forge_performance_data():
    text = line(judged("not-expired", Outcome.FAIL, "a|days_to_expiry=999\n\x1b[2J"))
    assert text.count("|") == 1
    assert "\x1b" not in line(hostile())

"""Where alerts go, and which silence which."""

import re

import pytest
from support import deploy
from support.deploy import DEPLOY

FILE = DEPLOY / "alertmanager" / "alertmanager.yml"
ALERTS = {rule["alert"]: rule for rule in deploy.rules("alert")}

pytestmark = pytest.mark.real


def test_amtool_accepts_it():
    assert "SUCCESS" in deploy.run("amtool", "check-config", FILE)


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"severity": "page", "site": "P01", "target": "mp:443"}, "page"),
        ({"severity": "page", "holder": "issuer"}, "pki,page"),
        ({"severity": "critical"}, "team"),
        ({"severity": "critical", "alertname": "ConfigmgrCrlStale"}, "pki,team"),
        (
            {"severity": "critical", "alertname": "ConfigmgrSha1InChain", "holder": "issuer"},
            "pki,team",
        ),
        ({"severity": "warning"}, "team"),
        ({"severity": "info"}, "nobody"),
        ({}, "team"),
    ],
)
def test_routes(labels, receivers):
    words = [f"{name}={value}" for name, value in labels.items()]
    arguments = (f"--config.file={FILE}", f"--verify.receivers={receivers}", *words)
    deploy.run("amtool", "config", "routes", "test", *arguments)


def test_every_severity_has_a_route():
    routed = str(deploy.document(FILE)["route"]["routes"])
    for rule in ALERTS.values():
        assert f'severity="{rule["labels"]["severity"]}"' in routed


def test_inhibitions_name_alerts_that_exist():
    # Their matchers are those of PromQL: a whole name, or a regular expression for one.
    for rule in deploy.document(FILE)["inhibit_rules"]:
        for matcher in rule["source_matchers"] + rule["target_matchers"]:
            name, value = re.fullmatch(r'(\w+)=~?"(.+)"', matcher).groups()
            if name == "alertname":
                matched = [alert for alert in ALERTS if re.fullmatch(value, alert)]
                assert len(matched) >= len(value.split("|")), matcher


def test_inhibitions_compare_labels_that_both_sides_have():
    # An alert without the label and one without it are equal too: that must never join strangers.
    for rule in deploy.document(FILE)["inhibit_rules"]:
        assert set(rule["equal"]) & {"site", "instance"}

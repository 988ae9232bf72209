"""Scrape configurations and rules: what promtool accepts, and what they stand on."""

import re

import pytest
from support import deploy
from support.deploy import DEPLOY, ROOT, RULES

from probe.catalogue import load
from probe.render.metrics.established.table import BLACKBOX, SSL_EXPORTER
from probe.render.metrics.families import ENDPOINT
from probe.render.metrics.family import ENDPOINT_LABELS
from probe.render.metrics.health import OWN

PROMETHEUS = DEPLOY / "prometheus"
TESTS = sorted((PROMETHEUS / "tests").glob("*.test.yml"))
ALERTS = {rule["alert"]: rule for rule in deploy.rules("alert")}
FAMILIES = {family.name: family for family in (*ENDPOINT, *OWN, *BLACKBOX, *SSL_EXPORTER)}
# What Prometheus itself and node_exporter tell.
STANDARD = {"up", "node_textfile_mtime_seconds"}
SEVERITIES = ["info", "warning", "critical", "page"]
BANDS = [
    "ConfigmgrCertificateExpiresWithin30Days",
    "ConfigmgrCertificateExpiresWithin7Days",
    "ConfigmgrCertificateExpiresWithin1Day",
    "ConfigmgrCertificateExpired",
]


@pytest.mark.real
def test_promtool_accepts_the_rules():
    said = deploy.run("promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES)
    assert "SUCCESS" in said


@pytest.mark.real
@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus-blackbox.yml"])
def test_promtool_accepts_the_configuration(name):
    assert "SUCCESS" in deploy.run("promtool", "check", "config", PROMETHEUS / name)


@pytest.mark.real
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_promtool_agrees_with_every_case(path):
    assert "SUCCESS" in deploy.run("promtool", "test", "rules", path, cwd=path.parent)


def test_every_alert_fires_in_a_case_and_is_silent_in_another():
    fires: set[str] = set()
    silent: set[str] = set()
    for path in TESTS:
        for case in deploy.document(path)["tests"]:
            told = set()
            for asked in case.get("promql_expr_test", []):
                samples = " ".join(sample["labels"] for sample in asked["exp_samples"])
                told |= set(re.findall(r'alertname="(\w+)"', samples))
            told |= {
                asked["alertname"]
                for asked in case.get("alert_rule_test", [])
                if asked["exp_alerts"]
            }
            fires |= told
            # What a case that asks for every alert does not name must not fire in it.
            everything = [
                asked["expr"]
                for asked in case.get("promql_expr_test", [])
                if re.search(
                    r'ALERTS\{alertstate="firing"(,alertname=~"Configmgr\.\*")?\}', asked["expr"]
                )
            ]
            for expression in everything:
                asked_for = [
                    name
                    for name in ALERTS
                    if "Configmgr.*" not in expression or name.startswith("Configmgr")
                ]
                silent |= set(asked_for) - told
    assert set(ALERTS) - fires == set()
    assert set(ALERTS) - silent == set()


def test_severities_rise_towards_the_end():
    ranks = [SEVERITIES.index(ALERTS[name]["labels"]["severity"]) for name in BANDS]
    assert ranks == sorted(ranks)
    assert ranks[0] < ranks[1] < ranks[2]
    assert {rule["labels"]["severity"] for rule in ALERTS.values()} <= set(SEVERITIES)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_where_what_to_do_and_where_to_read_on(name):
    notes = ALERTS[name]["annotations"]
    assert set(notes) == {"summary", "description", "url"}
    assert notes["url"].startswith("{{ $externalLabels.cmprobe_url }}")
    assert re.search(r"/targets/\{\{ \$labels.target|/requirements/|\}/$", notes["url"])
    where = "site" if name.startswith("Configmgr") else "instance"
    if name != "CmprobeAbsent":
        assert f"$labels.{where}" in notes["summary"]
    assert "site" in notes["description"].lower()
    assert "target" in notes["description"].lower() or name.startswith("ConfigmgrCrl")
    assert ALERTS[name].get("for"), "one bad evaluation must not alert"


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_explained(name):
    assert f"### {name}\n" in (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")


def test_no_alert_is_explained_that_is_not_there():
    text = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### (\w+)$", text, re.MULTILINE)) == set(ALERTS)


def test_rules_named_are_in_the_catalogue():
    known = {rule.id for rule in load().rules.values()}
    for rule in ALERTS.values():
        named = re.findall(r'\brule!?=~?"([^"]+)"', rule["expr"])
        links = re.findall(r"/requirements/([a-z0-9-]+)", rule["annotations"]["url"])
        assert {one for text in named for one in text.split("|")} | set(links) <= known


def test_the_external_label_of_the_links_is_set():
    labels = deploy.document(PROMETHEUS / "prometheus.yml")["global"]["external_labels"]
    assert labels["cmprobe_url"].startswith("https://")
    assert not labels["cmprobe_url"].endswith("/")


def test_the_rules_find_the_job_that_is_configured():
    scraped = deploy.document(PROMETHEUS / "prometheus.yml")["scrape_configs"]
    jobs = {job["job_name"]: job for job in scraped}
    assert jobs["cmprobe"].get("metrics_path", "/metrics") == "/metrics"
    assert jobs["cmprobe-probe"]["metrics_path"] == "/probe"
    used = {job for rule in ALERTS.values() for job in re.findall(r'job="([^"]+)"', rule["expr"])}
    assert used == {"cmprobe"}


def expressions():
    """Yield every expression of the rules, of their annotations and of the dashboards."""
    for rule in [*deploy.rules("alert"), *deploy.rules("record")]:
        yield rule["expr"]
        for note in rule.get("annotations", {}).values():
            yield from re.findall(r"printf `([^`]+)`", note)
    for _, dashboard in deploy.dashboards():
        for panel in deploy.panels(dashboard):
            yield from (target["expr"] for target in panel.get("targets", []))
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                yield re.sub(r"^label_values\((.+), \w+\)$", r"\1", variable["definition"])


def test_every_metric_is_one_of_ours_or_standard():
    recorded = {rule["record"] for rule in deploy.rules("record")}
    used = set().union(*map(deploy.metrics, expressions()))
    assert len(used) > 20
    assert used <= set(FAMILIES) | recorded | STANDARD


def test_every_label_that_is_selected_by_is_one_of_its_metric():
    seen = 0
    for expression in expressions():
        for name, selector in re.findall(r"(\w+)\{([^}]*)\}", expression):
            if name not in FAMILIES:
                continue
            labels = set(re.findall(r"(\w+)\s*(?:=|!)", re.sub(r'"[^"]*"', '""', selector)))
            known = set(FAMILIES[name].labels) | {"job", "instance"}
            known |= set(ENDPOINT_LABELS) if FAMILIES[name].endpoint else set()
            assert labels <= known, (name, selector)
            seen += len(labels)
    assert seen > 50


def test_all_that_is_told_of_an_endpoint_has_its_place():
    """What nobody alerts on or shows is told here, so that a new family is thought of."""
    used = set().union(*map(deploy.metrics, expressions()))
    left = {family.name for family in (*ENDPOINT, *OWN)} - used
    assert left == {
        "cmprobe_build_info",
        "cmprobe_inventory_loaded_timestamp_seconds",
        "configmgr_http_status_code",
        "configmgr_probe_series_omitted",
    }

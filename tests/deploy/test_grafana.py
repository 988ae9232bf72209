"""Dashboards: what Grafana loads, and expressions that Prometheus parses."""

import json
import re

import pytest
import yaml
from support import deploy
from support.deploy import DEPLOY

DASHBOARDS = dict(deploy.dashboards())
IDS = [path.name for path in DASHBOARDS]
PANELS = {
    f"{path.stem}: {panel['title']}": panel
    for path, dashboard in DASHBOARDS.items()
    for panel in deploy.panels(dashboard)
    if panel["type"] != "row"
}
# Grafana's own variables that stand outside of strings.
BUILT_IN = {"$__rate_interval": "5m", "$__interval": "1m", "$__range": "1h"}


def expressions():
    for title, panel in PANELS.items():
        for target in panel["targets"]:
            expression = target["expr"]
            for name, value in BUILT_IN.items():
                expression = expression.replace(name, value)
            yield title, expression


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=IDS)
class TestDashboard:
    def test_is_for_grafana_10_and_later(self, dashboard):
        assert 36 <= dashboard["schemaVersion"] <= 41
        assert dashboard["id"] is None
        assert re.fullmatch(r"[a-z0-9-]{1,40}", dashboard["uid"])

    def test_panel_ids_are_unique(self, dashboard):
        ids = [panel["id"] for panel in deploy.panels(dashboard)]
        assert len(ids) == len(set(ids))

    def test_no_panel_covers_another(self, dashboard):
        taken = set()
        for panel in dashboard["panels"]:
            place = panel["gridPos"]
            assert 0 <= place["x"] < place["x"] + place["w"] <= 24
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not cells & taken, panel["title"]
            taken |= cells

    def test_the_data_source_is_chosen_by_a_variable(self, dashboard):
        kinds = {variable["name"]: variable["type"] for variable in dashboard["templating"]["list"]}
        assert kinds["datasource"] == "datasource"
        for panel in deploy.panels(dashboard):
            asked = [panel, *panel.get("targets", [])] if panel["type"] != "row" else []
            assert all(one["datasource"]["uid"] == "${datasource}" for one in asked)

    def test_every_variable_that_is_used_is_defined(self, dashboard):
        defined = {variable["name"] for variable in dashboard["templating"]["list"]}
        used = set(re.findall(r"\$\{?([a-z][a-z_]*)\b", json.dumps(dashboard, ensure_ascii=False)))
        assert used <= defined

    def test_links_between_dashboards_lead_to_one(self, dashboard):
        uids = {other["uid"] for other in DASHBOARDS.values()}
        assert set(re.findall(r'"/d/([^/]+)/', json.dumps(dashboard))) <= uids

    def test_sorting_and_overrides_name_columns_that_are_there(self, dashboard):
        for panel in deploy.panels(dashboard):
            if panel["type"] != "table":
                continue
            (organize,) = [one for one in panel["transformations"] if one["id"] == "organize"]
            shown = set(organize["options"]["renameByName"].values())
            assert {one["displayName"] for one in panel["options"]["sortBy"]} <= shown
            named = {one["matcher"]["options"] for one in panel["fieldConfig"]["overrides"]}
            assert named <= shown, panel["title"]
            fields = set(re.findall(r"__data\.fields\.([A-Z][\w-]*)", json.dumps(panel)))
            assert fields <= shown, panel["title"]


def test_the_dashboards_are_told_apart():
    assert len({dashboard["uid"] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS) >= 2
    assert len({dashboard["title"] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS)


def test_every_panel_says_what_it_shows():
    assert [title for title, panel in PANELS.items() if not panel["description"]] == []


@pytest.mark.real
def test_prometheus_parses_every_expression(tmp_path):
    rules = [
        {"record": f"panel:number_{number}", "expr": expression}
        for number, (_, expression) in enumerate(expressions())
    ]
    assert len(rules) > 30
    path = tmp_path / "panels.rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")
    assert f"{len(rules)} rules found" in deploy.run("promtool", "check", "rules", path)


def test_recorded_series_are_recorded():
    recorded = {rule["record"] for rule in deploy.rules("record")}
    for title, expression in expressions():
        used = {name for name in deploy.metrics(expression) if ":" in name}
        assert used <= recorded, title


def test_provisioning():
    provisioning = DEPLOY / "grafana" / "provisioning"
    (source,) = deploy.document(provisioning / "datasources" / "prometheus.yml")["datasources"]
    assert source["type"] == "prometheus"
    (provider,) = deploy.document(provisioning / "dashboards" / "cmprobe.yml")["providers"]
    assert provider["type"] == "file"
    compose = (DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8")
    assert f":{provider['options']['path']}:ro" in compose
    assert re.fullmatch(r"\$\{(\w+)\}", source["url"])[1] in compose

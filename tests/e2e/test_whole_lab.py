"""What is planted in the lab alerts, each fault as it should, and nothing else does."""

import sys

import pytest
from support import deploy, monitoring
from support.deploy import ROOT
from support.lab import lab_in_background
from support.monitoring import until
from support.programs import free_port, running

pytestmark = pytest.mark.real

# Alerts of their own, by the requirement that fails.
OWN = {
    "not-expired": "ConfigmgrCertificateExpired",
    "expires-imminently": "ConfigmgrCertificateExpiresWithin7Days",
    "expires-soon": "ConfigmgrCertificateExpiresWithin30Days",
}


def expected(lab):
    """Return what has to fire: alert (or requirement) and target."""
    found = set()
    for planted in lab.planted:
        rules = set(planted.rules)
        if "expires-imminently" in rules:
            rules.remove("expires-soon")  # the bands exclude each other
        # Told once for the CA and not for the target.
        rules.discard("sha2-signature")
        found |= {(OWN.get(rule, rule), planted.target) for rule in rules}
        if planted.failure:
            found.add(("ConfigmgrTargetUnreachable", planted.target))
    return found


def firing(prometheus):
    return {
        (one["labels"].get("rule") or one["labels"]["alertname"], one["labels"]["target"])
        for one in prometheus.firing("(Cmprobe|Configmgr).*")
        if "target" in one["labels"]
    }


def empty_panels(prometheus, target):
    """Return the panels of the dashboards that show nothing, with every site and role chosen."""
    found = set()
    for path, dashboard in deploy.dashboards():
        for panel in deploy.panels(dashboard):
            for asked in panel.get("targets", []):
                expression = asked["expr"].replace("$site", ".*").replace("$role", ".*")
                if not prometheus.query(expression.replace("$target", target)):
                    found.add(f"{path.stem}: {panel['title']}")
    return found


def inhibited(receiver):
    return {
        one["labels"].get("rule")
        for one in receiver.alerts("ConfigmgrRequirement.*")
        if one["status"]["inhibitedBy"]
    }


def test_every_planted_fault_alerts_and_nothing_else(tmp_path):
    for name in ("lab", "exporter"):
        (tmp_path / name).mkdir()
    with lab_in_background(tmp_path / "lab") as lab:
        port = free_port()
        command = [sys.executable, "-m", "probe", "serve", lab.inventory, "--fetch-private"]
        command += ["--listen", f"127.0.0.1:{port}"]
        place = {"directory": tmp_path / "exporter", "environment": {"PYTHONPATH": str(ROOT)}}
        with (
            running(command, port, **place),
            monitoring.alertmanager(tmp_path / "alertmanager") as receiver,
            monitoring.prometheus(
                tmp_path / "prometheus", port, receiver, jobs=("cmprobe",)
            ) as prometheus,
        ):
            wanted = expected(lab)
            assert len(wanted) > 40
            until(lambda: wanted <= firing(prometheus), "every planted fault fires")
            assert firing(prometheus) == wanted
            others = [
                one["labels"]["alertname"]
                for one in prometheus.firing("(Cmprobe|Configmgr).*")
                if "target" not in one["labels"]
            ]
            assert sorted(others) == [
                "ConfigmgrCrlStale",
                "ConfigmgrCrlUnreachable",
                "ConfigmgrSha1InChain",
            ]
            # SQL Server instances too, with the backslash of their names.
            assert any("\\" in target for _, target in wanted)
            monitoring.assert_readable(prometheus.firing("(Cmprobe|Configmgr).*"))
            (sound,) = [one.target for one in lab.planted if one.target.startswith("mp01.")]
            assert empty_panels(prometheus, sound) == {
                "cmprobe-target: Errors",
                "cmprobe-target: Not judged",
            }
            # The CRLs are told once, by their URLs: the requirements that fail by them are held back.
            until(
                lambda: {"crl-current", "revocation-source-reachable"} <= inhibited(receiver),
                "inhibited",
            )

"""Which alert silences which, asked of a real Alertmanager with the shipped configuration."""

import pytest
from support import monitoring
from support.monitoring import until

pytestmark = pytest.mark.real

SERVER = {"holder": "server", "site": "P01"}
ISSUER = {"holder": "issuer", "site": "P01", "subject_cn": "Contoso Issuing CA 1"}
EXPIRED = "ConfigmgrCertificateExpired"
WEEK = "ConfigmgrCertificateExpiresWithin7Days"
MONTH = "ConfigmgrCertificateExpiresWithin30Days"


def alert(name, key, **labels):
    return {"alertname": name, "key": key, **labels}


# "key" tells the alerts of this test apart; no rule of inhibition looks at it.
ALERTS = [
    alert(EXPIRED, "source", **SERVER, target="dp01:443"),
    alert(MONTH, "held back: expired", **SERVER, target="dp01:443"),
    alert(MONTH, "told: another target", **SERVER, target="dp02:443"),
    alert(MONTH, "told: another site", **SERVER | {"site": "P02"}, target="dp01:443"),
    alert(WEEK, "source", **ISSUER, sha256="a"),
    alert(MONTH, "held back: the same CA", **ISSUER, sha256="a"),
    alert(MONTH, "told: another CA", **ISSUER, sha256="b"),
    alert("ConfigmgrTargetUnreachable", "source", site="P01", target="mp01:443", address="10.0.0.1"),
    alert("ConfigmgrRequirementError", "held back: unreachable", site="P01", target="mp01:443", rule="addresses-agree"),
    alert("ConfigmgrRequirementError", "told: reachable", site="P01", target="mp02:443", rule="addresses-agree"),
    alert("ConfigmgrRequirementNotice", "held back: an error first", site="P01", target="mp02:443", rule="root-not-sent"),
    alert("ConfigmgrCrlStale", "source", site="P01", url="http://pki/a.crl"),
    alert("ConfigmgrRequirementError", "held back: told by the CRL", site="P01", target="mp03:443", rule="crl-current"),
    alert("ConfigmgrRequirementError", "told: not about CRLs", site="P01", target="mp03:443", rule="chain-order"),
    alert("CmprobeDown", "source", instance="a:9735"),
    alert("CmprobeScanStale", "held back: down", instance="a:9735"),
    alert("CmprobeScanStale", "told: another exporter", instance="b:9735"),
]  # fmt: skip


def test_inhibition(tmp_path):
    with monitoring.alertmanager(tmp_path / "alertmanager") as receiver:
        receiver.tell(*ALERTS)

        def states():
            alerts = receiver.alerts()
            known = all(one["status"]["state"] != "unprocessed" for one in alerts)
            complete = known and len(alerts) == len(ALERTS)
            return (
                {one["labels"]["key"]: one["status"]["state"] for one in alerts} if complete else {}
            )

        expected = {
            key: "suppressed" if key.startswith("held back") else "active"
            for key in (one["key"] for one in ALERTS)
        }
        until(lambda: states() == expected, "every alert is told or held back as it should")

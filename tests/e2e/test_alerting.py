"""From a certificate in the lab to an alert at Alertmanager, and back once it is renewed."""

import sys
import time
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from support import monitoring
from support.deploy import ROOT
from support.lab import lab_in_background
from support.monitoring import Alertmanager, Prometheus, until
from support.programs import free_port, running
from support.serving import write_inventory

from probe.lab import Lab, builder

pytestmark = pytest.mark.real

OURS = "(Cmprobe|Configmgr).*"
PUBLIC = Path(__file__).parent / "public.rules.yml"
HOSTS = {
    "mp01": "sound",
    "mp03": "its issuing CA is signed with SHA-1",
    "dp02": "expired five days ago",
    "dp03": "expires in twenty days, and nothing here trusts it",
    "dp04": "expires in three days",
    "dp09": "refuses connections",
}


class World(NamedTuple):
    """Everything that runs."""

    lab: Lab
    targets: dict[str, str]
    inventory: Path
    exporter: str
    prometheus: Prometheus
    alertmanager: Alertmanager


@pytest.fixture
def world(tmp_path):
    """The lab, cmprobe serve, Prometheus and Alertmanager."""
    directory = tmp_path
    (directory / "lab").mkdir()
    with lab_in_background(directory / "lab") as lab:
        inventory = directory / "site.toml"
        targets = write_inventory(inventory, lab, *HOSTS)
        stranger = directory / "stranger.pem"
        stranger.write_bytes(builder.root("CN=Stranger").pem)
        text = inventory.read_text(encoding="utf-8")
        line = f'fqdn = "{targets[3].host}"\n'
        assert line in text
        inventory.write_text(text.replace(line, f'{line}trust = ["stranger.pem"]\n'), "utf-8")
        port = free_port()
        command = [sys.executable, "-m", "probe", "serve", inventory, "--interval", "2"]
        command += ["--listen", f"127.0.0.1:{port}"]
        place = directory / "exporter"
        place.mkdir()
        with (
            running(command, port, directory=place, environment={"PYTHONPATH": str(ROOT)}),
            monitoring.alertmanager(directory / "alertmanager") as receiver,
            monitoring.prometheus(directory / "prometheus", port, receiver, PUBLIC) as prometheus,
        ):
            names = dict(zip(HOSTS, (target.id for target in targets), strict=True))
            yield World(lab, names, inventory, f"http://127.0.0.1:{port}", prometheus, receiver)


def labels(alerts, name):
    return {(one["labels"]["alertname"], one["labels"].get(name)) for one in alerts}


class Log:
    """What happened when, for whoever runs this with -s."""

    def __init__(self) -> None:
        self.begun = time.monotonic()

    def __call__(self, text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - self.begun:6.1f} s  {text}\n")


def test_the_way_of_an_alert(world):
    """One test, so that one world is started, however many processes share the tests."""
    alerts_fire_arrive_and_resolve(world)
    public_rules_work_on_probe_for_expired_and_untrusted_chains(world)
    what_prometheus_scrapes_is_labelled_by_site(world)
    a_broken_inventory_alerts_until_it_is_mended(world)


def alerts_fire_arrive_and_resolve(world):
    log = Log()
    prometheus, receiver, targets = world.prometheus, world.alertmanager, world.targets
    wanted = {
        ("ConfigmgrCertificateExpired", targets["dp02"]),
        ("ConfigmgrCertificateExpiresWithin30Days", targets["dp03"]),
        ("ConfigmgrCertificateExpiresWithin7Days", targets["dp04"]),
        ("ConfigmgrTargetUnreachable", targets["dp09"]),
        ("ConfigmgrSha1InChain", None),
    }
    until(lambda: wanted <= labels(prometheus.firing(), "target"), f"firing: {wanted}")
    log("firing at Prometheus: " + ", ".join(sorted({name for name, _ in wanted})))
    (sha1,) = prometheus.firing("ConfigmgrSha1InChain")
    assert sha1["labels"]["subject_cn"] == "Contoso Legacy CA"
    assert sha1["labels"]["holder"] == "issuer"
    # One band for each certificate, and nothing about the target that is sound.
    expiring = [one["labels"]["target"] for one in prometheus.firing("ConfigmgrCertificate.*")]
    assert sorted(expiring) == sorted(targets[host] for host in ("dp02", "dp03", "dp04"))
    assert targets["mp01"] not in {one["labels"].get("target") for one in prometheus.firing("C.*")}
    monitoring.assert_readable(prometheus.firing(OURS))

    until(lambda: wanted <= labels(receiver.alerts(), "target"), f"received: {wanted}")
    log("received by Alertmanager")
    routed = {
        (one["labels"]["alertname"], receiver["name"])
        for one in receiver.alerts()
        for receiver in one["receivers"]
    }
    assert ("ConfigmgrSha1InChain", "pki") in routed
    assert ("ConfigmgrCertificateExpired", "page") in routed

    world.lab.renew(targets["mp03"])
    world.lab.renew(targets["dp04"])
    log("renewed: the certificates of mp03 and dp04")
    renewed = {
        ("ConfigmgrCertificateExpiresWithin7Days", targets["dp04"]),
        ("ConfigmgrSha1InChain", None),
    }
    until(lambda: not renewed & labels(prometheus.firing(), "target"), "resolved at Prometheus")
    log("resolved at Prometheus")
    until(lambda: not renewed & labels(receiver.alerts(), "target"), "resolved at Alertmanager")
    log("resolved at Alertmanager")
    # The others stand.
    assert wanted - renewed <= labels(receiver.alerts(), "target")


def public_rules_work_on_probe_for_expired_and_untrusted_chains(world):
    prometheus, targets = world.prometheus, world.targets
    wanted = {
        ("BlackboxProbeFailed", targets["dp09"]),
        ("SslProbeFailed", targets["dp09"]),
        # Expired: blackbox_exporter would have stopped telling when it ends.
        ("BlackboxCertificateExpired", targets["dp02"]),
        ("BlackboxCertificateExpiresIn30Days", targets["dp02"]),
        ("SslCertificateExpiresIn7Days", targets["dp02"]),
        # Untrusted.
        ("BlackboxCertificateExpiresIn30Days", targets["dp03"]),
    }
    until(lambda: wanted <= labels(prometheus.firing(), "instance"), f"firing: {wanted}")
    public = prometheus.firing("(Blackbox|Ssl).*")
    assert targets["mp01"] not in {one["labels"]["instance"] for one in public}
    # Of chains that do not verify there is no verified one, and no time in the year 1.
    last = "probe_ssl_last_chain_expiry_timestamp_seconds"
    until(lambda: prometheus.query(f'{last}{{instance="{targets["mp01"]}"}}'), "mp01 verifies")
    verified = prometheus.query(last)
    assert targets["dp03"] not in {one["metric"]["instance"] for one in verified}
    assert all(float(one["value"][1]) > 0 for one in verified)
    # Our own families come by the other job, once.
    own = prometheus.query('count by (job) ({__name__=~"configmgr_.+"})')
    assert [one["metric"]["job"] for one in own] == ["cmprobe"]


def what_prometheus_scrapes_is_labelled_by_site(world):
    wanted = {(target, "P01") for target in world.targets.values()}
    until(
        lambda: (
            wanted
            == {
                (one["metric"]["instance"], one["metric"]["site"])
                for one in world.prometheus.query('probe_success{job="cmprobe-probe"}')
            }
        ),
        "every target is discovered and probed",
    )
    up = world.prometheus.query('up{job="cmprobe"}')
    assert [one["value"][1] for one in up] == ["1"]
    recorded = world.prometheus.query('site:configmgr_endpoints_unreachable:count{site="P01"}')
    assert [float(one["value"][1]) for one in recorded] == [1.0]


def a_broken_inventory_alerts_until_it_is_mended(world):
    prometheus, good = world.prometheus, world.inventory.read_text(encoding="utf-8")
    alert = "CmprobeInventoryReloadFailed"
    until(lambda: prometheus.query('up{job="cmprobe"} == 1'), "scraped")
    assert not prometheus.firing(alert)
    world.inventory.write_text(f"{good}nonsense = 1\n", encoding="utf-8")
    reload = f"{world.exporter}/-/reload"
    assert httpx.post(reload, trust_env=False, timeout=20).status_code == 500
    until(lambda: prometheus.firing(alert), "firing")
    world.inventory.write_text(good, encoding="utf-8")
    assert httpx.post(reload, trust_env=False, timeout=20).status_code == 200
    until(lambda: not prometheus.firing(alert), "resolved")

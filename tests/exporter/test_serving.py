"""The whole exporter on the lab: real sockets on both sides."""

import gzip
import json
import time
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.serving import Exporter, exporter, write_inventory

HOSTS = ("mp01", "mp03", "dp09")


@pytest.fixture(scope="module")
def inventory(tmp_path_factory, contoso_lab):
    path = tmp_path_factory.mktemp("inventory") / "site.toml"
    targets = write_inventory(path, contoso_lab, *HOSTS)
    return path, targets


@pytest.fixture(scope="module")
def running(inventory):
    with exporter(inventory[0], "--interval", "600") as one:
        until(lambda: one.get("/-/ready").status_code == 200)
        yield one


def until(holds, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def samples(text: str, name: str) -> list[dict[str, str]]:
    families = text_string_to_metric_families(text)
    return [{**s.labels, "": s.value} for f in families for s in f.samples if s.name == name]


def test_metrics_tell_of_every_target(running, inventory):
    answer = running.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    success = samples(answer.text, "configmgr_probe_success")
    mp01, _, dp09 = (target.id for target in inventory[1])
    assert {one["target"]: one[""] for one in success}[mp01] == 1
    assert {one["target"]: one[""] for one in success}[dp09] == 0
    assert samples(answer.text, "cmprobe_targets") == [{"": 3.0}]
    assert samples(answer.text, "cmprobe_inventory_reload_success") == [{"": 1.0}]
    assert samples(answer.text, "cmprobe_scan_duration_seconds")


def test_metrics_in_the_format_that_is_asked_for(running):
    accept = "application/openmetrics-text;version=1.0.0"
    answer = running.get("/metrics", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
    plain = running.get("/metrics")
    assert not plain.text.endswith("# EOF\n")


@pytest.mark.parametrize(
    ("accepted", "squeezed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("", False),
        ("identity", False),
    ],
)
def test_metrics_are_squeezed_for_who_can_take_it(running, accepted, squeezed):
    headers = {"Accept-Encoding": accepted}
    with running.client.stream("GET", "/metrics", headers=headers) as answer:
        raw = b"".join(answer.iter_raw())
    assert (answer.headers.get("content-encoding") == "gzip") is squeezed
    body = gzip.decompress(raw) if squeezed else raw
    assert body.startswith(b"# HELP cmprobe_build_info")


def test_service_discovery(running, inventory):
    answer = running.get("/sd")
    assert answer.headers["content-type"] == "application/json"
    groups = answer.json()
    assert [group["targets"] for group in groups] == [[target.id] for target in inventory[1]]
    labels = groups[0]["labels"]
    assert all(isinstance(value, str) for value in labels.values())
    assert labels["__meta_configmgr_site"] == "P01"
    assert labels["__meta_configmgr_roles"] == ",management-point,distribution-point,"
    assert labels["__meta_configmgr_port"] == str(inventory[1][0].port)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("target={mp01}", [0]),
        ("target={mp01}&target=dp*", [0, 2]),
        ("target=MP*&site=p01&site=", [0, 1]),
        ("role=distribution-point", [0, 2]),
    ],
)
def test_the_report_of_some(running, inventory, query, found):
    ids = [target.id for target in inventory[1]]
    report = running.get(f"/api/v1/report?{query.format(mp01=quote(ids[0], safe=''))}").json()
    told = list(dict.fromkeys(one["target"]["id"] for one in report["results"]))
    assert told == [ids[number] for number in found]
    assert report["summary"]["targets"] == len(found)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("target=nobody:443", 404, "no target of the inventory matches"),
        ("site=P99", 404, "no target of the inventory matches"),
        ("targets=x", 400, '"targets": is no parameter (did you mean "target"?)'),
        ("role=managment-point", 400, 'did you mean "management-point"?'),
    ],
)
def test_what_a_report_cannot_be_of(running, query, status, words):
    answer = running.get(f"/api/v1/report?{query}")
    assert answer.status_code == status
    assert words in answer.text


def test_the_report(running, inventory):
    report = running.get("/api/v1/report").json()
    assert report["schema"] == "cmprobe-report/1"
    assert report["summary"]["targets"] == 3
    assert {one["target"]["id"] for one in report["results"]} == {one.id for one in inventory[1]}


def test_health(running):
    assert running.get("/-/healthy").text == "cmprobe is healthy\n"
    assert running.get("/-/ready").text == "cmprobe is ready\n"


@pytest.mark.parametrize("path", ["/metrics", "/sd", "/", "/nothing", "/-/healthy", "/probe"])
def test_every_answer_has_the_headers(running, path):
    headers = running.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


def test_what_is_not_there_is_told_shortly(running):
    for path in ("/nothing", "/metrics/", "/-/", "/api"):
        answer = running.get(path)
        assert (answer.status_code, answer.text) == (404, "not found\n")
    for path in ("/metrics", "/sd", "/probe", "/api/v1/report", "/-/healthy"):
        answer = running.client.delete(path)
        assert answer.status_code == 405
        assert len(answer.text) < 50
    assert running.get("/-/reload").status_code == 405
    assert running.client.head("/metrics").status_code == 200
    assert running.client.head("/metrics").content == b""


def test_limits(running):
    assert running.client.post("/-/reload", content=b"x" * 70_000).status_code == 413
    assert running.get("/metrics?" + "x" * 30_000).status_code == 431
    assert running.get("/metrics", headers={"X-Long": "x" * 30_000}).status_code == 431


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_other_sites_cannot_reload(running, headers):
    answer = running.client.post("/-/reload", headers=headers)
    assert answer.status_code == 403


def test_our_own_pages_can(running):
    origin = running.url
    assert running.client.post("/-/reload", headers={"Origin": origin}).status_code == 200
    own = {"Sec-Fetch-Site": "same-origin", "Origin": origin}
    assert running.client.post("/-/reload", headers=own).status_code == 200


def test_scans_go_on_and_due_times_lie_apart(inventory):
    with exporter(inventory[0], "--interval", "1") as one:
        until(lambda: one.get("/-/ready").status_code == 200)
        first = scanned(one)
        until(lambda: all(scanned(one)[name] > first[name] for name in first))


def scanned(one: Exporter) -> dict[str, float]:
    found = samples(one.get("/metrics").text, "configmgr_probe_timestamp_seconds")
    return {sample["target"] + sample["address"]: sample[""] for sample in found}


def test_a_new_inventory_is_taken_and_a_broken_one_is_not(tmp_path, contoso_lab):
    path = tmp_path / "site.toml"
    mp01, dp09 = write_inventory(path, contoso_lab, "mp01", "dp09")
    good = path.read_text()
    with exporter(path, "--interval", "600") as one:
        until(lambda: one.get("/-/ready").status_code == 200)
        path.write_text(good.replace("management-point", "managment-point") + "\nnonsense = 1\n")
        answer = one.client.post("/-/reload")
        assert answer.status_code == 500
        assert f'{path}: system[0].roles[0]: unknown role "managment-point"' in answer.text
        metrics = one.get("/metrics").text
        assert samples(metrics, "cmprobe_inventory_reload_success") == [{"": 0.0}]
        assert {s["target"] for s in samples(metrics, "configmgr_probe_success")} == {
            mp01.id,
            dp09.id,
        }

        (mp03,) = write_inventory(path, contoso_lab, "mp03")
        answer = one.client.post("/-/reload")
        assert (answer.status_code, answer.text) == (200, "reloaded: 1 target\n")
        metrics = one.get("/metrics").text
        assert samples(metrics, "cmprobe_inventory_reload_success") == [{"": 1.0}]
        assert mp01.id not in metrics
        until(lambda: bool(samples(one.get("/metrics").text, "configmgr_probe_success")))
        found = samples(one.get("/metrics").text, "configmgr_probe_success")
        assert {sample["target"] for sample in found} == {mp03.id}


def test_new_trust_judges_what_was_seen_before(tmp_path, contoso_lab):
    path, roots = tmp_path / "site.toml", tmp_path / "roots.pem"
    (mp01,) = write_inventory(path, contoso_lab, "mp01")
    good = Path(mp01.trust[0]).read_bytes()
    path.write_text(path.read_text().replace(mp01.trust[0], str(roots)))
    roots.write_bytes(stranger())

    def trusted(one: Exporter) -> set[float]:
        found = samples(one.get("/metrics").text, "configmgr_requirement_passed")
        return {sample[""] for sample in found if sample["rule"] == "chain-trusted"}

    with exporter(path, "--interval", "600") as one:
        until(lambda: one.get("/-/ready").status_code == 200)
        before = scanned(one)
        assert trusted(one) == {0.0}
        roots.write_bytes(b"junk")
        answer = one.client.post("/-/reload")
        assert answer.status_code == 500
        assert str(roots) in answer.text
        assert trusted(one) == {0.0}
        roots.write_bytes(good)
        assert one.client.post("/-/reload").status_code == 200
        assert trusted(one) == {1.0}
        assert scanned(one) == before


def stranger() -> bytes:
    from support import pki

    return pki.root().pem


def test_results_outlive_a_restart(tmp_path, inventory):
    state = tmp_path / "state"
    arguments = (inventory[0], "--interval", "600", "--state", state)
    with exporter(*arguments) as one:
        until(lambda: one.get("/-/ready").status_code == 200)
        before = scanned(one)
    assert state.stat().st_size < 40_000
    with exporter(*arguments) as one:
        assert one.get("/-/ready").status_code == 200
        assert scanned(one) == before


def test_a_broken_state_is_no_obstacle(tmp_path, inventory):
    state = tmp_path / "state"
    state.write_bytes(b"cmprobe-state/1\nbroken")
    with exporter(inventory[0], "--state", state) as one:
        until(lambda: one.get("/-/ready").status_code == 200)
        assert len(json.loads(one.get("/sd").text)) == 3
    assert state.read_bytes().startswith(b"cmprobe-state/1\n")
    assert len(state.read_bytes()) > 1000


def test_many_requests_at_once_are_answered(running):
    with httpx.Client(base_url=running.url, trust_env=False) as client:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(8) as threads:
            codes = list(threads.map(lambda _: client.get("/metrics").status_code, range(40)))
    assert set(codes) == {200}

"""The whole exporter on the lab: real sockets on both sides."""

import json
from pathlib import Path

import pytest
from support import pki
from support.serving import Exporter, exporter, samples, until, write_inventory


@pytest.fixture(scope="module")
def inventory(tmp_path_factory, contoso_lab):
    path = tmp_path_factory.mktemp("inventory") / "site.toml"
    write_inventory(path, contoso_lab, "mp01", "mp03", "dp09")
    return path


def test_scans_go_on_and_due_times_lie_apart(inventory):
    with exporter(inventory, "--interval", "1") as one:
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
    roots.write_bytes(pki.root().pem)

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


def test_results_outlive_a_restart(tmp_path, inventory):
    state = tmp_path / "state"
    arguments = (inventory, "--interval", "600", "--state", state)
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
    with exporter(inventory, "--state", state) as one:
        until(lambda: one.get("/-/ready").status_code == 200)
        assert len(json.loads(one.get("/sd").text)) == 3
    assert state.read_bytes().startswith(b"cmprobe-state/1\n")
    assert len(state.read_bytes()) > 1000

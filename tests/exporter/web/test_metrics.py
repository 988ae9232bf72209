import gzip
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from support.serving import samples


def test_metrics_tell_of_every_target(running, site):
    answer = running.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    success = samples(answer.text, "configmgr_probe_success")
    mp01, _, dp09 = (target.id for target in site[1])
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


def test_many_requests_at_once_are_answered(running):
    client = httpx.Client(base_url=running.url, trust_env=False)
    with client, ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(lambda _: client.get("/metrics").status_code, range(40)))
    assert set(codes) == {200}

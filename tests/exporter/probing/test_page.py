"""/probe: what it may connect to, how long it may take, and what it tells of it."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.serving import exporter, write_inventory

from probe.exporter.probing.prober import Prober
from probe.inventory import load
from probe.inventory.trust import TrustError
from probe.net.session import SessionError


@pytest.fixture(scope="module")
def targets(contoso_lab):
    return {one.host.partition(".")[0]: one for one in load([contoso_lab.inventory]).targets}


@pytest.fixture(scope="module")
def inventory(tmp_path_factory, contoso_lab):
    path = tmp_path_factory.mktemp("probe") / "site.toml"
    write_inventory(path, contoso_lab, "mp01")
    return path


@pytest.fixture(scope="module")
def closed(inventory, targets):
    """An exporter that allows nothing but its inventory."""
    with exporter(inventory) as one:
        yield one


@pytest.fixture(scope="module")
def opened(inventory, targets):
    """One that allows IPv4 loopback, and a domain."""
    allowed = ("--probe-allow", "127.0.0.0/8", "--probe-allow", "sup03.corp.contoso.com")
    resolver = targets["mp01"].resolver
    with exporter(inventory, "--resolver", resolver, "--timeout", "3", *allowed) as one:
        yield one


def value(text: str, name: str) -> float:
    families = text_string_to_metric_families(text)
    return next(s.value for f in families for s in f.samples if s.name == name)


def test_a_target_of_the_inventory_by_any_of_its_names(closed, targets):
    mp01 = targets["mp01"]
    for typed in (mp01.id, mp01.id.upper(), mp01.host, f"{mp01.host}.", f" {mp01.host} "):
        answer = closed.probe(typed)
        assert answer.status_code == 200, answer.text
        assert value(answer.text, "probe_success") == 1
        assert f'target="{mp01.id}"' in answer.text
        assert 'site="P01"' in answer.text


def test_one_of_its_roles(closed, targets):
    mp01 = targets["mp01"]
    answer = closed.probe(mp01.host, role="distribution-point")
    assert 'role="distribution-point"' in answer.text
    assert 'role="management-point"' not in answer.text
    answer = closed.probe(mp01.host, role="software-update-point")
    assert answer.status_code == 400
    assert answer.text.startswith("role: ")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", "target: is missing"),
        ("target=", "target: is missing"),
        ("target=a&target=b", "target: is given twice"),
        ("target=http://a/", "target: "),
        ("target=a:0", "target: "),
        ("target=a:99999", "target: "),
        ("target=*.contoso.com", "target: "),
        ("target=a%00b", "target: "),
        ("target=[::1", "target: "),
        ("target=a&role=managment-point", "role: unknown role"),
        ("target=a&debug=maybe", "debug: "),
        ("target=a&tarmget=b", '"tarmget": is no parameter (did you mean "target"?)'),
    ],
)
def test_bad_parameters_are_named(closed, query, named):
    answer = closed.get(f"/probe?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.text.startswith(named)


@pytest.mark.parametrize(
    "target",
    [
        "127.0.0.1:22",
        "[::1]:443",
        "::1",
        "localhost",
        "mp02.corp.contoso.com",
        "mp01.corp.contoso.com:1",
        "169.254.169.254:80",
    ],
)
def test_nothing_else_without_being_told(closed, target):
    answer = closed.probe(target)
    assert answer.status_code == 403
    assert "--probe-allow" in answer.text


def test_what_other_exporters_are_sent_is_no_mistake(closed, targets):
    assert closed.probe(targets["mp01"].id, module="https").status_code == 200


def test_an_address_in_an_allowed_network(opened, targets):
    port = targets["mp02"].port
    answer = opened.probe(f"127.0.0.1:{port}")
    assert answer.status_code == 200
    assert value(answer.text, "probe_success") == 1


@pytest.mark.parametrize(
    "address",
    [
        "[::1]",
        "[::]",
        "0.0.0.0",
        "10.1.2.3",
        "[::ffff:10.1.2.3]",
        "[fe80::1]",
        "[::ffff:0:127.0.0.1]",
    ],
)
def test_an_address_in_no_allowed_network(opened, targets, address):
    answer = opened.probe(f"{address}:{targets['mp02'].port}")
    assert answer.status_code == 403, answer.text


def test_a_mapped_address_counts_as_what_it_leads_to(opened, targets):
    answer = opened.probe(f"[::ffff:127.0.0.1]:{targets['mp02'].port}")
    assert answer.status_code == 200


def test_a_name_is_judged_by_all_its_addresses(opened, targets):
    one_address = opened.probe(targets["mp02"].id, role="management-point")
    assert one_address.status_code == 200
    assert value(one_address.text, "probe_success") == 1
    assert value(one_address.text, "probe_dns_lookup_time_seconds") > 0
    # mp09 is at 127.0.0.1, which is allowed, and at ::1, which is not.
    two = opened.probe(targets["mp09"].id)
    assert two.status_code == 403
    assert "leads to ::1" in two.text


def test_a_name_in_an_allowed_domain_leads_where_its_dns_says(opened, targets):
    answer = opened.probe(targets["sup03"].id)
    assert answer.status_code == 200


def test_a_name_that_does_not_resolve_is_a_failed_probe(opened):
    answer = opened.probe("nowhere.corp.contoso.com:443")
    assert answer.status_code == 200
    assert value(answer.text, "probe_success") == 0


def test_debug_shows_the_log_of_that_probe_and_of_no_other(opened, targets):
    names = ["mp01", "mp02", "mp03", "dp04"] * 3

    def ask(name: str) -> tuple[str, str]:
        return name, opened.probe(targets[name].id, debug="true").text

    with ThreadPoolExecutor(len(names)) as threads:
        answers = list(threads.map(ask, names))
    for name, text in answers:
        log, _, metrics = text.partition("\nMetrics of this probe:\n")
        assert log.count("DEBUG probing ") == 1
        assert f"probing {targets[name].id}" in log
        for other in set(names) - {name}:
            assert f"{other}.corp.contoso.com" not in log
        assert "probe_success" in metrics


def test_debug_is_plain_text(closed, targets):
    answer = closed.probe(targets["mp01"].id, debug="true")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "handshake ok" in answer.text
    assert "Log of this probe" not in closed.probe(targets["mp01"].id, debug="false").text


@pytest.fixture
def silent():
    """A port that accepts and says nothing; tells when a client came, and when it hung up."""
    came, gone = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def wait() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                came.set()
                with connection:
                    while connection.recv(4096):
                        pass
                gone.set()

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        yield server.getsockname()[1], came, gone
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize("granted", ["1", "2"])
def test_the_deadline_of_the_scrape_holds(opened, silent, granted):
    begun = time.monotonic()
    headers = {"X-Prometheus-Scrape-Timeout-Seconds": granted}
    answer = opened.probe(f"127.0.0.1:{silent[0]}", headers=headers)
    assert time.monotonic() - begun < 2.9  # of 3 that the target has
    assert answer.status_code == 200
    assert value(answer.text, "probe_success") == 0
    assert 'stage="tls"' in answer.text
    assert 'kind="timeout"' in answer.text


def test_who_hangs_up_ends_the_probe(opened, silent):
    port, came, gone = silent
    with socket.create_connection(("127.0.0.1", opened.client.base_url.port)) as client:
        client.sendall(
            f"GET /probe?target=127.0.0.1:{port} HTTP/1.1\r\nHost: [::1]\r\n\r\n".encode()
        )
        assert came.wait(5)
        begun = time.monotonic()
        assert not gone.is_set()
    assert gone.wait(5)
    assert time.monotonic() - begun < 2.9  # of 3 that the target has


@pytest.mark.parametrize(
    "error", [SessionError("client.pem: is gone"), TrustError("roots.pem", "is gone")]
)
def test_settings_that_cannot_be_used_any_more_are_the_logs(opened, monkeypatch, caplog, error):
    async def broken(*_):
        raise error

    monkeypatch.setattr(Prober, "probe", broken)
    answer = opened.probe("127.0.0.1:9")
    assert (answer.status_code, "gone" in answer.text) == (500, False)
    assert f"the settings cannot be used: {error}" in caplog.text
    assert "Traceback" not in caplog.text

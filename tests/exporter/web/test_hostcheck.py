"""Which names we answer to while this machine alone reaches us."""

import socket

import httpx
import pytest
from support.serving import exporter, write_inventory

from probe.exporter.web.hostcheck import Names


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("localhost", True),
        ("LocalHost:9735", True),
        ("localhost.:9735", True),
        ("cmprobe.localhost", True),
        ("127.0.0.1:9735", True),
        ("127.8.8.8", True),
        ("[::1]:9735", True),
        ("[::1]", True),
        ("192.0.2.1", True),
        ("own.example:1", True),
        ("Proxied.example", True),
        (socket.gethostname().upper(), True),
        ("", False),
        ("evil.example", False),
        ("evil.example:9735", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evillocalhost", False),
        ("user@localhost", False),
        ("localhost@evil.example", False),
        ("[localhost]evil.example", True),  # no browser can send it
        ("2130706433", False),
        ("xn--9735", False),
    ],
)
def test_names(header, known):
    assert Names(["own.example"], lambda: {"proxied.example"}).known(header) is known


@pytest.fixture
def inventory(tmp_path, contoso_lab):
    path = tmp_path / "site.toml"
    write_inventory(path, contoso_lab, "dp09")
    return path


def asked(one, host: str, path: str = "/sd", method: str = "GET") -> int:
    return one.client.request(method, path, headers={"Host": host}).status_code


def test_another_sites_name_reads_nothing_and_does_nothing(inventory):
    with exporter(inventory) as one:
        for path in ("/", "/sd", "/metrics", "/api/v1/report", "/probe?target=x", "/nothing"):
            answer = one.get(path, headers={"Host": "evil.example:9735"})
            assert (answer.status_code, "content-security-policy" in answer.headers) == (421, True)
        rebound = {"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}
        assert one.client.post("/-/reload", headers=rebound).status_code == 421
        assert asked(one, "evil.example", "/-/healthy") == 200
        assert asked(one, "localhost:1") == asked(one, "[::1]") == 200
        assert asked(one, "localhost", "/-/reload", "POST") == 200


def test_names_of_the_configuration_and_logins(inventory, tmp_path):
    web = tmp_path / "web.toml"
    web.write_text('hosts = ["Monitor.Example"]\n')
    with exporter(inventory, "--web-config", web) as one:
        assert asked(one, "monitor.example") == 200
        assert asked(one, "evil.example") == 421
        web.write_text('hosts = ["other.example"]\n')
        assert asked(one, "monitor.example", "/-/reload", "POST") == 200
        assert asked(one, "monitor.example") == 421
        assert asked(one, "other.example") == 200
        web.write_text(
            '[users]\nviewer = "$2y$04$J4X4LlDsrQEUtYIWT/nq2uXfZtdJSsoGZDg2Nd7ceCP0nkvOl3Aca"\n'
        )
        assert asked(one, "other.example", "/-/reload", "POST") == 200
        assert asked(one, "evil.example") == 401  # a browser has no login for that name


def test_beyond_loopback_any_name_may_be_ours(inventory):
    with exporter(inventory, listen="0.0.0.0:0") as one:
        url = f"http://127.0.0.1:{one.client.base_url.port}/sd"
        found = httpx.get(url, headers={"Host": "monitor.example"}, trust_env=False)
        assert found.status_code == 200

import tomllib
from datetime import UTC, datetime

import pytest
from cryptography import x509

from probe.lab import paperwork
from probe.lab.contoso import Contoso
from probe.lab.endpoint import Endpoint, Running, System
from probe.model.target import Accepts


@pytest.fixture
def written(tmp_path):
    contoso = Contoso(datetime(2026, 11, 22, tzinfo=UTC), "http://pki.contoso.com")
    systems = [
        System(fqdn="dp01.corp.contoso.com", roles=("distribution-point",)),
        System(service_name='odd "name"\\\u00e9', accepts=Accepts.INTERNET, roles=("tls",)),
    ]
    running = [
        Running(endpoint=Endpoint(title="", system=system), addresses=(), port=port)
        for port, system in enumerate(systems, 8443)
    ]
    path = tmp_path / "contoso.toml"
    paperwork.write(path, contoso, running, resolver="127.0.0.1:5353", timeout=3.0)
    return tomllib.loads(path.read_text(encoding="utf-8")), tmp_path, contoso


def test_the_site_trusts_the_root_beside_it(written):
    inventory, directory, contoso = written
    site = inventory["site"]
    assert (site["code"], site["resolver"], site["vantage"]) == (
        "P01",
        "127.0.0.1:5353",
        "intranet",
    )
    (root,) = site["trust"]
    assert (
        x509.load_pem_x509_certificate((directory / root).read_bytes()) == contoso.root.certificate
    )
    (issuing,) = site["intermediates"]
    x509.load_pem_x509_certificate((directory / issuing).read_bytes())
    assert inventory["defaults"] == {"timeout": 3.0}


def test_a_system_keeps_what_is_said_about_it(written):
    inventory, _, _ = written
    assert inventory["system"] == [
        {
            "fqdn": "dp01.corp.contoso.com",
            "roles": ["distribution-point"],
            "accepts": "intranet",
            "port": 8443,
        },
        {
            "service_name": 'odd "name"\\\u00e9',
            "roles": ["tls"],
            "accepts": "internet",
            "port": 8444,
        },
    ]


def test_templates_are_named_by_oid_and_by_name(written):
    inventory, _, _ = written
    for profile in ("iis-site-system", "cmg"):
        with_oid, by_name = inventory["templates"][profile]
        assert with_oid["oid"].startswith("1.3.6.1.4.1.311.21.8.")
        assert by_name == {"name": "WebServer"}

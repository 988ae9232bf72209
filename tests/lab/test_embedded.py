import asyncio
import gc
import http.client
import itertools
import socket
import ssl
import subprocess
import time
import tomllib
import warnings
from datetime import UTC, datetime, timedelta

import dns.message
import dns.query
import dns.rcode
import pytest
from cryptography import x509
from support.peer import chain_as_sent, handshake, permissive_context

from probe.inventory import load
from probe.lab import Lab
from probe.lab.embedded import endpoints
from probe.lab.endpoint import Door
from probe.lab.https import Asks
from probe.lab.listening import has_ipv6
from probe.model.failure import KINDS

TLS_DOORS = (Door.TLS, Door.LEGACY_TLS)
ENDPOINTS = {endpoint.system.host: endpoint for endpoint in endpoints()}
SERVING = [host for host, endpoint in ENDPOINTS.items() if endpoint.door in TLS_DOORS]
SOUND = [host for host in SERVING if ENDPOINTS[host].good]


def _port(lab, host):
    (planted,) = [planted for planted in lab.planted if planted.target.startswith(f"{host}:")]
    return int(planted.target.rpartition(":")[2])


def _chain(lab, host, address="127.0.0.1"):
    context = permissive_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    with handshake(host, address, _port(lab, host), context) as tls:
        return [x509.load_der_x509_certificate(der) for der in chain_as_sent(tls)]


def _lookup(lab, name, kind):
    address, _, port = lab.resolver.rpartition(":")
    return dns.query.udp(dns.message.make_query(name, kind), address, port=int(port), timeout=5)


def test_there_are_enough_servers_and_half_of_them_are_faulty():
    good = [endpoint for endpoint in ENDPOINTS.values() if endpoint.good]
    assert len(ENDPOINTS) == len(endpoints())
    assert len(good) >= 12
    assert len(ENDPOINTS) - len(good) >= 14


def test_a_machine_without_ipv6_or_tls_1_0_has_the_rest(tmp_path, monkeypatch):
    async def run():
        async with Lab(tmp_path, datetime.now(UTC)) as lab:
            answer = await asyncio.to_thread(_lookup, lab, "mp01.corp.contoso.com", "AAAA")
            assert not answer.answer
            return {planted.target.split(".")[0] for planted in lab.planted}

    everything = {host.split(".")[0] for host in ENDPOINTS}
    monkeypatch.setattr("probe.lab.embedded.has_ipv6", lambda: False)
    monkeypatch.setattr("ssl.HAS_TLSv1", False)
    assert asyncio.run(run()) == everything - {"mp09", "sup06"}


def test_failures_are_such_as_can_happen():
    for endpoint in ENDPOINTS.values():
        if endpoint.failure is not None:
            stage, kind = endpoint.failure
            assert kind in KINDS[stage]


@pytest.mark.parametrize(
    "host", [host for host in SOUND if ENDPOINTS[host].asks is not Asks.HANDSHAKE]
)
def test_what_is_sound_passes_a_strict_client(contoso_lab, host):
    root = contoso_lab.inventory.with_name("contoso-root.pem")
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context(cafile=str(root))
        context.minimum_version = context.maximum_version = version
        with handshake(host, "127.0.0.1", _port(contoso_lab, host), context) as tls:
            assert tls.version() == version.name.replace("_", ".")


@pytest.mark.real
@pytest.mark.parametrize("host", SOUND)
def test_what_is_sound_is_so_for_openssl_too(contoso_lab, host):
    root = contoso_lab.inventory.with_name("contoso-root.pem")
    options = ["-servername", host, "-verify_hostname", host, "-CAfile", str(root)]
    shown = subprocess.run(
        [
            "openssl",
            "s_client",
            "-connect",
            f"127.0.0.1:{_port(contoso_lab, host)}",
            *options,
            "-brief",
            "-tls1_2",
        ],
        input=b"",
        capture_output=True,
        check=False,
        timeout=10,
    )
    verified = b"Verification: OK" in shown.stderr
    assert verified or ENDPOINTS[host].asks is Asks.HANDSHAKE, shown.stderr


@pytest.mark.parametrize("host", SOUND)
def test_what_is_sound_refuses_old_versions(contoso_lab, host):
    context = permissive_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        handshake(host, "127.0.0.1", _port(contoso_lab, host), context)


@pytest.mark.parametrize("host", SERVING)
def test_every_server_shows_a_chain_that_begins_with_its_leaf(contoso_lab, host):
    leaf, *issuers = _chain(contoso_lab, host)
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.BasicConstraints)
    for issuer in issuers:
        assert issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize(
    ("host", "days"),
    [("dp02", (-6, -4)), ("dp03", (19, 21)), ("dp04", (2, 4)), ("dp01", (600, 700))],
)
def test_days_left(contoso_lab, host, days):
    leaf, *_ = _chain(contoso_lab, f"{host}.corp.contoso.com")
    left = leaf.not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=days[0]) < left < timedelta(days=days[1])


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("sup04.corp.contoso.com", ["sup04.corp.contoso.com", "Issuing CA 1", "Issuing CA 1"]),
        ("dp06.corp.contoso.com", ["dp06.corp.contoso.com"]),
        ("dp07.corp.contoso.com", ["dp07.corp.contoso.com", "Issuing CA 1", "Branch CA"]),
        ("dp08.corp.contoso.com", ["dp08.corp.contoso.com", "Issuing CA 1", "Root CA"]),
        ("dp01.corp.contoso.com", ["dp01.corp.contoso.com", "Branch CA", "Issuing CA 1"]),
    ],
)
def test_what_is_sent_of_a_chain(contoso_lab, host, names):
    leaf, *issuers = _chain(contoso_lab, host)
    san = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert san.get_values_for_type(x509.DNSName) == names[:1]
    common_names = [issuer.subject.rfc4514_string().split(",")[0] for issuer in issuers]
    assert common_names == [f"CN=Contoso {name}" for name in names[1:]]


def test_the_doors_that_are_no_tls(contoso_lab):
    with pytest.raises(ConnectionRefusedError):
        handshake("dp09", "127.0.0.1", _port(contoso_lab, "dp09.corp.contoso.com"))
    with pytest.raises(TimeoutError):
        handshake("dp10", "127.0.0.1", _port(contoso_lab, "dp10.corp.contoso.com"), seconds=0.1)
    with pytest.raises(ConnectionResetError):
        handshake("dp11", "127.0.0.1", _port(contoso_lab, "dp11.corp.contoso.com"))
    with pytest.raises(ssl.SSLError, match=r"(?i)wrong.version.number|record.layer.failure"):
        handshake("sup05", "127.0.0.1", _port(contoso_lab, "sup05.corp.contoso.com"))


@pytest.mark.skipif(not ssl.HAS_TLSv1, reason="this OpenSSL has no TLS 1.0")
def test_the_old_server_speaks_only_the_old_version(contoso_lab):
    port = _port(contoso_lab, "sup06.corp.contoso.com")
    context = permissive_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        handshake("sup06.corp.contoso.com", "127.0.0.1", port, context)
    assert _chain(contoso_lab, "sup06.corp.contoso.com")


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on loopback here")
@pytest.mark.parametrize(("host", "same"), [("mp01", True), ("mp09", False)])
def test_two_addresses(contoso_lab, host, same):
    name = f"{host}.corp.contoso.com"
    first, second = (_chain(contoso_lab, name, address)[0] for address in ("127.0.0.1", "::1"))
    assert (first == second) is same
    assert _lookup(contoso_lab, name, "AAAA").answer


def test_the_status_of_each_role(contoso_lab):
    asked = {
        "mp01": ("/sms_mp/.sms_aut?mplist", 403, "Client certificate required"),
        "mp02": ("/sms_mp/.sms_aut?mplist", 200, "OK"),
        "dp01": ("/SMS_DP_SMSPKG$/", 401, "Unauthorized"),
        "sup01": ("/ClientWebService/client.asmx", 200, "OK"),
        "report01": ("/nowhere", 404, "Not Found"),
    }
    for host, (path, code, reason) in asked.items():
        name = f"{host}.corp.contoso.com"
        port = _port(contoso_lab, name)
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=permissive_context())
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert (answer.status, answer.reason) == (code, reason)
        connection.close()


def test_names_lead_where_they_should(contoso_lab):
    gateway = _lookup(contoso_lab, "cmg.contoso.com", "A")
    assert [record.rdtype.name for record in gateway.answer] == ["CNAME", "A"]
    assert _lookup(contoso_lab, "mp08.corp.contoso.com", "A").rcode() == dns.rcode.NXDOMAIN
    services = _lookup(contoso_lab, "_mssms_mp_p01._tcp.corp.contoso.com", "SRV").answer[0]
    assert _port(contoso_lab, "mp01.corp.contoso.com") in {record.port for record in services}


def test_revocation_lists_are_fetched_and_are_signed_by_their_issuer(contoso_lab):
    host, _, port = contoso_lab.repository.removeprefix("http://").rpartition(":")
    assert _lookup(contoso_lab, host, "A").answer[0][0].address == "127.0.0.1"
    chain = _chain(contoso_lab, "dp08.corp.contoso.com")
    for certificate, issuer in itertools.pairwise(chain):
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        url = points[0].full_name[-1].value
        assert url.startswith(contoso_lab.repository)
        connection = http.client.HTTPConnection("127.0.0.1", int(port))
        connection.request("GET", url.removeprefix(contoso_lab.repository))
        answer = connection.getresponse()
        crl = x509.load_der_x509_crl(answer.read())
        connection.close()
        assert answer.headers["Content-Type"] == "application/pkix-crl"
        assert crl.is_signature_valid(issuer.public_key())
        assert crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is None


def test_the_description_names_every_target(contoso_lab):
    lines = contoso_lab.describe().splitlines()
    assert [line.split()[0] for line in lines] == [
        planted.target for planted in contoso_lab.planted
    ]
    assert lines[0].split()[1] == "sound"
    assert {line.split()[1] for line in lines} == {"sound", "fault"}


def test_the_inventory_lists_every_target(contoso_lab):
    inventory = tomllib.loads(contoso_lab.inventory.read_text(encoding="utf-8"))
    listed = [planted.target for planted in contoso_lab.planted]
    assert listed == [target.id for target in load([contoso_lab.inventory]).targets]
    named = [system for system in inventory["system"] if "instance" in system]
    assert [system["instance"] for system in named] == ["CM_P01", "CM_P02"]
    assert not any("port" in system for system in named)


def test_it_starts_quickly_and_ends_without_a_trace(tmp_path):
    async def run():
        began = time.monotonic()
        async with Lab(tmp_path, datetime(2026, 6, 1, tzinfo=UTC)) as lab:
            seconds = time.monotonic() - began
            port = _port(lab, "mp02.corp.contoso.com")
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        for _, writer in held:
            writer.close()
        return seconds, port

    seconds, port = asyncio.run(run())
    gc.collect()  # a socket left open would warn here, and warnings are errors
    assert seconds < 15  # it takes less than one; slow machines run these tests too
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_start_that_fails_leaves_nothing_open(tmp_path):
    async def run():
        async with Lab(tmp_path / "missing", datetime.now(UTC)):
            pass

    with pytest.raises(FileNotFoundError):
        asyncio.run(run())
    gc.collect()

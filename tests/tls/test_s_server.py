"""The observer against ``openssl s_server``, over a socket: everything that OpenSSL can vary."""

import pytest
from support.tls_identity import HOST, KINDS
from support.tls_observe import SHARES, shaken
from support.tls_servers import s_server

from probe.model.failure import Kind
from probe.model.stages import ClientAuth
from probe.tls.observer import Observer
from probe.tls.seen import Incomplete
from probe.tls.versions import VersionProbe

pytestmark = pytest.mark.real
ANY = "ALL:@SECLEVEL=0"


def observe(identities, kind, *options, **offer):
    """Run one handshake; what the server complained of is the second result."""
    with s_server(identities, kind, *options) as server:
        machine = server.run(Observer(HOST, **{"shares": SHARES, **offer}))
        return machine, server.complaints()


@pytest.mark.parametrize("kind", [*KINDS, "rsa-pss"])
@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
def test_every_kind_of_key(identities, kind, version):
    machine, complaints = observe(identities, kind, f"-{version}")
    result = shaken(machine)
    assert result.version == {"tls1_2": "TLSv1.2", "tls1_3": "TLSv1.3"}[version]
    assert result.key_proven is True
    assert result.chain.certificates == identities.sent(kind)
    assert machine.incomplete is None
    assert complaints == []


@pytest.mark.parametrize(
    "suite",
    ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
)
def test_suites_of_tls13(identities, suite):
    machine, complaints = observe(identities, "rsa", "-tls1_3", "-ciphersuites", suite)
    assert shaken(machine).cipher == suite
    assert complaints == []


@pytest.mark.parametrize(
    ("kind", "suite", "name", "incomplete", "proven"),
    [
        ("rsa", "ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", None, True),
        ("rsa", "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", None, True),
        (
            "rsa",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            None,
            True,
        ),
        (
            "secp384r1",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            None,
            True,
        ),
        (
            "rsa",
            "ECDHE-RSA-AES128-SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
            Incomplete.CIPHER,
            True,
        ),
        (
            "secp256r1",
            "ECDHE-ECDSA-AES256-SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
            Incomplete.CIPHER,
            True,
        ),
        (
            "rsa",
            "DHE-RSA-AES256-GCM-SHA384",
            "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
            Incomplete.DHE,
            True,
        ),
        (
            "rsa",
            "DHE-RSA-CHACHA20-POLY1305",
            "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            Incomplete.DHE,
            True,
        ),
        ("rsa", "DHE-RSA-AES128-SHA", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", Incomplete.DHE, True),
        (
            "rsa",
            "AES128-GCM-SHA256",
            "TLS_RSA_WITH_AES_128_GCM_SHA256",
            Incomplete.STATIC_RSA,
            None,
        ),
        ("rsa", "AES256-SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA256", Incomplete.STATIC_RSA, None),
    ],
)
def test_suites_of_tls12(identities, kind, suite, name, incomplete, proven):
    machine, complaints = observe(identities, kind, "-tls1_2", "-cipher", f"{suite}:@SECLEVEL=0")
    result = shaken(machine)
    assert result.cipher == name
    assert machine.incomplete is incomplete
    assert result.key_proven is proven
    assert result.chain.certificates == identities.sent(kind)
    assert result.client_auth is ClientAuth.NONE
    assert complaints == []


@pytest.mark.parametrize("kind", ["rsa", "secp256r1"])
@pytest.mark.parametrize(("option", "version"), [("tls1", "TLSv1"), ("tls1_1", "TLSv1.1")])
def test_old_versions(identities, kind, option, version):
    machine, complaints = observe(identities, kind, f"-{option}", "-cipher", ANY)
    result = shaken(machine)
    assert result.version == version
    assert machine.incomplete is Incomplete.VERSION
    assert result.key_proven is True
    assert complaints == []


@pytest.mark.parametrize("group", ["X25519", "P-256", "P-384", "P-521"])
@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
def test_groups(identities, group, version):
    machine, complaints = observe(identities, "rsa", f"-{version}", "-groups", group)
    names = {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1", "X25519": "x25519"}
    assert shaken(machine).group == names[group]
    assert complaints == []


@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
@pytest.mark.parametrize("tickets", ["0", "2"])
def test_a_requested_client_certificate(identities, version, tickets):
    roots = str(identities.roots())
    options = ("-verify", "1", "-CAfile", roots, "-num_tickets", tickets)
    machine, complaints = observe(identities, "rsa", f"-{version}", *options)
    result = shaken(machine)
    assert result.client_auth is ClientAuth.REQUESTED
    assert set(result.acceptable_cas) == {"CN=Contoso Root CA", "CN=Contoso Issuing CA"}
    assert machine.incomplete is None
    assert complaints == []


@pytest.mark.parametrize("version", ["tls1", "tls1_2", "tls1_3"])
def test_a_required_client_certificate(identities, version):
    roots = str(identities.roots())
    options = ("-Verify", "1", "-CAfile", roots, "-cipher", ANY)
    machine, complaints = observe(identities, "rsa", f"-{version}", *options)
    result = shaken(machine)
    assert result.key_proven is True
    assert result.chain.certificates == identities.sent("rsa")
    if version == "tls1":
        # Stopped before the question is answered; what is known is that it was asked.
        assert result.client_auth is ClientAuth.REQUESTED
        assert complaints == []
    else:
        assert result.client_auth is ClientAuth.REQUIRED
        assert machine.incomplete is Incomplete.CLIENT_CERTIFICATE
        assert ["peer did not return a certificate" in line for line in complaints] == [True]


@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
def test_a_staple(identities, version):
    staple = bytes.fromhex("30030a0106")  # OCSPResponse: unauthorized
    path = identities.directory / "staple.der"
    path.write_bytes(staple)
    machine, complaints = observe(identities, "rsa", f"-{version}", "-status_file", str(path))
    assert shaken(machine).ocsp_staple == staple
    assert complaints == []


def test_alpn(identities):
    machine, complaints = observe(identities, "rsa", "-alpn", "http/1.1", alpn=("h2", "http/1.1"))
    assert shaken(machine).alpn == "http/1.1"
    assert complaints == []


def test_no_common_suite(identities):
    machine, _ = observe(identities, "rsa", "-tls1_2", "-cipher", "ARIA128-GCM-SHA256")
    failure = machine.result(0).failure
    assert failure.kind is Kind.ALERT
    assert failure.detail == "handshake_failure (40)"


VERSIONS = {"ssl3": 0x0300, "tls1": 0x0301, "tls1_1": 0x0302, "tls1_2": 0x0303, "tls1_3": 0x0304}


@pytest.mark.parametrize("spoken", ["tls1", "tls1_1", "tls1_2", "tls1_3"])
@pytest.mark.parametrize("kind", ["rsa", "secp256r1"])
def test_versions_one_by_one(identities, kind, spoken):
    answers = {}
    with s_server(identities, kind, f"-{spoken}", "-cipher", ANY) as server:
        for name, code in VERSIONS.items():
            machine = server.run(VersionProbe(HOST, code))
            answers[name] = machine.answer
            assert machine.refused is (machine.answer is None)
            assert (machine.failure is None) is (machine.answer is not None)
    own = VERSIONS[spoken]
    for name, code in VERSIONS.items():
        lower = own if own < 0x0304 and own <= code < 0x0304 else None
        assert answers[name] == (own if code == own else lower)

"""Whole handshakes against OpenSSL's server in this process, over memory."""

import ssl

import pytest
from support.tls_client import Server
from support.tls_identity import HOST, KINDS
from support.tls_observe import SHARES, TLS12, TLS13, observe, shaken

from probe.model.failure import Kind
from probe.model.stages import ClientAuth, HandshakeFailed
from probe.tls.observer import Observer
from probe.tls.seen import Incomplete

SCHEMES = {
    "rsa": "rsa_pss_rsae_sha256",
    "rsa-pss": "rsa_pss_pss_sha256",
    "secp256r1": "ecdsa_secp256r1_sha256",
    "secp384r1": "ecdsa_secp384r1_sha384",
    "secp521r1": "ecdsa_secp521r1_sha512",
    "ed25519": "ed25519",
    "ed448": "ed448",
}


@pytest.mark.parametrize("kind", [*KINDS, "rsa-pss"])
@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_every_kind_of_key_is_proven(identities, kind, version):
    machine, server = observe(identities.context(kind, version=version))
    result = shaken(machine)
    assert result.version == {TLS12: "TLSv1.2", TLS13: "TLSv1.3"}[version]
    assert result.key_proven is True
    assert result.chain.certificates == identities.sent(kind)
    assert result.client_auth is ClientAuth.NONE
    assert machine.incomplete is None
    assert server.completed
    assert server.closed_cleanly
    assert server.error is None
    if version == TLS13 or not kind.startswith("secp"):
        assert result.signature_scheme == SCHEMES[kind]
    else:
        # TLS 1.2 ties no hash to a curve.
        assert result.signature_scheme == "ecdsa_secp256r1_sha256"
    assert result.group == "x25519"


@pytest.mark.parametrize("curve", ["X25519", "prime256v1", "secp384r1", "secp521r1"])
@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_groups(identities, curve, version):
    context = identities.context("secp256r1", version=version)
    context.set_ecdh_curve(curve)
    machine, server = observe(context)
    result = shaken(machine)
    assert result.group == {"prime256v1": "secp256r1"}.get(curve, curve.lower())
    assert result.key_proven is True
    assert server.closed_cleanly
    assert server.error is None


@pytest.mark.parametrize("version", [TLS12, TLS13])
@pytest.mark.parametrize("tickets", [0, 2])
def test_a_requested_client_certificate(identities, version, tickets):
    context = identities.context("rsa", version=version, ask=ssl.CERT_OPTIONAL)
    context.num_tickets = tickets
    machine, server = observe(context)
    if version == TLS13 and not tickets:
        # The server says nothing more: the caller's patience decides.
        assert machine.lingering
        assert 0.2 <= machine.patience <= 0.5
        machine.expire()
        assert server.receive(machine.farewell) == b""
    result = shaken(machine)
    assert result.client_auth is ClientAuth.REQUESTED
    assert result.acceptable_cas == ()  # the standard library's server names none
    assert machine.incomplete is None
    assert server.completed
    assert server.closed_cleanly
    assert server.error is None


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_a_required_client_certificate_is_no_failure(identities, version):
    machine, server = observe(identities.context("rsa", version=version, ask=ssl.CERT_REQUIRED))
    result = shaken(machine)
    assert result.client_auth is ClientAuth.REQUIRED
    assert machine.incomplete is Incomplete.CLIENT_CERTIFICATE
    assert result.key_proven is True
    assert result.chain.certificates == identities.sent("rsa")
    assert server.error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


@pytest.mark.parametrize("version", [TLS12, TLS13])
@pytest.mark.parametrize("reset", [True, False])
def test_closing_upon_an_empty_certificate_is_a_refusal(identities, version, reset):
    context = identities.context("rsa", version=version, ask=ssl.CERT_OPTIONAL)
    machine = Observer(HOST, shares=SHARES)
    server = Server(context)
    machine.receive(server.receive(machine.begin()))
    assert machine.lingering
    machine.closed(reset=reset)
    assert shaken(machine).client_auth is ClientAuth.REQUIRED


def test_silence_upon_an_empty_certificate_in_tls12_is_a_timeout(identities):
    context = identities.context("rsa", version=TLS12, ask=ssl.CERT_OPTIONAL)
    machine = Observer(HOST, shares=SHARES)
    machine.receive(Server(context).receive(machine.begin()))
    assert machine.patience is None
    machine.expire()
    result = machine.result(1)
    assert isinstance(result, HandshakeFailed)
    assert result.failure.kind is Kind.TIMEOUT
    assert result.client_auth is ClientAuth.REQUESTED
    assert result.chain
    assert result.key_proven is True


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_alpn(identities, version):
    context = identities.context("secp256r1", version=version)
    context.set_alpn_protocols(["http/1.1"])
    machine, _ = observe(context, alpn=("h2", "http/1.1"))
    assert shaken(machine).alpn == "http/1.1"


def test_sni_is_sent_for_names_only(identities):
    heard = []
    context = identities.context("secp256r1")
    context.sni_callback = lambda tls, name, ctx: heard.append(name)
    for host in (HOST, "mp01", "MP01.contoso.com.", "10.0.0.1", "::1", "[::1]", None):
        machine, _ = observe(context, host=host)
        shaken(machine)
    assert heard == [HOST, "mp01", "MP01.contoso.com", None, None, None, None]


def test_the_maximum_caps_the_version(identities):
    machine, server = observe(identities.context("rsa"), maximum=TLS12)
    assert shaken(machine).version == "TLSv1.2"
    assert server.closed_cleanly

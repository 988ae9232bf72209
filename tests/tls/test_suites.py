"""Suites of TLS 1.2 and older against OpenSSL's server: what completes, what is read only."""

import ssl
import subprocess

import pytest
from support.tls_client import Server
from support.tls_identity import HOST
from support.tls_observe import SHARES, TLS10, TLS11, TLS12, observe, shaken

from probe.model.failure import Kind
from probe.model.stages import ClientAuth, HandshakeFailed
from probe.tls.observer import Observer
from probe.tls.seen import Incomplete


@pytest.mark.parametrize(
    ("kind", "openssl", "name"),
    [
        ("rsa", "ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("rsa", "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
        ("rsa", "ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("secp256r1", "ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        ("secp256r1", "ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        (
            "ed25519",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        ),
    ],
)
@pytest.mark.parametrize("extended", [True, False])
def test_aead_suites_of_tls12_complete(identities, kind, openssl, name, extended):
    context = identities.context(kind, version=TLS12, ciphers=openssl)
    if not extended:
        context.options |= 0x1  # SSL_OP_NO_EXTENDED_MASTER_SECRET
    machine, server = observe(context)
    result = shaken(machine)
    assert result.cipher == name
    assert result.key_proven is True
    assert server.completed
    assert server.closed_cleanly
    assert server.error is None


@pytest.mark.parametrize(
    ("version", "openssl", "reason", "proven"),
    [
        (TLS12, "DHE-RSA-AES128-GCM-SHA256", Incomplete.DHE, True),
        (TLS12, "AES128-GCM-SHA256", Incomplete.STATIC_RSA, None),
        (TLS12, "AES256-SHA", Incomplete.STATIC_RSA, None),
        (TLS12, "ECDHE-RSA-AES128-SHA", Incomplete.CIPHER, True),
        (TLS12, "ECDHE-RSA-AES256-SHA384", Incomplete.CIPHER, True),
        (TLS11, "ECDHE-RSA-AES128-SHA", Incomplete.VERSION, True),
        (TLS11, "AES128-SHA", Incomplete.VERSION, None),
        (TLS10, "ECDHE-RSA-AES128-SHA", Incomplete.VERSION, True),
        (TLS10, "DHE-RSA-AES128-SHA", Incomplete.VERSION, True),
    ],
)
@pytest.mark.parametrize("ask", [ssl.CERT_NONE, ssl.CERT_REQUIRED])
def test_other_suites_are_read_up_to_the_end_of_the_first_flight(
    identities, version, openssl, reason, proven, ask
):
    context = identities.context("rsa", version=version, ciphers=openssl, ask=ask)
    if "DHE-RSA" in openssl:
        context.load_dh_params(dh_parameters(identities.directory))
    machine, _ = observe(context)
    result = shaken(machine)
    assert machine.incomplete is reason
    assert result.key_proven is proven
    assert result.chain.certificates == identities.sent("rsa")
    wanted = ClientAuth.NONE if ask == ssl.CERT_NONE else ClientAuth.REQUESTED
    assert result.client_auth is wanted
    if version < TLS12 and proven:
        assert result.signature_scheme == "rsa_pkcs1_md5_sha1"


@pytest.mark.parametrize("version", [TLS10, TLS11])
def test_ecdsa_before_tls12_is_proven(identities, version):
    machine, _ = observe(identities.context("secp384r1", version=version))
    result = shaken(machine)
    assert result.key_proven is True
    assert result.signature_scheme == "ecdsa_sha1"
    assert result.cipher.startswith("TLS_ECDHE_ECDSA_WITH_AES_")


def test_an_undecodable_certificate_does_not_lose_the_endpoint(identities):
    """OpenSSL's server will not send one, so our own words are put into its flight."""
    machine = Observer(HOST, shares=SHARES, maximum=TLS12)
    context = identities.context("rsa", version=TLS12, ciphers="AES128-SHA")
    flight = Server(context).receive(machine.begin())
    leaf = identities.sent("rsa")[0]
    place = flight.index(leaf)
    machine.receive(flight[:place] + b"\xff" * len(leaf) + flight[place + len(leaf) :])
    result = shaken(machine)
    assert result.chain.certificates[0] == b"\xff" * len(leaf)
    assert result.chain.certificates[1:] == identities.sent("rsa")[1:]
    assert result.key_proven is None


def test_an_unreadable_leaf_leaves_the_key_unproven(identities):
    """With an ECDHE suite too: the handshake goes on, for the key is needed by nobody else."""
    machine = Observer(HOST, shares=SHARES, maximum=TLS12)
    server = Server(identities.context("rsa", version=TLS12))
    flight = server.receive(machine.begin())
    leaf = identities.sent("rsa")[0]
    place = flight.index(leaf)
    machine.receive(
        flight[:place] + b"\x30" + b"\xff" * (len(leaf) - 1) + flight[place + len(leaf) :]
    )
    assert not machine.finished
    assert machine._seen.key_proven is None
    assert machine._seen.signature_scheme == "rsa_pss_rsae_sha256"


def test_a_signature_by_another_key_is_told(identities):
    """The leaf is swapped for one whose key the server does not have."""
    machine = Observer(HOST, shares=SHARES, maximum=TLS12)
    flight = Server(identities.context("secp256r1", version=TLS12)).receive(machine.begin())
    leaf = identities.sent("secp256r1")[0]
    place = flight.index(leaf)
    point = leaf.index(b"\x03\x42\x00\x04") + 3
    other = leaf[:point] + SHARES.public(0x0017) + leaf[point + 65 :]
    sent = machine.receive(flight[:place] + other + flight[place + len(leaf) :])
    result = machine.result(0)
    assert isinstance(result, HandshakeFailed)
    assert result.failure.kind is Kind.MALFORMED
    assert result.key_proven is False
    assert result.chain.certificates[0] == other
    assert sent.hex() == "1503030002" + "0233"  # decrypt_error


def dh_parameters(directory):
    """RFC 7919's ffdhe2048, as OpenSSL writes it."""
    path = directory / "dh.pem"
    if not path.exists():
        subprocess.run(
            [
                "openssl",
                "genpkey",
                "-genparam",
                "-algorithm",
                "DH",
                "-pkeyopt",
                "group:ffdhe2048",
                "-out",
                str(path),
            ],
            check=True,
            capture_output=True,
        )
    return path

"""The observer against OpenSSL's server in this process, over memory."""

import gc
import ssl
import tracemalloc

import pytest
from support.tls_client import Server, converse, single_octets
from support.tls_identity import HOST, KINDS

from probe.model.failure import Kind
from probe.model.stages import ClientAuth, HandshakeFailed, Handshaken
from probe.tls.observer import Observer
from probe.tls.seen import Incomplete
from probe.tls.shares import KeyShares

SHARES = KeyShares()
TLS10, TLS11, TLS12, TLS13 = 0x0301, 0x0302, 0x0303, 0x0304
TLS13_SUITES = {
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
}
SCHEMES = {
    "rsa": "rsa_pss_rsae_sha256",
    "rsa-pss": "rsa_pss_pss_sha256",
    "secp256r1": "ecdsa_secp256r1_sha256",
    "secp384r1": "ecdsa_secp384r1_sha384",
    "secp521r1": "ecdsa_secp521r1_sha512",
    "ed25519": "ed25519",
    "ed448": "ed448",
}


def observe(context, *, host=HOST, cut=lambda data: (data,), **options):
    machine = Observer(host, **{"shares": SHARES, **options})
    server = Server(context)
    converse(machine, server, cut)
    return machine, server


def shaken(machine) -> Handshaken:
    assert machine.finished
    result = machine.result(0.25)
    assert isinstance(result, Handshaken), result
    return result


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


def test_a_server_without_a_common_version_answers_with_an_alert(identities):
    machine, _ = observe(identities.context("rsa", version=TLS13), maximum=TLS12)
    result = machine.result(0)
    assert isinstance(result, HandshakeFailed)
    assert result.failure.kind is Kind.ALERT
    assert result.failure.detail == "protocol_version (70)"
    assert result.version is None
    assert result.client_auth is ClientAuth.UNKNOWN
    assert not result.chain


def test_a_fatal_unrecognized_name(identities):
    context = identities.context("rsa")
    context.sni_callback = lambda *_: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    machine, _ = observe(context)
    assert machine.result(0).failure.detail == "unrecognized_name (112)"


@pytest.mark.parametrize("version", [TLS10, TLS12, TLS13])
def test_octet_by_octet(identities, version):
    machine, server = observe(identities.context("secp256r1", version=version), cut=single_octets)
    result = shaken(machine)
    assert result.key_proven is True
    assert result.chain.certificates == identities.sent("secp256r1")
    assert version == TLS10 or server.closed_cleanly


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


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n",
            'answered with plain HTTP: "HTTP/1.1 400 Bad Request"',
        ),
        (b"SSH-2.0-OpenSSH_9.2\r\n", 'answered with SSH: "SSH-2.0-OpenSSH_9.2"'),
        (
            b"\x00\x00\x00\x15\xff\xff",
            "answered with octets that are no TLS record: 00 00 00 15 ff",
        ),
    ],
)
def test_what_is_not_tls(said, shown):
    for cut in (lambda data: (data,), single_octets):
        machine = Observer(HOST, shares=SHARES)
        machine.begin()
        assert b"".join(machine.receive(piece) for piece in cut(said)) == b""
        failure = machine.result(0).failure
        assert failure.kind is Kind.NOT_TLS
        assert failure.detail == shown


@pytest.mark.parametrize(("reset", "kind"), [(True, Kind.RESET), (False, Kind.CLOSED)])
def test_closing_at_once(reset, kind):
    machine = Observer(HOST, shares=SHARES)
    machine.begin()
    machine.closed(reset=reset)
    assert machine.finished
    assert machine.result(0).failure.kind is kind
    assert machine.result(0).failure.detail == "while waiting for ServerHello"


def test_silence():
    machine = Observer(HOST, shares=SHARES)
    machine.begin()
    result = machine.result(3.0)
    assert result.failure.kind is Kind.TIMEOUT
    assert result.seconds == 3.0


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_closing_in_the_middle_keeps_what_came(identities, version):
    machine = Observer(HOST, shares=SHARES)
    flight = Server(identities.context("rsa", version=version)).receive(machine.begin())
    machine.receive(flight[:-20])
    machine.closed(reset=False)
    result = machine.result(0)
    assert result.failure.kind is Kind.CLOSED
    assert result.chain.certificates == identities.sent("rsa")
    assert result.cipher
    assert result.version


def test_nothing_is_done_after_the_end():
    machine = Observer(HOST, shares=SHARES)
    machine.begin()
    machine.expire()
    first = machine.result(0)
    assert machine.receive(b"\x16\x03\x03\x00\x00") == b""
    machine.closed(reset=True)
    machine.expire()
    assert machine.result(0) == first


def test_randoms_are_never_reused():
    first, second = (Observer(HOST, shares=SHARES).begin() for _ in range(2))
    assert first[11:43] != second[11:43]
    assert first[44:76] != second[44:76]
    assert first[76:] == second[76:]


def test_an_observer_without_shares_makes_its_own(identities):
    machine, _ = observe(identities.context("rsa"), shares=None)
    shaken(machine)


@pytest.mark.parametrize("wrong", [{"host": "müll.de"}, {"host": "a" * 300}, {"maximum": 0x0302}])
def test_what_cannot_be_offered_is_refused(wrong):
    with pytest.raises(ValueError, match=r"version|name|codec"):
        Observer(wrong.get("host"), maximum=wrong.get("maximum", TLS13))


def test_a_waiting_observer_is_small():
    """performance.md asks for at most 8 KiB a connection in flight; this is the machine's part."""
    machines = [Observer(HOST, shares=SHARES) for _ in range(3)]
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        machines = []
        for _ in range(200):
            machine = Observer(HOST, shares=SHARES)
            machine.begin()
            machines.append(machine)
        used = (tracemalloc.get_traced_memory()[0] - before) / 200
    finally:
        tracemalloc.stop()
    assert used < 2500


def dh_parameters(directory):
    """RFC 7919's ffdhe2048, as OpenSSL writes it."""
    import subprocess

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

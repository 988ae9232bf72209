"""TLS 1.2 and older: what completes, what is read only, and what a server may twist."""

import ssl
import subprocess

import pytest
from support.tls_client import Server, single_octets
from support.tls_identity import HOST, authority, issued
from support.tls_observe import SHARES, TLS10, TLS11, TLS12, failure, observe, shaken
from support.tls_script import Script12, extension, record

from probe.model.failure import Kind
from probe.model.stages import ClientAuth, HandshakeFailed
from probe.tls.messages import Message, message
from probe.tls.observer import Observer
from probe.tls.records import Content
from probe.tls.seen import Incomplete

CHAIN = (issued("secp256r1").der, authority().der)


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


def start(**options):
    machine = Observer(HOST, shares=SHARES, **options)
    return machine, Script12(machine)


def say(machine, *messages):
    return machine.receive(b"".join(record(one) for one in messages))


def test_a_sound_first_flight_is_answered():
    machine, script = start()
    sent = machine.receive(script.flight(CHAIN))
    assert not machine.finished
    assert sent[5] == Message.CLIENT_KEY_EXCHANGE
    machine.closed(reset=False)
    assert failure(machine).detail == "while waiting for ChangeCipherSpec"
    assert machine.result(0).key_proven is True
    assert machine.result(0).client_auth is ClientAuth.NONE


def test_a_flight_in_one_record_or_in_single_octets():
    for cut in (lambda data: (data,), single_octets):
        machine, script = start()
        flight = script.hello() + script.certificate(CHAIN) + script.key_exchange() + script.done()
        sent = b"".join(machine.receive(piece) for piece in cut(record(flight)))
        assert sent[5] == Message.CLIENT_KEY_EXCHANGE


def test_a_staple_with_and_without_an_answer():
    machine, script = start()
    say(machine, script.hello(), script.certificate(CHAIN), script.status(b"0\x03\x0a\x01\x00"))
    assert machine.result(0).ocsp_staple == b"0\x03\x0a\x01\x00"
    machine, script = start()
    say(machine, script.hello(), script.certificate(CHAIN), script.status(b"x", kind=2))
    assert machine.result(0).ocsp_staple is None


def test_acceptable_authorities():
    machine, script = start()
    head = script.hello(), script.certificate(CHAIN), script.key_exchange()
    sent = say(machine, *head, script.request((authority().subject,)), script.done())
    assert sent[5:12] == bytes.fromhex("0b000003000000")  # an empty Certificate
    assert machine.lingering
    machine.receive(record(b"\x02\x28", Content.ALERT))
    assert machine.result(0).client_auth is ClientAuth.REQUIRED
    assert machine.result(0).acceptable_cas == ("CN=Contoso Issuing CA",)


def test_a_hello_request_is_ignored_anywhere():
    machine, script = start()
    again = message(Message.HELLO_REQUEST, b"")
    said = again, script.hello(), again, script.certificate(CHAIN), again, script.key_exchange()
    assert say(machine, *said, again, script.done())[5] == Message.CLIENT_KEY_EXCHANGE


def test_ssl3_is_read_too():
    machine, script = start()
    say(
        machine,
        script.hello(version=0x0300, suite=0x0005),
        script.certificate(CHAIN),
        script.done(),
    )
    assert shaken(machine).version == "SSLv3"
    assert machine.incomplete is Incomplete.VERSION


def test_a_downgrade_is_noticed():
    for maximum, version, end in (
        (0x0304, 0x0303, b"\x01"),
        (0x0304, 0x0302, b"\x00"),
        (0x0303, 0x0302, b"\x00"),
    ):
        machine, script = start(maximum=maximum)
        suite = 0xC02B if version == TLS12 else 0xC013
        random = b"R" * 24 + b"DOWNGRD" + end
        say(machine, script.hello(version=version, suite=suite, random=random))
        assert "downgraded" in failure(machine).detail


def test_what_was_not_offered_is_refused():
    for hello, detail in (
        ({"suite": 0x0000}, "cipher suite 0x0000"),
        ({"suite": 0x1301}, "cipher suite 0x1301 for TLSv1.2"),
        ({"suite": 0xC02B, "version": 0x0302}, "cipher suite 0xc02b for TLSv1.1"),
        ({"version": 0x0305}, "version 0x0305"),
        ({"version": 0x0200}, "version 0x0200"),
        ({"block": extension(43, b"\x03\x03")}, "selected version 0x0303"),
    ):
        machine, script = start()
        sent = say(machine, script.hello(**hello))
        assert detail in failure(machine).detail
        assert sent == record(b"\x02\x2f", Content.ALERT)  # illegal_parameter


def test_compression_is_refused():
    machine, script = start()
    hello = script.hello()
    say(machine, hello[:-1] + b"\x01")
    assert failure(machine).detail == "compression method 1"


def test_a_curve_that_was_not_offered():
    machine, script = start()
    say(machine, script.hello(), script.certificate(CHAIN), script.key_exchange(group=0x001A))
    assert "curve" in failure(machine).detail


def test_an_invalid_point():
    for group, public in ((0x001D, bytes(32)), (0x0017, b"\x04" + b"\x01" * 64), (0x0017, b"\x02")):
        machine, script = start()
        exchange = script.key_exchange(group=group, public=public)
        say(machine, script.hello(), script.certificate(CHAIN), exchange, script.done())
        assert "public value" in failure(machine).detail
        assert machine.result(0).key_proven is True


def test_no_certificate():
    machine, script = start()
    say(machine, script.hello(), script.certificate(()))
    assert failure(machine).kind is Kind.NO_CERTIFICATE


def test_order_is_kept():
    machine, script = start()
    say(machine, script.hello(), script.key_exchange())
    assert failure(machine).detail == "server_key_exchange instead of Certificate"
    machine, script = start()
    say(machine, script.hello(), script.certificate(CHAIN), script.done())
    assert failure(machine).detail == "server_hello_done instead of ServerKeyExchange"
    machine, script = start()
    say(machine, script.hello())
    machine.receive(record(b"\x01", Content.CHANGE_CIPHER_SPEC))
    assert failure(machine).detail == "ChangeCipherSpec instead of Certificate"


def test_change_cipher_spec_inside_a_message():
    machine, script = start()
    machine.receive(script.flight(CHAIN))
    machine.receive(record(b"\x04\x00") + record(b"\x01", Content.CHANGE_CIPHER_SPEC))
    assert failure(machine).detail == "ChangeCipherSpec inside a handshake message"


def test_finished_that_does_not_decrypt():
    machine, script = start()
    machine.receive(script.flight(CHAIN))
    machine.receive(record(b"\x01", Content.CHANGE_CIPHER_SPEC) + record(bytes(40)))
    assert failure(machine).detail == "a record that does not decrypt"
    machine, script = start()
    machine.receive(script.flight(CHAIN))
    machine.receive(record(b"\x01", Content.CHANGE_CIPHER_SPEC) + record(bytes(20)))
    assert failure(machine).detail == "a record that does not decrypt"


def test_warnings_are_heard_and_bounded():
    machine, script = start()
    machine.receive(record(b"\x01\x70", Content.ALERT) + record(script.hello()))
    machine.closed(reset=False)
    wanted = "while waiting for Certificate, after the warning unrecognized_name (112)"
    assert failure(machine).detail == wanted
    machine, _ = start()
    machine.receive(record(b"\x01\x70", Content.ALERT) * 50)
    assert failure(machine).kind is Kind.LIMIT


def test_close_notify_before_the_end():
    machine, _ = start()
    machine.receive(record(b"\x01\x00", Content.ALERT))
    assert failure(machine).kind is Kind.CLOSED
    assert failure(machine).detail == "close_notify while waiting for ServerHello"

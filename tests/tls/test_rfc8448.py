"""Known answers: the machine replays the traces of RFC 8448 octet for octet."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from support import rfc8448
from support.tls_client import single_octets

from probe.model.stages import ClientAuth, Handshaken
from probe.tls import tls13
from probe.tls.key_schedule import KeySchedule, TrafficSecret
from probe.tls.observer import Observer
from probe.tls.protection import Protection13
from probe.tls.records import Content
from probe.tls.shares import SECP256R1, X25519, KeyShares
from probe.tls.stage import certificates
from probe.tls.suites import SUITES

AES = SUITES[0x1301]


class RecordedOffer:
    """Says what the client of a trace said."""

    maximum = 0x0304

    def __init__(self, trace):
        hello = trace.client_hello
        self._trace = trace
        self.random = hello[6:38]
        self.session = hello[39 : 39 + hello[38]]
        self.groups = (X25519,)
        keys = [X25519PrivateKey.from_private_bytes(trace.private_key)]
        if hasattr(trace, "private_key_p256"):
            scalar = int.from_bytes(trace.private_key_p256, "big")
            keys.append(ec.derive_private_key(scalar, ec.SECP256R1()))
        self.shares = KeyShares(keys)

    def first(self):
        return self._trace.client_hello

    def second(self, group, cookie):
        assert group == SECP256R1
        assert cookie in self._trace.retry
        self.groups = (group,)
        return self._trace.second_hello


def observer_of(trace) -> Observer:
    machine = Observer("server")
    machine._part._offer = RecordedOffer(trace)
    machine.begin()
    return machine


def application_secret(trace) -> TrafficSecret:
    """The client's application secret, on a path of its own through the key schedule."""
    shares = RecordedOffer(trace).shares
    sent = trace.client_hello + trace.server_hello[5:]
    group = trace.server_hello[5:].index(b"\x00\x1d\x00\x20") + 4
    shared = shares.agree(X25519, trace.server_hello[5:][group : group + 32])
    schedule = KeySchedule("sha256", shared, hashlib.sha256(sent).digest())
    server = Protection13(AES, *schedule.server.keys(16))
    flight = trace.server_flight
    _, inner = server.open(flight[:5], flight[5:])
    schedule.enter_master()
    return schedule.client_application(hashlib.sha256(sent + inner).digest())


def hexes(text: str) -> bytes:
    return bytes.fromhex(text)


def test_key_schedule_of_the_simple_handshake():
    trace = rfc8448.SIMPLE
    shared = hexes("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d")
    transcript = hashlib.sha256(trace.client_hello + trace.server_hello[5:]).digest()
    assert transcript == hexes("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8")
    schedule = KeySchedule("sha256", shared, transcript)
    assert schedule.server.keys(16) == (
        hexes("3fce516009c21727d0f2e4e86ee403bc"),
        hexes("5d313eb2671276ee13000b30"),
    )
    assert schedule.client.keys(16) == (
        hexes("dbfaa693d1762c5b666af5d950258d01"),
        hexes("5bd3c71b836e0b76bb73265f"),
    )
    schedule.enter_master()
    finished = hexes("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13")
    same_secret(
        schedule.client_application(finished),
        "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
    )
    same_secret(
        schedule.server_application(finished),
        "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
    )


def same_secret(secret, expected):
    assert secret.keys(16) == TrafficSecret("sha256", hexes(expected)).keys(16)


def test_finished_of_the_simple_handshake():
    secret = TrafficSecret(
        "sha256", hexes("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")
    )
    trace = rfc8448.SIMPLE
    server = Protection13(AES, *secret.keys(16))
    kind, inner = server.open(trace.server_flight[:5], trace.server_flight[5:])
    assert kind == Content.HANDSHAKE
    before = trace.client_hello + trace.server_hello[5:] + inner[:-36]
    assert inner[-36:-32] == b"\x14\x00\x00\x20"
    assert inner[-32:] == secret.verify_data(hashlib.sha256(before).digest())


def test_application_records_of_the_simple_handshake():
    trace = rfc8448.SIMPLE
    ours = Protection13(AES, *application_secret(trace).keys(16))
    assert ours.seal(Content.APPLICATION_DATA, bytes(range(50))) == trace.client_data
    assert ours.seal(Content.ALERT, b"\x01\x00") == trace.client_close


@pytest.mark.parametrize("name", ["SIMPLE", "COMPATIBLE"])
def test_one_round_trip(name):
    trace = getattr(rfc8448, name)
    machine = observer_of(trace)
    sent = machine.receive(trace.server_hello + trace.server_flight)
    assert sent.startswith(trace.client_flight)
    if name == "COMPATIBLE":
        assert sent == trace.client_flight + trace.client_close
    assert_handshaken(machine, "rsa_pss_rsae_sha256", "x25519")


def test_retry():
    trace = rfc8448.RETRY
    machine = observer_of(trace)
    second = machine.receive(trace.retry)
    assert second == hexes("1603030200") + trace.second_hello
    sent = machine.receive(trace.server_hello + trace.server_flight)
    assert sent == trace.client_flight + trace.client_close
    assert_handshaken(machine, "rsa_pss_rsae_sha256", "secp256r1")


def test_client_authentication():
    trace = rfc8448.CLIENT_AUTHENTICATION
    machine = observer_of(trace)
    assert machine.receive(trace.server_hello + trace.server_flight)
    assert machine.lingering
    assert not machine.finished
    machine.expire()
    assert machine.finished
    result = assert_handshaken(machine, "ecdsa_secp256r1_sha256", "x25519")
    assert result.client_auth is ClientAuth.REQUESTED
    assert result.acceptable_cas == ()
    # The application keys do not depend on our certificate: the farewell is the trace's own.
    assert machine.farewell == trace.client_close


def test_a_ticket_shows_that_the_server_went_on(monkeypatch):
    """The ticket of section 3, to a machine that believes it was asked for a certificate."""

    def asked(raw, seen, *, extended):
        seen.client_auth = ClientAuth.REQUESTED
        return certificates(raw, seen, extended=extended)

    monkeypatch.setattr(tls13, "certificates", asked)
    trace = rfc8448.SIMPLE
    machine = observer_of(trace)
    machine.receive(trace.server_hello + trace.server_flight)
    assert machine.lingering
    assert machine.patience is not None
    machine.receive(trace.server_ticket)
    assert machine.finished
    assert machine.result(0).client_auth is ClientAuth.REQUESTED


def assert_handshaken(machine, scheme, group):
    assert machine.finished
    result = machine.result(0.5)
    assert isinstance(result, Handshaken)
    assert result.seconds == 0.5
    assert result.engine == "observer"
    assert result.version == "TLSv1.3"
    assert result.cipher == "TLS_AES_128_GCM_SHA256"
    assert result.group == group
    assert result.signature_scheme == scheme
    assert result.key_proven is True
    assert len(result.chain.certificates) == 1
    assert machine.incomplete is None
    return result


@pytest.mark.parametrize("name", ["SIMPLE", "COMPATIBLE", "RETRY", "CLIENT_AUTHENTICATION"])
def test_octet_by_octet_is_the_same(name):
    assert story(name, single_octets) == story(name, lambda data: (data,))


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, 400), max_size=12))
def test_any_fragmentation_is_the_same(cuts):
    def cut(data):
        position = 0
        for size in cuts:
            yield data[position : position + size]
            position += size
        yield data[position:]

    for name in ("SIMPLE", "RETRY"):
        assert story(name, cut) == story(name, lambda data: (data,))


def story(name, cut):
    trace = getattr(rfc8448, name)
    machine = observer_of(trace)
    stream = getattr(trace, "retry", b"") + trace.server_hello + trace.server_flight
    sent = b"".join(machine.receive(piece) for piece in cut(stream))
    return sent, machine.lingering, machine.result(0)

"""The observer's life: how it ends, what it keeps, what it refuses, how small it is."""

import gc
import ssl
import tracemalloc

import pytest
from support.tls_client import Server, single_octets
from support.tls_identity import HOST
from support.tls_observe import SHARES, TLS10, TLS12, TLS13, observe, shaken

from probe.model.failure import Kind
from probe.model.stages import ClientAuth, HandshakeFailed
from probe.tls.observer import Observer


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

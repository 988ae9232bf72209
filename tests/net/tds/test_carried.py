import json
import ssl
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import pki
from support.drive import MemoryServer
from support.sqlserver import tds_context

from probe.model.failure import KINDS, Kind, Stage
from probe.model.stages import HandshakeFailed, Handshaken
from probe.net.contexts import client_context
from probe.net.openssl import OpenSsl
from probe.net.tds import packets
from probe.net.tds.carried import Carried
from probe.tls import limits
from probe.tls.hello import TLS10, TLS11, TLS12
from probe.tls.observer import Observer
from probe.tls.shares import KeyShares
from probe.tls.versions import VersionProbe

SHARES = KeyShares()
RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))


def observer() -> Observer:
    return Observer(pki.HOST, maximum=TLS12, shares=SHARES)


def openssl() -> OpenSsl:
    return OpenSsl(client_context(maximum=ssl.TLSVersion.TLSv1_2), pki.HOST)


ENGINES = (observer, openssl)


class TdsServer:
    """A server that unwraps and wraps by itself; it notes what it got after its handshake."""

    def __init__(self, kind: int = packets.PRELOGIN, size: int = packets.SIZE) -> None:
        self.inner = MemoryServer(tds_context(pki.rsa_leaf()))
        self.kind, self.size = kind, size
        self.bare = b""
        self.messages = 0

    def receive(self, data: bytes) -> bytes:
        if self.inner.shaken:
            self.bare += data
            return self.inner.receive(data)
        octets = b""
        while data:
            kind, status, length = data[0], data[1], int.from_bytes(data[2:4], "big")
            assert kind == packets.PRELOGIN
            assert 8 < length <= packets.SIZE
            octets += data[8:length]
            self.messages += status & 1
            data = data[length:]
        said = self.inner.receive(octets)
        return packets.encode(self.kind, said, size=self.size) if said else b""


def converse(client: Carried, server: TdsServer, step: int = 1 << 16) -> None:
    data = client.begin()
    while data and not client.finished:
        answer, data = server.receive(data), b""
        for start in range(0, len(answer), step):
            data += client.receive(answer[start : start + step])
    if data:
        server.receive(data)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", [packets.PRELOGIN, packets.REPLY])
@pytest.mark.parametrize("size", [9, 100, packets.SIZE, 32767])
def test_a_handshake_in_packets_of_any_type_and_size(engine, kind, size):
    inner, server = engine(), TdsServer(kind, size)
    client = Carried(inner)
    converse(client, server)
    result = inner.result(0.1)
    assert isinstance(result, Handshaken)
    assert result.version == "TLSv1.2"
    assert result.chain.certificates == pki.rsa_leaf().sent
    assert result.key_proven
    assert server.inner.shaken
    assert server.messages == 2


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_packets_may_come_in_any_pieces(engine, step):
    inner = engine()
    converse(Carried(inner), TdsServer(size=200), step)
    assert isinstance(inner.result(0.1), Handshaken)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_farewell_is_bare_because_the_handshake_is_over(engine):
    server = TdsServer()
    converse(Carried(engine()), server)
    assert server.bare[:1] == b"\x15"
    assert server.inner.ended


def test_octets_behind_an_answer_come_in_the_same_packet():
    # A whole flight, record by record in packets of their own, then all in one.
    for size in (0, 1):
        inner, server = observer(), MemoryServer(tds_context(pki.rsa_leaf()))
        client = Carried(inner)
        flight = server.receive(client.begin()[8:])
        records = []
        while flight:
            length = 5 + int.from_bytes(flight[3:5], "big")
            records.append(flight[:length])
            flight = flight[length:]
        parts = records if size else [b"".join(records)]
        said = b"".join(packets.encode(packets.PRELOGIN, part) for part in parts)
        client.receive(client.receive(said) and packets.encode(4, b""))
        assert inner.result(0.1).chain.certificates == pki.rsa_leaf().sent


def test_a_first_flight_of_a_real_server_is_read_as_far_as_it_was_recorded():
    (recorded,) = [one for one in RECORDED if "first_bytes" in one]
    probe = VersionProbe(pki.HOST, TLS10)
    client = Carried(probe)
    client.begin()
    octets = bytes.fromhex(recorded["first_bytes"])
    # One record and one packet, of which the archive keeps the beginning.
    client.receive(octets + bytes(0x475 - len(octets)))
    assert probe.answer == TLS10


@pytest.mark.parametrize("maximum", [TLS10, TLS11])
def test_an_older_version_is_refused_inside_packets_too(maximum):
    probe = VersionProbe(pki.HOST, maximum)
    converse(Carried(probe), TdsServer())
    assert probe.refused


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_no_packet_is_judged_as_tls(engine):
    for octets, kind in (
        (b"\x15\x03\x03\x00\x02\x02\x28", Kind.ALERT),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Kind.NOT_TLS),
        (packets.encode(packets.REPLY, b"\xaa" * 40), Kind.NOT_TLS),
        (b"\x12\x01\x00\x03" + bytes(40), Kind.NOT_TLS),
    ):
        inner = engine()
        client = Carried(inner)
        client.begin()
        client.receive(octets)
        client.closed(reset=False)
        failure = inner.result(0.1).failure
        assert (failure.stage, failure.kind) == (Stage.TLS, kind)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_alert_of_ours_travels_in_a_packet(engine):
    client = Carried(engine())
    client.begin()
    said = client.receive(packets.encode(packets.PRELOGIN, b"\x16\x03\x03\x00\x04\x63\x00\x00\x00"))
    assert client.finished
    assert said == b"" or said[:1] == b"\x12"


@pytest.mark.parametrize("engine", ENGINES)
def test_silence_and_ends_are_passed_on(engine):
    for end, kind in (
        (lambda client: client.expire(), Kind.TIMEOUT),
        (lambda client: client.closed(reset=False), Kind.CLOSED),
        (lambda client: client.closed(reset=True), Kind.RESET),
    ):
        inner = engine()
        client = Carried(inner)
        client.begin()
        end(client)
        assert client.finished
        assert client.farewell == b""
        assert inner.result(0.1).failure.kind is kind


def test_empty_packets_do_not_go_on_for_ever():
    inner = observer()
    client = Carried(inner)
    client.begin()
    begun = time.perf_counter()
    empty = packets.encode(packets.PRELOGIN, b"") * 4096
    for _ in range(2 * limits.OCTETS // len(empty) + 2):
        client.receive(empty)
    assert client.finished
    assert isinstance(inner.result(0.1), HandshakeFailed)
    assert time.perf_counter() - begun < 5


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0x04, 0x12, 0x15, 0x16]), st.binary(max_size=300)), max_size=8
    ),
    st.integers(9, 200),
    st.sampled_from(ENGINES),
)
def test_whatever_a_server_says_the_handshake_ends(said, size, engine):
    inner = engine()
    client = Carried(inner)
    client.begin()
    for kind, octets in said:
        if client.finished:
            break
        client.receive(packets.encode(kind, octets, size=size))
    if not client.finished:
        client.expire()
    result = inner.result(0.1)
    assert isinstance(result, HandshakeFailed)
    assert result.failure.kind in KINDS[Stage.TLS] - {Kind.INTERNAL}

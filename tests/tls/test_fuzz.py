"""Any octets at all: nothing escapes, nothing is a bug of ours, nothing grows, cuts do not matter."""

import functools

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.tls_client import single_octets
from support.tls_identity import HOST, authority, issued
from support.tls_observe import SHARES
from support.tls_script import Script12, Script13, extension, record

from probe.model.failure import KINDS, Kind, Stage
from probe.model.stages import HandshakeFailed
from probe.tls import limits
from probe.tls.messages import Message, message
from probe.tls.observer import Observer
from probe.tls.records import Content
from probe.tls.versions import VersionProbe

CHAIN = (issued("secp256r1").der, authority().der)
FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def fixed(count: int) -> bytes:
    return bytes(range(count))


def observer() -> Observer:
    return Observer(HOST, shares=SHARES, random=fixed)


@functools.cache
def recorded() -> dict[str, bytes]:
    """What servers said to an observer whose randoms are fixed, so that it can be said again."""
    said = {}
    script12 = Script12(observer())
    said["tls12"] = script12.flight(CHAIN)
    script12 = Script12(observer())
    said["asked"] = b"".join(
        record(one)
        for one in (
            script12.hello(
                block=extension(23, b"") + extension(5, b"") + extension(16, b"\x00\x03\x02h2")
            ),
            script12.certificate(CHAIN),
            script12.status(b"0\x03\x0a\x01\x00"),
            script12.key_exchange(),
            script12.request((authority().subject,)),
            script12.done(),
        )
    )
    said["old"] = b"".join(
        record(one)
        for one in (
            script12.hello(version=0x0301, suite=0x002F),
            script12.certificate(CHAIN),
            script12.done(),
        )
    )
    script13 = Script13(observer())
    said["tls13"] = script13.hello() + script13.flight(CHAIN, staple=b"0\x03\x0a\x01\x00")
    script13 = Script13(observer())
    names = script13.request((authority().subject, b"\x05"))
    said["asked13"] = script13.hello() + script13.flight(CHAIN, request=names)
    return said


def story(data: bytes, cut=lambda data: (data,)):
    """Everything that an observer makes of a stream that then ends."""
    machine = observer()
    machine.begin()
    sent = b"".join(machine.receive(piece) for piece in cut(data))
    machine.closed(reset=False)
    result = machine.result(0)
    if isinstance(result, HandshakeFailed):
        assert result.failure.kind in KINDS[Stage.TLS], result.failure
        assert result.failure.kind is not Kind.INTERNAL, result.failure
        assert result.failure.detail.isprintable()
    return sent, result, machine.incomplete


@st.composite
def mutated(draw) -> bytes:
    """A recorded stream with a few octets changed, inserted or left out."""
    data = bytearray(recorded()[draw(st.sampled_from(sorted(recorded())))])
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(("set", "flip", "insert", "cut", "repeat"))):
            case "set":
                data[place] = draw(st.integers(0, 255))
            case "flip":
                data[place] ^= 1 << draw(st.integers(0, 7))
            case "insert":
                data[place:place] = draw(st.binary(max_size=9))
            case "cut":
                del data[place : place + draw(st.integers(1, 40))]
            case "repeat":
                data[place:place] = data[place : place + draw(st.integers(1, 300))]
        if not data:
            data = bytearray(b"\x16")
    return bytes(data)


def test_the_recorded_streams_are_sound():
    for name, data in recorded().items():
        _, result, _ = story(data)
        assert result.chain.certificates == CHAIN, name
        assert result.key_proven is (None if name == "old" else True), name


@FUZZ
@given(data=mutated(), sizes=st.lists(st.integers(1, 60), min_size=1, max_size=30))
def test_mutated_streams_tell_the_same_however_they_are_cut(data, sizes):
    def cut(stream):
        position = 0
        for size in sizes:
            yield stream[position : position + size]
            position += size
        yield stream[position:]

    whole = story(data)
    assert story(data, cut) == whole
    assert story(data, single_octets) == whole


@FUZZ
@given(data=st.binary(max_size=200))
@example(b"HTTP/1.1 302 Found\r\n")
@example(b"\x16\x03")
@example(b"\n\x03\x03\x00=")
@example(b"\x80\x2e\x01")
@example(b"220 " + b"x" * 100)
def test_any_octets_tell_the_same_however_they_are_cut(data):
    assert story(data, single_octets) == story(data)


@FUZZ
@given(
    kind=st.sampled_from([int(one) for one in Message]),
    body=st.binary(max_size=120),
    place=st.integers(0, 3),
)
def test_any_message_under_the_right_keys(kind, body, place):
    machine = observer()
    script = Script13(machine)
    machine.receive(script.hello())
    raw = kind.to_bytes(1, "big") + len(body).to_bytes(3, "big") + body
    sound = [script.extensions(), script.request(), script.certificate(CHAIN)]
    for one in sound[:place]:
        machine.receive(script.say(one))
    machine.receive(script.say(raw))
    machine.expire()
    assert machine.result(0).failure.kind is not Kind.INTERNAL


@FUZZ
@given(
    kind=st.sampled_from([2, 11, 12, 13, 14, 22]),
    body=st.binary(max_size=120),
    place=st.integers(0, 4),
)
def test_any_message_of_a_tls12_flight(kind, body, place):
    machine = observer()
    script = Script12(machine)
    sound = [script.hello(), script.certificate(CHAIN), script.key_exchange(), script.request()]
    for one in sound[:place]:
        machine.receive(record(one))
    machine.receive(record(message(kind, body)))
    machine.closed(reset=True)
    result = machine.result(0)
    assert not isinstance(result, HandshakeFailed) or result.failure.kind is not Kind.INTERNAL


@FUZZ
@given(der=st.binary(max_size=300))
@example(b"\x30\x84\xff\xff\xff\xff")
@example(b"\x30\x80\x30\x80")
def test_any_leaf(der):
    machine = observer()
    script = Script13(machine)
    machine.receive(script.hello() + script.flight((der, *CHAIN)))
    assert machine.result(0).chain.certificates == (der, *CHAIN)


@FUZZ
@given(data=mutated(), place=st.integers(0, 600), octet=st.integers(0, 255))
def test_any_certificate_like_leaf(data, place, octet):
    leaf = bytearray(CHAIN[0])
    leaf[place % len(leaf)] = octet
    machine = observer()
    script = Script13(machine)
    machine.receive(script.hello() + script.flight((bytes(leaf),)))
    result = machine.result(0)
    assert result.chain.certificates == (bytes(leaf),)
    assert not isinstance(result, HandshakeFailed) or result.failure.kind is not Kind.INTERNAL


@FUZZ
@given(data=mutated(), maximum=st.sampled_from([0x0300, 0x0301, 0x0302, 0x0303, 0x0304]))
def test_the_version_probe_too(data, maximum):
    def told(cut):
        machine = VersionProbe(HOST, maximum)
        machine.begin()
        sent = b"".join(machine.receive(piece) for piece in cut(data))
        machine.closed(reset=False)
        assert machine.finished
        assert machine.failure is None or machine.failure.kind is not Kind.INTERNAL
        assert machine.answer is not None or machine.failure is not None
        return sent, machine.answer, machine.refused, machine.failure

    assert told(single_octets) == told(lambda stream: (stream,))


def test_nothing_grows_without_end():
    """A peer that sends fragments for ever is cut off by octets or records, and then forgotten."""
    for size in (1, 100, 16000):
        machine = observer()
        machine.begin()
        header = bytes((Message.SERVER_HELLO,)) + (limits.MESSAGE).to_bytes(3, "big")
        machine.receive(record(header))
        for _ in range(2 * limits.RECORDS):
            machine.receive(record(bytes(size)))
            if machine.finished:
                break
        assert machine.finished
        failure = machine.result(0).failure
        assert failure.kind in (Kind.LIMIT, Kind.MALFORMED)
        assert len(machine._channel.records._input) == 0


def test_a_stream_that_never_makes_a_record_is_bounded():
    machine = observer()
    machine.begin()
    machine.receive(b"\x16\x03\x03\x40\x00")
    for _ in range(16383):
        machine.receive(b"x")
    assert len(machine._channel.records._input) < 17000
    machine.receive(b"x" * 1000)
    assert machine.finished
    assert Content.HANDSHAKE == 22

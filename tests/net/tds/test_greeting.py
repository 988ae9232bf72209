import json
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.model.failure import KINDS, Kind, Stage
from probe.net.tds import packets, prelogin
from probe.net.tds.greeting import Greeting
from probe.net.tds.prelogin import Encryption

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
ANSWER = bytes.fromhex(next(one["body"] for one in RECORDED if "body" in one))


def heard(*pieces: bytes) -> Greeting:
    greeting = Greeting()
    assert greeting.begin()[:1] == b"\x12"
    for piece in pieces:
        assert greeting.receive(piece) == b""
    return greeting


@pytest.mark.parametrize("kind", [packets.REPLY, packets.PRELOGIN])
@pytest.mark.parametrize("size", [9, 16, packets.SIZE])
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_an_answer_in_packets_and_pieces_of_any_size(kind, size, step):
    stream = packets.encode(kind, ANSWER, size=size) + b"\x12rest"
    pieces = [stream[start : start + step] for start in range(0, len(stream), step)]
    greeting = heard(*pieces)
    assert greeting.finished
    assert greeting.failure is None
    assert greeting.answer.version == "10.0.4000"
    assert greeting.answer.encryption is Encryption.ON
    assert b"\x12rest".startswith(greeting.surplus)


def ended(greeting: Greeting, how: str) -> Greeting:
    if how == "expire":
        greeting.expire()
    elif how:
        greeting.closed(reset=how == "reset")
    return greeting


@pytest.mark.parametrize(
    ("pieces", "how", "kind", "words"),
    [
        ((), "closed", Kind.CLOSED, "closed in answer to PRELOGIN"),
        ((), "reset", Kind.CLOSED, "reset in answer to PRELOGIN"),
        ((b"\x04",), "closed", Kind.CLOSED, "closed in the middle of PRELOGIN"),
        ((), "expire", Kind.TIMEOUT, "no answer to PRELOGIN"),
        ((b"\x04\x01\x00",), "expire", Kind.TIMEOUT, "no answer to PRELOGIN"),
        ((b"\x15", b"\x03\x01\x00\x02\x02\x46"), "", Kind.CLOSED, "expects TLS first"),
        ((b"\x15\x03\x01\x00\x02\x02\x46",), "", Kind.CLOSED, "expects TLS first"),
        ((b"HTTP/1.1 400 Bad Request\r\n",), "", Kind.MALFORMED, "is HTTP"),
        ((b"220 mail.contoso.com ESMTP\r\n",), "", Kind.MALFORMED, "type 0x32"),
        ((b"\x04\x01\x00\x07\x00\x00\x01\x00",), "", Kind.MALFORMED, "of 7 octets"),
        ((b"\x04\x00\x00\x08\x00\x00\x01\x00",), "", Kind.MALFORMED, "an empty packet"),
        ((b"\x04\x01\x00\x08\x00\x00\x01\x00",), "", Kind.MALFORMED, "no end"),
        ((packets.encode(4, bytes(99999), size=30000),), "", Kind.MALFORMED, "more than 32768"),
    ],
)
def test_what_is_no_answer(pieces, how, kind, words):
    greeting = ended(heard(*pieces), how)
    assert greeting.finished
    assert greeting.answer is None
    assert greeting.failure.stage is Stage.PRELOGIN
    assert greeting.failure.kind is kind
    assert words in greeting.failure.detail


def test_nothing_that_comes_later_changes_the_result():
    greeting = heard(packets.encode(packets.REPLY, ANSWER))
    greeting.receive(b"HTTP/1.1")
    greeting.closed(reset=True)
    greeting.expire()
    assert greeting.failure is None


@settings(max_examples=300)
@given(
    st.lists(st.binary(max_size=200), max_size=6),
    st.sampled_from(["closed", "reset", "expire"]),
    st.booleans(),
)
def test_whatever_a_server_says_there_is_a_result(pieces, how, packed):
    if packed:
        pieces = [packets.encode(packets.REPLY, piece, size=64) for piece in pieces]
    greeting = ended(heard(*pieces), how)
    assert greeting.finished
    assert (greeting.answer is None) is (greeting.failure is not None)
    if greeting.failure is not None:
        assert greeting.failure.kind in KINDS[Stage.PRELOGIN] - {Kind.INTERNAL}


def test_an_endless_answer_costs_neither_memory_nor_time():
    # Packets of one octet each, never the last.
    octets = b"\x04\x00\x00\x09\x00\x00\x01\x00x" * 1000
    tracemalloc.start()
    try:
        greeting, begun = Greeting(), time.perf_counter()
        for _ in range(200):
            greeting.receive(octets)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert greeting.failure.kind is Kind.MALFORMED
    assert peak < 20 * prelogin.LONGEST
    assert time.perf_counter() - begun < 5

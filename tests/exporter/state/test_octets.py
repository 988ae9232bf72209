import contextlib
import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.jobs import NOW, filled, untrusting

from probe.exporter.rejudge import kept
from probe.exporter.state.octets import Kept, StateError, decode, encode, mark
from probe.model.observation import AddressObservation

A, B = untrusting("a.corp.contoso.com"), untrusting("b.corp.contoso.com")


def state_of(*targets) -> bytes:
    return encode(kept(filled(*targets).entries()))


def test_issuers_are_written_once():
    data = state_of(A, B)
    issuer = filled(A).results(A.id)[0].observation.handshake.chain.certificates[-1]
    assert data.count(issuer) == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no state"),
        (b"PK\x03\x04", "no state"),
        (b"cmprobe-state/0\n" + bytes(40), "another version"),
        (b"cmprobe-state/12345678901234567890", "another version"),
        (b"cmprobe-state/1\n", "damaged"),
        (state_of(A)[:-1], "damaged"),
    ],
)
def test_what_cannot_be_used_is_told(data, why):
    with pytest.raises(StateError, match=why):
        decode(data)


def signed(body: bytes) -> bytes:
    return b"cmprobe-state/1\n" + hashlib.sha256(body).digest() + body


@given(st.binary(max_size=60))
def test_a_body_that_somebody_made_raises_nothing_else(body):
    with contextlib.suppress(StateError):
        decode(signed(body))


def test_a_place_that_the_table_has_not_is_refused():
    good = state_of(A)
    outer = msgspec.msgpack.decode(good[len(b"cmprobe-state/1\n") + 32 :])
    outer[0] = outer[0][:1]
    with pytest.raises(StateError, match="not there"):
        decode(signed(msgspec.msgpack.encode(outer)))


def test_names_that_cannot_be_written_cost_their_target_and_no_more():
    entries = kept(filled(A, B).entries())
    hostile = AddressObservation("\udc80", entries[0].seen[0].observation)
    broken = Kept(A.id, mark(A), NOW, 0, (hostile,))
    assert [one.id for one in decode(encode([broken, entries[1]]))] == [B.id]

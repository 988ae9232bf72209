import asyncio
import contextlib
import hashlib
import os
import threading
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.jobs import NOW, filled, job, untrusting

from probe.exporter.rejudge import OLDEST, kept, restored
from probe.exporter.state import file as statefile
from probe.exporter.state import keeper
from probe.exporter.state import octets as state
from probe.exporter.state.octets import Kept, StateError, decode, encode, mark
from probe.exporter.store import Store
from probe.model.observation import AddressObservation

A, B = untrusting("a.corp.contoso.com"), untrusting("b.corp.contoso.com")


def state_of(*targets) -> bytes:
    return encode(kept(filled(*targets).entries()))


def bring_back(data: bytes, *targets, now=NOW):
    store = Store(job(*targets))
    return restored(decode(data), store, now=now, interval=3600, random=lambda: 0.5)


def test_what_was_seen_comes_back():
    before = filled(A, B)
    found = bring_back(encode(kept(before.entries())), A, B)
    assert list(found) == [A.id, B.id]
    assert found[A.id].results[0].observation == before.results(A.id)[0].observation
    assert found[A.id].results[0].target == A
    assert found[A.id].scanned == NOW


def test_verdicts_are_found_anew():
    found = bring_back(state_of(A), A)
    told = {one.rule: one.outcome for one in found[A.id].results[0].findings}
    assert told["chain-trusted"] != "pass"


def test_due_times_go_on_from_the_scan_and_not_from_the_restart():
    now = NOW + timedelta(minutes=50)
    found = bring_back(state_of(A), A, now=now)[A.id]
    assert found.due < NOW + timedelta(hours=1.2)


def test_issuers_are_written_once():
    data = state_of(A, B)
    issuer = filled(A).results(A.id)[0].observation.handshake.chain.certificates[-1]
    assert data.count(issuer) == 1


def test_who_left_the_inventory_or_changed_does_not_come_back():
    changed = msgspec.structs.replace(B, site="XYZ")
    assert bring_back(state_of(A, B), changed) == {}
    moved = msgspec.structs.replace(A, origin="another.toml: system[7]")
    assert list(bring_back(state_of(A, B), moved)) == [A.id]


@pytest.mark.parametrize("now", [NOW + OLDEST + timedelta(seconds=1), NOW - timedelta(hours=1)])
def test_neither_does_what_is_old_or_of_the_future(now):
    assert bring_back(state_of(A), A, now=now) == {}


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


def test_a_file_is_replaced_as_a_whole_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "state"
    path.write_bytes(b"old")
    assert statefile.write(path, state_of(A))
    assert [one.id for one in statefile.read(path)] == [A.id]
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_that_is_gone_is_told(tmp_path, caplog):
    assert not statefile.write(tmp_path / "gone" / "state", b"x")
    assert "cannot be written" in caplog.text


def test_a_broken_file_is_told_and_passed_over(tmp_path, caplog):
    path = tmp_path / "state"
    assert statefile.read(path) == []
    assert not caplog.text
    path.write_bytes(b"something else")
    assert statefile.read(path) == []
    assert "is no state of cmprobe" in caplog.text
    assert statefile.read(tmp_path) == []


def test_a_huge_file_is_not_read(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(statefile, "LARGEST", 10)
    path = tmp_path / "state"
    path.write_bytes(state_of(A))
    assert statefile.read(path) == []
    assert "larger than" in caplog.text
    assert state.LARGEST > 10


def test_a_time_without_a_zone_costs_its_target_and_no_more(caplog):
    entries = kept(filled(A, B).entries())
    zoneless = msgspec.structs.replace(entries[0], scanned=NOW.replace(tzinfo=None))
    assert list(bring_back(encode([zoneless, entries[1]]), A, B)) == [B.id]
    assert f"{A.id}: the state cannot be used" in caplog.text


def test_a_partial_file_that_cannot_be_removed_is_told(tmp_path, caplog):
    partial = tmp_path / f".state.{os.getpid()}.part"
    partial.mkdir()
    assert not statefile.write(tmp_path / "state", b"x")
    assert "cannot be written" in caplog.text


def test_a_bug_in_writing_ends_no_exporter(tmp_path, caplog, monkeypatch):
    def broken(_: object) -> bytes:
        raise RuntimeError("a bug")

    monkeypatch.setattr(keeper, "encode", broken)
    asyncio.run(keeper.Keeper(filled(A), tmp_path / "state").save())
    assert "internal error" in caplog.text


def test_the_last_writing_waits_for_the_one_before(tmp_path, monkeypatch):
    """A thread goes on where its task is cancelled: two of them would share one partial file."""
    at_once, most, begun, write = [], [], threading.Event(), statefile.write

    def slow(path, data):
        at_once.append(path)
        most.append(len(at_once))
        begun.set()
        threading.Event().wait(0.1)
        at_once.pop()
        return write(path, data)

    async def main():
        monkeypatch.setattr(statefile, "write", slow)
        one = keeper.Keeper(filled(A), tmp_path / "state")
        first = asyncio.create_task(one.save())
        await asyncio.to_thread(begun.wait)
        first.cancel()
        await one.save(at_once=True)

    asyncio.run(main())
    assert most == [1, 1]
    assert [one.id for one in statefile.read(tmp_path / "state")] == [A.id]

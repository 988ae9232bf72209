from datetime import timedelta

import msgspec
import pytest
from support.jobs import NOW, filled, job, untrusting

from probe.exporter.rejudge import OLDEST, kept, restored
from probe.exporter.state.octets import decode, encode
from probe.exporter.store import Store

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


def test_who_left_the_inventory_or_changed_does_not_come_back():
    changed = msgspec.structs.replace(B, site="XYZ")
    assert bring_back(state_of(A, B), changed) == {}
    moved = msgspec.structs.replace(A, origin="another.toml: system[7]")
    assert list(bring_back(state_of(A, B), moved)) == [A.id]


@pytest.mark.parametrize("now", [NOW + OLDEST + timedelta(seconds=1), NOW - timedelta(hours=1)])
def test_neither_does_what_is_old_or_of_the_future(now):
    assert bring_back(state_of(A), A, now=now) == {}


def test_a_time_without_a_zone_costs_its_target_and_no_more(caplog):
    entries = kept(filled(A, B).entries())
    zoneless = msgspec.structs.replace(entries[0], scanned=NOW.replace(tzinfo=None))
    assert list(bring_back(encode([zoneless, entries[1]]), A, B)) == [B.id]
    assert f"{A.id}: the state cannot be used" in caplog.text

"""An index finds what a search through the octets finds, and nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import crls
from support.crls import LAST, NEXT, crl, entry

from probe.lab import builder, der
from probe.pki import crl as module
from probe.pki.crl import CrlError, Revoked, decode
from probe.pki.crl_index import Index

CA = builder.root("CN=Issuing")
REASONS = [None, 0, 1, 2, 3, 4, 5, 6, 8, 9, 10]


def both(octets):
    """Return a CRL without an index, and the same with one."""
    plain, quick = decode(octets), decode(octets)
    quick.make_index()
    assert quick._index is not None
    return plain, quick


@given(
    st.lists(
        st.tuples(st.integers(0, 2**160), st.sampled_from(REASONS)),
        max_size=30,
        unique_by=lambda pair: pair[0],
    ),
    st.lists(st.integers(0, 2**160), max_size=5),
)
def test_it_finds_the_same(entries, others):
    plain, quick = both(crl(CA, *(entry(serial, reason) for serial, reason in entries)))
    for serial in (*(serial for serial, _ in entries), *others):
        assert quick.find(serial) == plain.find(serial)
    assert len(quick._index) == len(entries)


@pytest.mark.parametrize("octets", [crl(CA), crl(CA, next_=None), crl(CA, number=None)])
def test_no_entries(octets):
    _, quick = both(octets)
    assert quick.find(5) is None


def test_negative_serials():
    _, quick = both(crl(CA, entry(-5, 1), -(2**70)))
    assert quick.find(-5) == Revoked(LAST, "key_compromise")
    assert quick.find(-(2**70))
    assert quick.find(-6) is None


def test_the_first_of_two_counts():
    plain, quick = both(crl(CA, entry(5, 6), entry(5, 1)))
    assert quick.find(5) == plain.find(5) == Revoked(LAST, "certificate_hold")


def test_long_entries_and_a_critical_reason():
    reason = der.sequence(der.oid("2.5.29.21"), der.true(), der.octets(der.tlv(0x0A, b"\x01")))
    more = der.sequence(der.oid("1.2.3.4"), der.octets(bytes(300)))
    long = der.sequence(der.integer(7), der.time(LAST), der.sequence(more, reason))
    late = der.sequence(der.integer(8), der.tlv(0x18, b"20600101000000Z"))
    plain, quick = both(crl(CA, 1, long, late, 9))
    for serial in (1, 7, 8, 9, 10):
        assert quick.find(serial) == plain.find(serial)
    assert quick.find(7).reason == "key_compromise"
    assert quick.find(8).at.year == 2060


def test_octets_that_look_like_a_serial_are_no_entry():
    inside = der.sequence(der.oid("1.2.3.4"), der.octets(der.integer(0x1122334455)))
    _, quick = both(crl(CA, der.sequence(der.integer(1), der.time(LAST), der.sequence(inside))))
    assert quick.find(0x1122334455) is None


@given(st.binary(max_size=120))
def test_any_octets_are_walked_or_refused(octets):
    try:
        index = Index(octets, 0, len(octets))
    except (ValueError, IndexError):
        return
    for serial in (b"\x05", b"", octets[:3]):
        place = index.find(serial)
        if place is not None:
            try:
                index.read(place)
            except ValueError:
                continue


def test_an_entry_with_a_time_that_is_none_decides_nothing():
    _, quick = both(crl(CA, 1, 2))
    octets = bytearray(quick._data)
    at = octets.index(der.time(LAST), octets.index(b"\x02\x01\x02", 60)) + 3
    octets[at : at + 2] = b"xx"
    quick._index._data = bytes(octets)
    with pytest.raises(CrlError, match="cannot be read"):
        quick.find(2)


def test_it_is_made_when_it_is_worth_it_and_once():
    found = decode(crls.many(CA, 10_000))
    assert not found.claim_index()
    for at in range(module._OFTEN):
        assert found.find(at) is None
    assert [found.claim_index(), found.claim_index()] == [True, False]
    small = decode(crl(CA, *range(1, 50)))
    for at in range(module._OFTEN):
        small.find(at)
    assert not small.claim_index()


def test_many_targets_against_a_large_crl():
    """As many entries as 10 MiB hold, and a thousand targets: a search of all would take seconds."""
    found = decode(crls.many(CA, 250_000))
    assert found.next_update == NEXT
    found.make_index()
    begun = time.perf_counter()
    for at in range(1000):
        assert found.find(1 << 150 | at) is None
    assert time.perf_counter() - begun < 1
    assert found.find(int.from_bytes(b"\x61" + (249_999).to_bytes(17) + b"\x01"))
    assert found._index._places.itemsize * len(found._index) == 8 * 250_000

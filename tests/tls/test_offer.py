"""The ClientHello: what is in it, how long it is, what a second one changes."""

import pytest

from probe.tls import extensions, hello, suites
from probe.tls.codec import Reader
from probe.tls.offer import Offer
from probe.tls.shares import SECP384R1, KeyShares

SHARES = KeyShares()


def offer(host="mp01.contoso.com", alpn=(), maximum=0x0304):
    return Offer(host, alpn, maximum, SHARES, lambda count: bytes(range(count)))


def opened(raw):
    reader = Reader(raw, "ClientHello", 4)
    version, random = reader.number(2), reader.take(32)
    session, offered, compression = reader.vector(1), reader.vector(2), reader.vector(1)
    block = extensions.parse(reader.vector(2), "ClientHello")
    reader.done()
    assert compression == b"\x00"
    assert raw[:4] == b"\x01" + (len(raw) - 4).to_bytes(3, "big")
    return version, random, session, offered, block


def test_what_is_offered():
    version, random, session, offered, block = opened(offer(alpn=("h2", "http/1.1")).first())
    assert version == 0x0303
    assert random == bytes(range(32))
    assert session == bytes(range(32, 64))
    assert offered[:6].hex() == "130113021303"
    assert offered[-2:].hex() == "00ff"
    assert block[0] == b"\x00\x13\x00\x00\x10mp01.contoso.com"
    assert block[5] == b"\x01\x00\x00\x00\x00"
    assert block[10].hex() == "0008001d001700180019"
    assert block[11] == b"\x01\x00"
    assert block[16] == b"\x00\x0c\x02h2\x08http/1.1"
    assert block[23] == b""
    assert block[43].hex() == "080304030303020301"
    share = Reader(block[51], "key_share")
    entries = Reader(share.vector(2), "key_share")
    assert entries.number(2) == 0x001D
    assert entries.vector(2) == SHARES.public(0x001D)
    assert entries.number(2) == 0x0017
    assert len(entries.vector(2)) == 65
    assert not entries.more


def test_a_cap_at_tls12_leaves_tls13_out():
    _, _, session, offered, block = opened(offer(maximum=0x0303).first())
    assert session == b""
    assert b"\x13\x01" not in [offered[i : i + 2] for i in range(0, len(offered), 2)]
    assert 43 not in block
    assert 51 not in block
    assert 13 in block


@pytest.mark.parametrize("length", [1, 5, 60, 63, 200, 250])
@pytest.mark.parametrize("maximum", [0x0303, 0x0304])
def test_no_length_that_load_balancers_hang_on(length, maximum):
    host = ("a" * 63 + ".") * 4
    assert not 256 <= len(offer(host[:length].rstrip("."), maximum=maximum).first()) < 512


def test_the_second_hello_is_the_first_but_for_the_share_and_the_cookie():
    one = offer()
    first, second = opened(one.first()), opened(one.second(SECP384R1, b"\x00\x02ab"))
    assert first[:4] == second[:4]
    changed = {kind for kind in first[4] | second[4] if first[4].get(kind) != second[4].get(kind)}
    assert changed - {21} == {44, 51}
    assert second[4][44] == b"\x00\x02ab"
    assert len(second[4][51]) == 2 + 4 + 97
    assert one.groups == (SECP384R1,)


def test_suites_of_an_era():
    assert 0x1301 not in suites.offered(0x0303)
    assert 0xC02F in suites.offered(0x0303)
    old = suites.offered(0x0301)
    assert 0xC02F not in old
    assert 0x002F in old
    assert 0x0005 in old
    assert old[-1] == 0x00FF
    assert suites.SUITES[0xC030].hash == "sha384"
    assert suites.SUITES[0xC030].key_length == 32
    assert suites.SUITES[0xC02F].completes
    assert not suites.SUITES[0x009C].completes
    assert not suites.SUITES[0x009E].completes


def test_server_hello_of_the_oldest_kind_has_no_extensions():
    raw = b"\x02\x00\x00\x26\x03\x01" + bytes(32) + b"\x00\x00\x2f\x00"
    found = hello.server_hello(raw, 0x0304)
    assert found.version == 0x0301
    assert found.suite == 0x002F
    assert found.extensions == {}
    assert not found.retry

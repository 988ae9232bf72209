import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.net.tds import packets
from probe.net.tds.packets import MalformedError, Packets

BOTH = frozenset((packets.REPLY, packets.PRELOGIN))


def taken(stream: bytes, sizes=(), kinds=BOTH):
    """Cut a stream into pieces and take it apart."""
    reader, found, position = Packets(kinds), [], 0
    for size in (*sizes, len(stream)):
        reader.feed(stream[position : position + size])
        position += size
        while (packet := reader.pull()) is not None:
            found.append(packet)
    return found, reader.rest()


def test_a_header_is_eight_octets_and_its_length_counts_them():
    assert packets.encode(packets.PRELOGIN, b"abc") == bytes.fromhex("1201000b00000100") + b"abc"


def test_a_message_is_cut_into_packets_and_the_last_one_is_marked():
    (first, second, third), rest = taken(packets.encode(packets.REPLY, b"x" * 20, size=16))
    assert [len(packet.payload) for packet in (first, second, third)] == [8, 8, 4]
    assert [packet.last for packet in (first, second, third)] == [False, False, True]
    assert rest == b""


def test_packets_are_numbered_and_numbers_start_again():
    stream = packets.encode(packets.REPLY, bytes(300), size=9)
    assert [stream[start + 6] for start in range(0, len(stream), 9)][253:258] == [254, 255, 0, 1, 2]


@given(st.binary(max_size=600), st.integers(9, 64), st.lists(st.integers(1, 40)))
def test_any_message_comes_out_as_it_went_in_however_it_is_cut(message, size, sizes):
    stream = packets.encode(packets.PRELOGIN, message, size=size)
    found, rest = taken(stream, sizes)
    assert b"".join(packet.payload for packet in found) == message
    assert [packet.last for packet in found] == [False] * (len(found) - 1) + [True]
    assert rest == b""


@pytest.mark.parametrize("length", range(8))
def test_a_packet_shorter_than_its_header_is_none(length):
    with pytest.raises(MalformedError, match=f"of {length} octets"):
        taken(b"\x04\x01" + length.to_bytes(2, "big") + bytes(4))


@pytest.mark.parametrize("first", [b"H", b"\x15", b"\x00", b"\x10"])
def test_other_octets_are_no_packet_from_the_first_on(first):
    with pytest.raises(MalformedError, match="of type 0x"):
        taken(first)


@given(st.binary(max_size=4096), st.lists(st.integers(1, 200)))
def test_whatever_comes_is_taken_apart_or_malformed(stream, sizes):
    reader, position, kept = Packets(BOTH), 0, 0
    try:
        for size in (*sizes, len(stream)):
            reader.feed(stream[position : position + size])
            position += size
            while (packet := reader.pull()) is not None:
                kept += len(packet.payload) + packets.HEADER
    except MalformedError:
        pass
    assert kept + len(reader.rest()) <= len(stream)

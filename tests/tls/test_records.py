import pytest

from probe.model.failure import Kind
from probe.tls import limits
from probe.tls.errors import Abort
from probe.tls.records import Content, Records, plain


def pulled(data: bytes, size: int | None = None) -> list[tuple[int, bytes]]:
    records, found = Records(), []
    step = size or max(len(data), 1)
    for start in range(0, len(data), step):
        records.feed(data[start : start + step])
        while (record := records.pull()) is not None:
            found.append(record)
    return found


@pytest.mark.parametrize("size", [1, 2, 5, 6, 100, None])
def test_records_come_out_as_they_went_in(size):
    wire = plain(22, 0x0301, b"one") + plain(21, 0x0303, b"\x02\x28") + plain(20, 0x0303, b"\x01")
    assert pulled(wire, size) == [(22, b"one"), (21, b"\x02\x28"), (20, b"\x01")]


def test_what_is_not_complete_waits():
    assert pulled(plain(22, 0x0303, b"one")[:-1]) == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (plain(22, 0x0303, b"x") + b"\x18\x03\x03\x00\x01", Kind.MALFORMED),
        (plain(22, 0x0303, b"x") + b"\x16\x02\x00\x00\x01", Kind.MALFORMED),
        (b"\x16\x03\x03\x40\x01", Kind.LIMIT),
        (plain(22, 0x0303, b"") * (limits.EMPTY_RECORDS + 1), Kind.LIMIT),
        (plain(22, 0x0303, b"x") * (limits.RECORDS + 1), Kind.LIMIT),
        (plain(22, 0x0303, bytes(16384)) * 33, Kind.LIMIT),
        (b"HTTP/1.0 400 Bad Request\r\n", Kind.NOT_TLS),
        (b"\x15\x01\x00\x00\x00", Kind.NOT_TLS),
    ],
)
@pytest.mark.parametrize("size", [3, None])
def test_what_ends_it(data, kind, size):
    with pytest.raises(Abort) as caught:
        pulled(data, size)
    assert caught.value.kind is kind


def test_a_short_foreign_answer_is_told_at_its_end():
    records = Records()
    records.feed(b"hi")
    assert records.pull() is None
    with pytest.raises(Abort, match='plain text: "hi"'):
        records.ended()


def test_an_end_inside_a_record_is_nothing_foreign():
    records = Records()
    records.feed(b"\x16\x03\x03")
    assert records.pull() is None
    records.ended()


def test_clear_forgets():
    records = Records()
    records.feed(b"\x16\x03\x03\x00\x09xx")
    records.clear()
    assert records.pull() is None


def test_content_types_are_the_registered_ones():
    assert [int(one) for one in Content] == [20, 21, 22, 23]

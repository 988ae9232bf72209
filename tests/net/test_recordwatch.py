from hypothesis import given
from hypothesis import strategies as st

from probe.net.recordwatch import RecordWatch
from probe.tls.records import plain

records = st.lists(st.tuples(st.integers(20, 24), st.binary(max_size=40)), max_size=8)


@given(records, st.lists(st.integers(1, 9), max_size=40))
def test_types_come_when_records_are_complete_however_they_are_cut(wanted, sizes):
    stream = b"".join(plain(kind, 0x0303, payload) for kind, payload in wanted)
    watch, seen, rest = RecordWatch(), [], stream
    for size in (*sizes, len(stream)):
        piece, rest = rest[:size], rest[size:]
        seen += watch.feed(piece)
    assert seen == [kind for kind, _ in wanted]


def test_nothing_before_the_last_octet():
    watch = RecordWatch()
    assert watch.feed(plain(22, 0x0303, b"ab")[:-1]) == []
    assert watch.feed(b"b") == [22]

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.model.failure import Kind
from probe.tls import limits
from probe.tls.errors import Abort
from probe.tls.messages import Assembler, Message, message, name

MESSAGES = st.lists(st.binary(max_size=20), max_size=5)


@given(bodies=MESSAGES, size=st.integers(1, 30))
def test_any_fragments_make_the_same_messages(bodies, size):
    whole = [message(Message.CERTIFICATE, body) for body in bodies]
    stream = b"".join(whole)
    assembler, found = Assembler(), []
    for start in range(0, len(stream), size):
        fragment = stream[start : start + size]
        if assembler.whole(fragment):
            found.append(fragment)
        else:
            found += [raw for raw, _ in assembler.cut(fragment)]
    assert found == whole
    assert not assembler.pending


def test_the_last_of_a_fragment_is_known():
    one = message(Message.FINISHED, b"x")
    assert [last for _, last in Assembler().cut(one + one)] == [False, True]
    assembler = Assembler()
    assert [last for _, last in assembler.cut(one + one[:3])] == [False]
    assert assembler.pending


def test_too_long_is_refused_by_the_header():
    for kind, limit in ((11, limits.CERTIFICATE_MESSAGE), (13, limits.MESSAGE)):
        header = bytes((kind,)) + (limit + 1).to_bytes(3, "big")
        with pytest.raises(Abort) as caught:
            list(Assembler().cut(header))
        assert caught.value.kind is Kind.LIMIT


def test_names():
    assert name(11) == "certificate"
    assert name(99) == "handshake message 99"

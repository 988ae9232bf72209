import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.lab import der
from probe.pki.container import ber
from probe.pki.container.contents import ContainerError


def element(data: bytes) -> ber.Element:
    return ber.first(data)[0]


@given(st.binary(max_size=300), st.binary(max_size=8))
def test_an_element_and_what_follows(content, rest):
    assert ber.first(der.octets(content) + rest) == (
        ber.Element(0x04, content, der.octets(content)),
        rest,
    )
    assert ber.tlv(0x04, content) == der.octets(content)


@given(st.integers(min_value=-(2**400), max_value=2**400))
def test_integers(value):
    assert ber.integer(element(der.integer(value))) == value


@pytest.mark.parametrize(
    "dotted", ["1.2.840.113549.1.7.1", "2.16.840.1.101.3.4.2.1", "2.999.3", "0.9"]
)
def test_object_identifiers(dotted):
    assert ber.oid(element(der.oid(dotted))) == dotted


def test_indefinite_lengths_end_where_their_contents_end():
    inner = b"\x30\x80" + der.octets(b"\x00\x00") + b"\x00\x00"
    outer = b"\x30\x80" + inner + der.integer(1) + b"\x00\x00"
    found, rest = ber.first(outer + b"rest")
    assert rest == b"rest"
    assert [child.tag for child in ber.sequence(found, 2)] == [0x30, 0x02]
    assert ber.octets(ber.sequence(ber.sequence(found, 2)[0], 1)[0]) == b"\x00\x00"


def test_octet_strings_in_pieces():
    pieces = der.octets(b"ab") + b"\x24\x80" + der.octets(b"cd") + b"\x00\x00" + der.octets(b"e")
    assert ber.octets(element(b"\x24\x80" + pieces + b"\x00\x00")) == b"abcde"
    assert ber.octets(element(der.tlv(0xA0, pieces)), 0x80) == b"abcde"
    with pytest.raises(ContainerError):
        ber.octets(element(der.tlv(0x24, der.integer(1))))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x05\x00",
        b"\x3f\x81\x00\x00",
        b"\x30\x85\x00\x00\x00\x00\x01",
        b"\x30\x82\x01",
        b"\x04\x80\x00\x00",
        b"\x30\x80",
        b"\x30\x80" * 60,
    ],
)
def test_unsound_lengths_and_tags_are_refused(data):
    with pytest.raises(ContainerError):
        ber.first(data)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (ber.integer, der.octets(b"")),
        (ber.integer, b"\x02\x00"),
        (ber.integer, der.integer(1 << 600)),
        (ber.oid, b"\x06\x00"),
        (ber.oid, b"\x06\x01\x80"),
        (ber.oid, b"\x06\x0b" + b"\xff" * 10 + b"\x01"),
        (ber.octets, der.integer(1)),
        (ber.explicit, der.explicit(0)),
        (ber.explicit, der.explicit(1, der.null())),
        (lambda value: ber.sequence(value, 2), der.sequence(der.null())),
        (lambda value: ber.sequence(value, 0), b"\x10\x00"),
    ],
)
def test_other_elements_than_expected_are_refused(read, data):
    with pytest.raises(ContainerError):
        read(element(data))


def test_the_number_of_members_is_bounded(monkeypatch):
    monkeypatch.setattr(ber, "MAX_CHILDREN", 10)
    with pytest.raises(ContainerError):
        ber.elements(der.null() * 11)


def test_pieces_are_not_nested_without_end():
    data = der.octets(b"x")
    for _ in range(40):
        data = der.tlv(0x24, data)
    with pytest.raises(ContainerError):
        ber.octets(element(data))

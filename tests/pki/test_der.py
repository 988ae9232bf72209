import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from probe.lab import der as write
from probe.pki import der


@given(st.binary(max_size=70_000))
def test_elements_are_read_as_written(body):
    element = der.tlv(der.OCTET_STRING, body)
    assert element == write.octets(body)
    assert der.contents(element, der.OCTET_STRING) == body


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_children(bodies):
    data = b"".join(map(write.octets, bodies))
    assert [data[start:end] for _, start, end in der.children(data)] == bodies


@given(st.integers())
def test_integers(value):
    assert der.integer(der.contents(write.integer(value), der.INTEGER)) == value


@given(st.lists(st.integers(0, 2**64), max_size=8), st.integers(0, 39), st.integers(0, 2))
def test_oids(arcs, second, first):
    dotted = ".".join(map(str, (first, second, *arcs)))
    assert der.oid_text(der.contents(write.oid(dotted), der.OID)) == dotted


def test_an_oid_with_a_large_second_arc():
    body = der.contents(
        x509.ExtendedKeyUsage([x509.ObjectIdentifier("2.999.3")]).public_bytes(), 0x30
    )
    assert der.oid_text(der.contents(body, der.OID)) == "2.999.3"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cut off"),
        (b"\x04", "cut off"),
        (b"\x04\x05abc", "longer than what holds it"),
        (b"\x04\x80abc\x00\x00", "indefinite"),
        (b"\x04\x81", "cut off"),
        (b"\x04\x81\x05abcde", "not minimal"),
        (b"\x04\x82\x00\x85" + bytes(133), "not minimal"),
        (b"\x04\x85\x01\x00\x00\x00\x00", "too long"),
        (b"\x1f\x01\x00", "above 30"),
        (b"\x04\x00\x00", "follows"),
        (b"\x02\x00", "0x02 where 0x04"),
    ],
)
def test_broken_elements_say_why(data, reason):
    with pytest.raises(der.DerError, match=reason):
        der.contents(data, der.OCTET_STRING)


@pytest.mark.parametrize("body", [b"", b"\x00\x01", b"\xff\xff", b"\x00\x7f"])
def test_integers_must_be_minimal(body):
    with pytest.raises(der.DerError, match="integer"):
        der.integer(body)


@pytest.mark.parametrize("body", [b"", b"\x80\x01", b"\x2a\x86", b"\x2a\x80\x01", b"\x2a" * 200])
def test_oids_must_be_whole_and_minimal(body):
    with pytest.raises(der.DerError, match="object identifier"):
        der.oid_text(body)


@given(st.binary(max_size=200))
def test_any_octets_are_read_or_refused(data):
    try:
        elements = der.children(data)
    except der.DerError:
        return
    assert sum(end - start for _, start, end in elements) <= len(data)


@given(
    st.binary(max_size=12) | st.binary(max_size=300).map(lambda body: der.tlv(0x30, body)[:-1]),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_an_expected_element_is_read_like_any_other(data, at, left):
    def told(read):
        try:
            return read()
        except der.DerError as error:
            return str(error)

    limit = max(0, len(data) - left)
    found = told(lambda: der.read(data, at, limit))
    expected = told(lambda: der.expect(data, at, limit, der.SEQUENCE))
    if isinstance(found, tuple) and found[0] == der.SEQUENCE:
        assert expected == found[1:]
    elif isinstance(found, str):
        assert expected == found
    else:
        assert isinstance(expected, str)

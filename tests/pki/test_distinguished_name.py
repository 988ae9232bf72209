import contextlib
import warnings

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from probe.lab import der as write
from probe.pki import der
from probe.pki.distinguished_name import decode

OIDS = st.sampled_from(
    [
        NameOID.COMMON_NAME,
        NameOID.LOCALITY_NAME,
        NameOID.STATE_OR_PROVINCE_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.ORGANIZATIONAL_UNIT_NAME,
        NameOID.STREET_ADDRESS,
        NameOID.USER_ID,
        NameOID.TITLE,
    ]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
ATTRIBUTES = st.builds(
    lambda oid, text: x509.NameAttribute(oid, text, _validate=False), OIDS, TEXTS
)
RDNS = st.lists(ATTRIBUTES, min_size=1, max_size=3, unique_by=lambda one: (one.oid, one.value)).map(
    x509.RelativeDistinguishedName
)


@given(st.lists(RDNS, max_size=5).map(x509.Name))
def test_the_text_is_that_of_cryptography(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of texts that are longer than X.520 allows
        octets = name.public_bytes()
    found, broken = decode(octets)
    assert not broken
    if all(len(rdn) == 1 for rdn in name.rdns):  # a SET is sorted when encoded
        assert found.text == name.rfc4514_string()
    common = [one.value for one in name.get_attributes_for_oid(NameOID.COMMON_NAME)]
    assert sorted(found.common_names) == sorted(common)


@pytest.mark.parametrize(
    ("tag", "octets", "text"),
    [
        (0x0C, "Zoë".encode(), "Zoë"),
        (0x13, b"plain", "plain"),
        (0x14, b"Zo\xeb", "Zoë"),
        (0x16, b"ia5", "ia5"),
        (0x12, b"123", "123"),
        (0x1A, b"visible", "visible"),
        (0x1C, "Zoë".encode("utf-32-be"), "Zoë"),
        (0x1E, "Zoë".encode("utf-16-be"), "Zoë"),
    ],
)
def test_string_types(tag, octets, text):
    found, broken = decode(write.name(("2.5.4.3", tag, octets)))
    assert (found.text, found.common_names, broken) == (f"CN={text}", (text,), 0)


@pytest.mark.parametrize(
    ("tag", "octets"),
    [(0x0C, b"\xff"), (0x1E, b"odd"), (0x04, b"octets"), (0x03, b"\x00a")],
)
def test_what_is_no_text_is_hex(tag, octets):
    found, broken = decode(write.name(("2.5.4.3", tag, octets)))
    assert found.text == "CN=#" + write.tlv(tag, octets).hex()
    assert broken == 1


@pytest.mark.parametrize("octets", ["Zoë".encode(), "Zoë".encode("latin-1")])
def test_a_string_type_with_other_characters_is_broken_and_shown(octets):
    found, broken = decode(write.name(("2.5.4.3", 0x13, octets)))
    assert (found.text, found.common_names, broken) == ("CN=Zoë", ("Zoë",), 1)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a,b", r"a\,b"),
        ('"a"', r"\"a\""),
        ("a+b;c<d>e\\f", r"a\+b\;c\<d\>e\\f"),
        ("#a", r"\#a"),
        (" a ", r"\ a\ "),
        (" ", r"\ "),
        ("a\x00b", r"a\00b"),
        ("a=b#c", "a=b#c"),
    ],
)
def test_escapes(text, escaped):
    assert decode(write.name(("2.5.4.3", 0x0C, text.encode())))[0].text == f"CN={escaped}"


def test_the_last_attribute_comes_first_and_others_show_their_oid():
    name = write.name(("2.5.4.6", 0x13, b"DE"), ("1.2.3", 0x0C, b"x"), ("2.5.4.3", 0x0C, b"mp01"))
    assert decode(name)[0].text == "CN=mp01,1.2.3=x,C=DE"


def test_an_empty_name():
    found, _ = decode(b"\x30\x00")
    assert found.empty
    assert found.text == ""


@given(st.binary(max_size=80))
def test_any_octets_are_decoded_or_refused(octets):
    with contextlib.suppress(der.DerError):
        decode(der.tlv(der.SEQUENCE, octets))

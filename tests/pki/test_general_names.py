import ipaddress

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from probe.lab import der as write
from probe.model.certificate import GeneralName
from probe.pki import der, general_names

TEXTS = st.text(st.characters(max_codepoint=0x7E), max_size=20)
NAMES = st.one_of(
    TEXTS.map(x509.DNSName._init_without_validation),
    TEXTS.map(x509.RFC822Name._init_without_validation),
    TEXTS.map(x509.UniformResourceIdentifier._init_without_validation),
    st.ip_addresses().map(x509.IPAddress),
    st.just(x509.DirectoryName(x509.Name.from_rfc4514_string("CN=a,DC=contoso"))),
    st.just(x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))),
    st.just(x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x05\x00")),
)
TYPES = {
    x509.DNSName: lambda name: GeneralName("dns", name.value),
    x509.RFC822Name: lambda name: GeneralName("email", name.value),
    x509.UniformResourceIdentifier: lambda name: GeneralName("uri", name.value),
    x509.IPAddress: lambda name: GeneralName("ip", str(name.value)),
    x509.DirectoryName: lambda name: GeneralName("directory", name.value.rfc4514_string()),
    x509.RegisteredID: lambda name: GeneralName("registered_id", name.value.dotted_string),
    x509.OtherName: lambda name: GeneralName(
        "other", f"{name.type_id.dotted_string}:{name.value.hex()}"
    ),
}


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_names_are_what_cryptography_wrote(names):
    found, broken = general_names.decode(x509.SubjectAlternativeName(names).public_bytes())
    assert found == tuple(TYPES[type(name)](name) for name in names)
    assert not broken


def other(oid, value):
    return x509.SubjectAlternativeName(
        [x509.OtherName(x509.ObjectIdentifier(oid), value)]
    ).public_bytes()


def test_names_of_active_directory():
    upn = other("1.3.6.1.4.1.311.20.2.3", write.utf8("user@contoso.com"))
    sid = other("1.3.6.1.4.1.311.25.2.1", write.octets(b"S-1-5-21-1-2-3-1104"))
    assert general_names.decode(upn)[0] == (GeneralName("upn", "user@contoso.com"),)
    assert general_names.decode(sid)[0] == (GeneralName("sid", "S-1-5-21-1-2-3-1104"),)


@pytest.mark.parametrize(
    ("element", "name"),
    [
        (write.tlv(0x82, "bücher.de".encode()), GeneralName("dns", "bücher.de")),
        (write.tlv(0x82, "bücher.de".encode("latin-1")), GeneralName("dns", "bücher.de")),
        (write.tlv(0x87, b"\x0a\x00\x00"), GeneralName("other", "[7]:0a0000")),
        (write.tlv(0xA3, b"\x05\x00"), GeneralName("other", "[3]:0500")),
        (write.tlv(0xA4, b"junk"), GeneralName("other", "[4]:6a756e6b")),
        (write.tlv(0xA0, b"junk"), GeneralName("other", "[0]:6a756e6b")),
    ],
)
def test_a_name_that_breaks_the_rules_is_shown_beside_the_others(element, name):
    value = write.sequence(element, write.tlv(0x82, b"a.contoso.com"))
    assert general_names.decode(value) == ((name, GeneralName("dns", "a.contoso.com")), 1)


@given(st.binary(max_size=80))
def test_any_octets_are_decoded_or_refused(octets):
    try:
        names, broken = general_names.decode(der.tlv(der.SEQUENCE, octets))
    except der.DerError:
        return
    assert broken <= len(names)
    for name in names:
        if name.type == "ip":
            ipaddress.ip_address(name.value)

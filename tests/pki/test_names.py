import ipaddress

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.pki.names import matches, normalize

LABELS = st.from_regex(r"\A[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?\Z")
HOSTS = (
    st.lists(LABELS, min_size=2, max_size=5)
    .map(".".join)
    .filter(lambda name: not name[-1].isdigit())
)


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("mp01.contoso.com", "mp01.contoso.com"),
        ("MP01.Contoso.COM", "mp01.contoso.com"),
        ("mp01.contoso.com.", "mp01.contoso.com"),
        ("mp01.contoso.com", "mp01.contoso.com."),
        ("*.contoso.com", "mp01.contoso.com"),
        ("*.contoso.com", "MP01.CONTOSO.COM."),
        ("*.contoso.com.", "mp01.contoso.com"),
        ("*.contoso.com", "xn--bcher-kva.contoso.com"),
        ("*.contoso.com", "bücher.contoso.com"),
        ("MP01", "mp01"),
        ("site_server.contoso.com", "site_server.contoso.com"),
        ("xn--bcher-kva.de", "bücher.de"),
        ("BÜCHER.de", "xn--bcher-kva.de"),
        ("bücher。de", "bücher.de"),
        ("*.bücher.de", "www.xn--bcher-kva.de"),
        ("faß.de", "xn--fa-hia.de"),
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:0:0::1", "2001:DB8::1"),
        ("1host.1", "1host.1"),
    ],
)
def test_stands_for(pattern, host):
    assert matches(pattern, host)


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("mp01.contoso.com", "mp02.contoso.com"),
        ("contoso.com", "mp01.contoso.com"),
        ("mp01.contoso.com", "contoso.com"),
        ("*.contoso.com", "contoso.com"),
        ("*.contoso.com", "a.b.contoso.com"),
        ("*.contoso.com", ".contoso.com"),
        ("*.com", "contoso.com"),
        ("*.local", "mp01.local"),
        ("*", "mp01"),
        ("*.", "mp01."),
        ("*.*.contoso.com", "a.b.contoso.com"),
        ("a.*.contoso.com", "a.b.contoso.com"),
        ("mp*.contoso.com", "mp01.contoso.com"),
        ("*01.contoso.com", "mp01.contoso.com"),
        ("m*1.contoso.com", "mp1.contoso.com"),
        ("xn--*.contoso.com", "xn--bcher-kva.contoso.com"),
        ("*.contoso.com", "*.contoso.com"),
        ("mp01.contoso.com&mp.contoso.com", "mp01.contoso.com"),
        ("mp01.contoso.com&mp.contoso.com", "mp01.contoso.com&mp.contoso.com"),
        ("mp01.contoso.com ", "mp01.contoso.com"),
        ("mp01.contoso.com..", "mp01.contoso.com"),
        ("mp01..contoso.com", "mp01..contoso.com"),
        ("-mp.contoso.com", "-mp.contoso.com"),
        ("", ""),
        (".", "."),
        ("a" * 64 + ".com", "a" * 64 + ".com"),
        ("a." * 200 + "com", "a." * 200 + "com"),
        ("mp01.contoso.com\x00.evil.com", "mp01.contoso.com"),
        ("\u202emp01.contoso.com", "\u202emp01.contoso.com"),
        ("fass.de", "faß.de"),
        ("*.0.0.1", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2"),
        ("::1", "::2"),
    ],
)
def test_does_not_stand_for(pattern, host):
    assert not matches(pattern, host)


@given(HOSTS)
def test_a_name_stands_for_itself_in_any_case(host):
    assert matches(host, host)
    assert matches(host.upper(), host)
    assert matches(host, host + ".")
    assert normalize(host.upper() + ".") == host


@given(LABELS, HOSTS)
def test_a_wildcard_stands_for_exactly_one_label(label, parent):
    assert matches("*." + parent, f"{label}.{parent}")
    assert not matches("*." + parent, parent)
    assert not matches("*." + parent, f"a.{label}.{parent}")


@given(HOSTS, HOSTS)
def test_only_equal_names_match_without_wildcard(pattern, host):
    assert matches(pattern, host) == (pattern == host)


@given(st.ip_addresses())
def test_addresses_match_in_any_spelling(address):
    assert matches(address.exploded, address.compressed.upper())
    assert not matches("*." + str(address), "a." + str(address)) or ":" not in str(address)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_answered(pattern, host):
    assert matches(pattern, host) in {True, False}
    assert isinstance(normalize(pattern), str)
    if matches(pattern, host):
        assert normalize(pattern) == normalize(host) or pattern.startswith("*")


@given(st.text(st.characters(categories=["Ll", "Lo", "Nd"]), min_size=1, max_size=10))
def test_unicode_names_match_their_a_labels(label):
    try:
        encoded = idna.encode(label + ".example.com", uts46=True).decode()
    except idna.IDNAError:
        return
    assert matches(label + ".example.com", encoded)
    assert matches(encoded, label + ".example.com")


@given(st.ip_addresses(v=4))
def test_normalize_keeps_addresses(address):
    assert normalize(str(address)) == str(ipaddress.ip_address(address))

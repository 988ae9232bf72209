import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.exporter.probing.allowed import Allowed, parse


@pytest.mark.parametrize(
    ("entry", "name", "yes"),
    [
        ("corp.contoso.com", "mp01.corp.contoso.com", True),
        ("corp.contoso.com", "corp.contoso.com", True),
        ("corp.contoso.com", "evilcorp.contoso.com", False),
        ("corp.contoso.com", "corp.contoso.com.evil.example", False),
        (".corp.contoso.com", "mp01.corp.contoso.com", True),
        (".corp.contoso.com", "corp.contoso.com", False),
        ("*.corp.contoso.com", "a.b.corp.contoso.com", True),
        ("CORP.Contoso.com.", "mp01.corp.contoso.com", True),
        ("10.0.0.0/8", "mp01.corp.contoso.com", False),
    ],
)
def test_a_domain_is_matched_label_by_label(entry, name, yes):
    assert parse([entry]).name(name) is yes


@pytest.mark.parametrize(
    ("entry", "address", "yes"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("::/0", "::ffff:10.1.2.3", False),
        ("::ffff:0:0/96", "::ffff:10.1.2.3", False),
        ("::/0", "10.1.2.3", False),
        ("2001:db8::/32", "2001:db8::1", True),
        ("2001:db8::/32", "2001:DB8:0:0::1", True),
        ("2001:db8::1", "2001:db8::1", True),
        ("2001:db8::1", "2001:db8::2", False),
        ("fe80::/10", "fe80::1%eth0", False),
        ("192.0.2.7", "192.0.2.7", True),
    ],
)
def test_a_network_is_compared_with_addresses(entry, address, yes):
    assert parse([entry]).address(address) is yes


@pytest.mark.parametrize(
    "entry", ["10.0.0.1/8", "10.0.0.0/99", "a b", "https://x/", "*corp", "", "*", "."]
)
def test_what_is_neither_is_refused(entry):
    with pytest.raises(ValueError, match=r'^"'):
        parse([entry])


def test_nothing_is_allowed_unless_told():
    assert not Allowed()
    assert not Allowed().name("mp01.corp.contoso.com")
    assert not Allowed().address("127.0.0.1")


@given(st.text("ab.-", max_size=12))
def test_only_labels_below_match(prefix):
    name = f"{prefix}corp.contoso.com"
    assert parse(["corp.contoso.com"]).name(name) is (prefix == "" or prefix.endswith("."))

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.judging import ISSUING

from probe.checks.held import COMMON_NAME, SAN, HeldNames, held_names
from probe.lab import builder
from probe.pki.certificate import load
from probe.pki.names import matches

LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAME = st.lists(LABEL, min_size=2, max_size=4).map(".".join)
PATTERN = st.one_of(NAME, NAME.map(lambda name: f"*.{name}"), NAME.map(str.upper))


def _names(subject="", dns=()):
    return HeldNames(load(ISSUING.issue(subject, dns=dns).der))


@given(st.lists(PATTERN, min_size=1, max_size=6), NAME)
def test_the_index_finds_what_matching_one_by_one_finds(patterns, host):
    patterns.append(f"*.{host.partition('.')[2]}")
    for offered in (patterns, patterns[:-1]):
        if offered:
            found = _names(dns=offered).in_alternatives(host)
            assert (found is not None) == any(matches(one, host) for one in offered)
            assert found is None or matches(found.value, host)


@pytest.mark.parametrize(
    ("subject", "dns", "host", "published", "accepted"),
    [
        ("", ["a.contoso.com"], "a.contoso.com", f"in {SAN}", f"in {SAN}"),
        ("", ["*.contoso.com"], "a.contoso.com", f"covered by *.contoso.com in {SAN}", f"covered by *.contoso.com in {SAN}"),
        ("CN=a.contoso.com", [], "a.contoso.com", f"in {COMMON_NAME}", f"in {COMMON_NAME}"),
        ("CN=a.contoso.com", ["b.contoso.com"], "a.contoso.com", f"in {COMMON_NAME}", None),
        ("CN=a.contoso.com&b.contoso.com", [], "b.contoso.com", f'in {COMMON_NAME}, joined by "&"', None),
        ("CN=a.contoso.com & b.contoso.com", [], "b.contoso.com", f'in {COMMON_NAME}, joined by "&"', None),
        ("", ["a.contoso.com&b.contoso.com"], "a.contoso.com", None, None),
        ("CN=a.contoso.com,CN=b.contoso.com", [], "c.contoso.com", None, None),
        ("CN=192.0.2.1", [], "192.0.2.1", f"in {COMMON_NAME}", None),
        ("", ["192.0.2.1"], "192.0.2.1", None, f"in {SAN}"),
        ("", ["2001:db8::1"], "2001:DB8:0::1", None, f"in {SAN}"),
        ("", ["192.0.2.2"], "192.0.2.1", None, None),
        ("CN=a.contoso.com", ["192.0.2.2"], "a.contoso.com", f"in {COMMON_NAME}", f"in {COMMON_NAME}"),
    ],
)  # fmt: skip
def test_two_readings_of_the_same_names(subject, dns, host, published, accepted):
    names = _names(subject, dns)
    found = names.published(host)
    assert (found and str(found)) == published
    found = names.accepted(host)
    assert (found and str(found)) == accepted


def test_of_several_common_names_clients_use_the_last():
    names = _names(
        builder.x509.Name.from_rfc4514_string("CN=last.contoso.com,CN=first.contoso.com")
    )
    assert names.common_names == ("first.contoso.com", "last.contoso.com")
    assert names.accepted("last.contoso.com")
    assert not names.accepted("first.contoso.com")
    assert names.published("first.contoso.com")


def test_what_is_there_is_told():
    assert str(_names()) == "no names"
    assert str(_names("CN=a")) == f"{COMMON_NAME} is a"
    assert str(_names("CN=a", ["b", "192.0.2.1"])) == f"{SAN} has b, 192.0.2.1"


def test_the_index_of_one_certificate_is_kept_while_its_rules_are_asked():
    first, second = load(ISSUING.issue("CN=a").der), load(ISSUING.issue("CN=b").der)
    assert held_names(first) is held_names(first)
    assert held_names(second).common_names == ("b",)
    assert held_names(first).common_names == ("a",)

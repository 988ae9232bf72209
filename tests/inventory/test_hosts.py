"""Host names as people write them, and what goes on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.inventory import hosts

LABELS = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?", fullmatch=True)
ADDRESSES = st.ip_addresses().map(str)
PORTS = st.integers(1, 65535)


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ("mp01.corp.contoso.com", "mp01.corp.contoso.com"),
        ("MP01.Corp.Contoso.COM.", "mp01.corp.contoso.com"),
        ("mp01", "mp01"),
        ("site_01.contoso.com", "site_01.contoso.com"),
        ("3.contoso.com", "3.contoso.com"),
        ("xn--bcher-kva.contoso.com", "xn--bcher-kva.contoso.com"),
        ("Bücher.contoso.com", "xn--bcher-kva.contoso.com"),
        ("straße.contoso.com", "xn--strae-oqa.contoso.com"),
        ("東京。contoso。com", "xn--1lqs71d.contoso.com"),
        ("\uff4d\uff5001.contoso.com", "mp01.contoso.com"),
    ],
)
def test_a_name_goes_on_the_wire_in_lower_case_a_labels(written, wire):
    assert hosts.host_name(written) == wire


@given(st.lists(LABELS, min_size=1, max_size=4), LABELS.filter(lambda label: not label.isdigit()))
def test_a_good_name_is_kept_and_stays_good(labels, last):
    name = ".".join([*labels, last])
    assert hosts.host_name(name) == name
    assert hosts.host_name(hosts.host_name(name.upper() + ".")) == name


@given(st.text(max_size=40))
def test_any_text_is_a_name_or_a_value_error(text):
    try:
        name = hosts.host_name(text)
    except ValueError:
        return
    assert hosts.host_name(name) == name
    assert name.isascii()
    assert name.isprintable()


@given(st.one_of(ADDRESSES, LABELS), st.one_of(st.none(), PORTS))
def test_what_is_joined_is_split_again(host, port):
    joined = host if port is None else hosts.join(host, port)
    assert hosts.split(joined) == (host, port)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::1", ("::1", None)),
        ("[::1]", ("::1", None)),
        ("[::1]:8443", ("::1", 8443)),
        ("192.0.2.1:8443", ("192.0.2.1", 8443)),
        (" mp01:443 ", ("mp01", 443)),
        ("", ("", None)),
    ],
)
def test_host_and_port_are_told_apart(text, expected):
    assert hosts.split(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "mp01:",
        "mp01:0",
        "mp01:65536",
        "mp01:https",
        "[::1",
        "[::1]443",
        "[mp01]:443",
        "a:b:443",
        "mp01:\uff14\uff14\uff13",
    ],
)
def test_a_wrong_port_is_refused(text):
    with pytest.raises(ValueError):
        hosts.split(text)


@given(st.text(max_size=30))
def test_splitting_any_text_splits_or_refuses(text):
    try:
        _, port = hosts.split(text)
    except ValueError:
        return
    assert port is None or port in range(1, 65536)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.53", "10.0.0.53"),
        ("10.0.0.53:5353", "10.0.0.53:5353"),
        ("2001:DB8::53", "2001:db8::53"),
        ("[2001:db8::53]:5353", "[2001:db8::53]:5353"),
    ],
)
def test_a_resolver_is_an_address_with_or_without_port(text, expected):
    assert hosts.resolver(text) == expected


@pytest.mark.parametrize(
    "text", ["", "dns", "dns:53", "10.0.0.53:x", "tcp://10.0.0.53", "10.0.0.53:"]
)
def test_a_resolver_is_nothing_else(text):
    with pytest.raises(ValueError):
        hosts.resolver(text)

"""Which addresses of a certificate are asked, and whom they lead to."""

import pytest

from probe.lab import builder
from probe.model.revocation import SourceKind
from probe.net.revocation.choosing import LDAP, MOST_URLS, WEB, Asked, place, scheme
from probe.pki.certificate import load

CA = builder.root("CN=Issuing")


def asked(urls, schemes=WEB):
    return Asked(0, load(CA.issue("CN=mp01", crl=urls, ocsp=["http://ocsp"]).der), None, schemes)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://pki.contoso.com/ca.crl", "pki.contoso.com"),
        ("HTTP://PKI.contoso.com:8080/a/b", "pki.contoso.com:8080"),
        ("http://pki.contoso.com?1", "pki.contoso.com"),
        ("http://pki.contoso.com#1", "pki.contoso.com"),
        ("ldap://dc01/CN=x?certificateRevocationList", "dc01"),
        ("ldap:///CN=x", ""),
        ("no address", ""),
    ],
)
def test_the_server_that_a_url_names(url, expected):
    assert place(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [("HTTP://x/", "http"), ("ldap:///", "ldap"), ("", ""), ("x" * 99, "x" * 20)],
)
def test_the_scheme_of_a_url(url, expected):
    assert scheme(url) == expected


def test_a_few_addresses_of_what_is_fetched_are_asked_in_their_order():
    urls = ["ldap:///CN=x", *[f"http://pki/{at}.crl" for at in range(9)]]
    assert asked(urls).urls(SourceKind.CRL) == urls[1 : MOST_URLS + 1]
    assert asked(urls, WEB | {LDAP}).urls(SourceKind.CRL) == urls[:MOST_URLS]
    assert asked(urls).named(SourceKind.CRL) == tuple(urls)


def test_responders_are_asked_by_http_whatever_crls_are():
    one = asked(["http://pki/ca.crl"], {LDAP})
    assert one.urls(SourceKind.CRL) == []
    assert one.urls(SourceKind.OCSP) == ["http://ocsp"]

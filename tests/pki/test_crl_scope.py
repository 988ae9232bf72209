import pytest
from support import crls
from support.crls import crl

from probe.lab import builder
from probe.pki import certificate
from probe.pki.crl import decode
from probe.pki.crl_scope import adds_to, not_from, out_of_scope

URL = "http://pki.contoso.com/ca.crl"
CA = builder.root("CN=Issuing")
SILENT = builder.root("CN=Issuing", key_usage=("key_cert_sign",))
LEAF = certificate.load(CA.issue("CN=mp01", crl=[URL]).der)
BELOW = certificate.load(CA.authority("CN=Below", crl=[URL]).der)


@pytest.mark.parametrize(
    ("octets", "issuer", "why"),
    [
        (crl(CA), CA, None),
        (crl(builder.root("CN=Other")), CA, "it is the CRL of CN=Other"),
        (crl(builder.root("CN=Issuing")), CA, "not signed with the key"),
        (crl(CA, corrupt=True), CA, "not signed with the key"),
        (crl(SILENT), SILENT, "does not allow it to sign CRLs"),
    ],
)
def test_whose_word_it_is(octets, issuer, why):
    found = not_from(decode(octets), certificate.load(issuer.der))
    assert found == why if why is None else why in found


@pytest.mark.parametrize(
    ("said", "of_leaf", "of_authority"),
    [
        ({}, None, None),
        ({"urls": [URL]}, None, None),
        (
            {"urls": ["http://elsewhere/x.crl"]},
            "another distribution point",
            "another distribution point",
        ),
        ({"only_contains_user_certs": True}, None, "other certificates"),
        ({"only_contains_ca_certs": True}, "other certificates", None),
        ({"only_contains_attribute_certs": True}, "other certificates", "other certificates"),
        ({"indirect_crl": True}, "indirect", "indirect"),
    ],
)
def test_scope(said, of_leaf, of_authority):
    found = decode(crl(CA, scope=crls.scope(**said)) if said else crl(CA))
    for one, why in ((LEAF, of_leaf), (BELOW, of_authority)):
        because = out_of_scope(found, one)
        assert because is None if why is None else why in because


def test_critical_extensions_that_nobody_understands():
    found = decode(crl(CA, extra=(crls.UNKNOWN_CRITICAL,)))
    assert "1.2.3.4" in out_of_scope(found, LEAF)


@pytest.mark.parametrize(
    ("delta", "base", "why"),
    [
        ({"number": 9, "base": 7}, {"number": 7}, None),
        ({"number": 9, "base": 7}, {"number": 9}, None),
        ({"number": 9, "base": 8}, {"number": 7}, "it needs base CRL 8, and 7 is published"),
        ({"number": 6, "base": 5}, {"number": 7}, "older than the base CRL"),
        ({"number": None, "base": 5}, {"number": 7}, "without numbers"),
        ({"number": 9, "base": 5}, {"number": None}, "without numbers"),
        ({"number": 9}, {"number": 7}, "no delta CRL"),
    ],
)
def test_what_goes_with_what(delta, base, why):
    found = adds_to(decode(crl(CA, **delta)), decode(crl(CA, **base)))
    assert found == why if why is None else why in found

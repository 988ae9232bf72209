from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import verification
from cryptography.x509.oid import ExtensionOID, NameOID

from probe.lab.contoso import WEB_SERVER_TEMPLATE, Ca, Contoso

NOW = datetime(2026, 11, 22, 12, 30, 15, 999, tzinfo=UTC)
REPOSITORY = "http://pki.contoso.com:8080"


@pytest.fixture(scope="module")
def contoso():
    return Contoso(NOW, REPOSITORY)


def _leaf(contoso, ca):
    return contoso.authority(ca).issue(
        "CN=mp01.corp.contoso.com",
        dns=["mp01.corp.contoso.com"],
        template=WEB_SERVER_TEMPLATE,
        not_before=NOW - timedelta(days=1),
        not_after=NOW + timedelta(days=100),
    )


@pytest.mark.parametrize("ca", [Ca.ISSUING, Ca.BRANCH])
def test_a_strict_verifier_trusts_what_the_pki_issues(contoso, ca):
    leaf = _leaf(contoso, ca)
    store = verification.Store([contoso.root.certificate])
    verifier = (
        verification.PolicyBuilder()
        .store(store)
        .time(NOW)
        .build_server_verifier(x509.DNSName("mp01.corp.contoso.com"))
    )
    sent = [x509.load_der_x509_certificate(der) for der in leaf.sent]
    assert len(verifier.verify(sent[0], sent[1:])) == len(leaf.issuers) + 1


def test_the_legacy_authority_is_certified_with_sha1(contoso):
    legacy = contoso.authority(Ca.LEGACY).issued.certificate
    assert legacy.signature_hash_algorithm.name == "sha1"
    algorithm = ec.ECDSA(legacy.signature_hash_algorithm)
    issuer = contoso.root.certificate.public_key()
    issuer.verify(legacy.signature, legacy.tbs_certificate_bytes, algorithm)
    leaf = _leaf(contoso, Ca.LEGACY).certificate
    assert isinstance(leaf.signature_hash_algorithm, hashes.SHA256)


def test_names_are_those_of_a_forest(contoso):
    subject = contoso.authority(Ca.ISSUING).issued.certificate.subject
    assert [(part.oid, part.value) for part in subject] == [
        (NameOID.DOMAIN_COMPONENT, "com"),
        (NameOID.DOMAIN_COMPONENT, "contoso"),
        (NameOID.DOMAIN_COMPONENT, "corp"),
        (NameOID.COMMON_NAME, "Contoso Issuing CA 1"),
    ]


def test_enhanced_http_publishes_nothing(contoso):
    sms = contoso.authority(Ca.SMS_ISSUING)
    leaf = sms.issue("CN=SMS Role SSL Certificate").certificate
    assert leaf.issuer.rfc4514_string() == "CN=SMS Issuing"
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS)


def test_every_http_url_of_every_certificate_is_published(contoso):
    published = contoso.published()
    for ca in (Ca.ISSUING, Ca.BRANCH, Ca.LEGACY):
        leaf = _leaf(contoso, ca)
        for der in leaf.sent:
            extensions = x509.load_der_x509_certificate(der).extensions
            points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
            names = points[0].full_name
            assert names[0].value.startswith("ldap:///CN=Contoso%20")
            crl = x509.load_der_x509_crl(published[names[1].value.removeprefix(REPOSITORY)].body)
            assert crl.next_update_utc > NOW >= crl.last_update_utc
            places = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
            url = places[1].access_location.value
            issuer = x509.load_der_x509_certificate(published[url.removeprefix(REPOSITORY)].body)
            assert crl.is_signature_valid(issuer.public_key())
            assert crl.issuer == issuer.subject
            assert issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign


def test_the_template_says_which_certificate_it_is(contoso):
    extension = _leaf(contoso, Ca.ISSUING).certificate.extensions.get_extension_for_class(
        x509.MSCertificateTemplate
    )
    assert extension.value.template_id.dotted_string == WEB_SERVER_TEMPLATE.oid

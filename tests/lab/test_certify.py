from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding

from probe.lab.certify import certify, chain
from probe.lab.contoso import Ca, Contoso
from probe.lab.endpoint import Key, Leaf, Published, Sent, System
from probe.model.target import Accepts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SYSTEM = System(fqdn="mp01.corp.contoso.com", internet_fqdn="mp.contoso.com", accepts=Accepts.BOTH)


@pytest.fixture(scope="module")
def contoso():
    return Contoso(NOW, "http://pki.contoso.com")


def _names(certificate):
    try:
        san = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return san.value.get_values_for_type(x509.DNSName)


def test_the_default_is_right_for_its_system(contoso):
    certificate = certify(contoso, Leaf(), SYSTEM, NOW).certificate
    assert _names(certificate) == ["mp01.corp.contoso.com", "mp.contoso.com"]
    assert certificate.not_valid_after_utc == NOW + timedelta(days=630)
    assert certificate.not_valid_before_utc == NOW - timedelta(days=100)


def test_names_can_be_left_out(contoso):
    leaf = Leaf(subject="CN=mp01.corp.contoso.com&mp.contoso.com", names=())
    certificate = certify(contoso, leaf, SYSTEM, NOW).certificate
    assert _names(certificate) == []
    assert certificate.subject.rfc4514_string() == "CN=mp01.corp.contoso.com&mp.contoso.com"


def test_an_rsa_key_has_its_length(contoso):
    certificate = certify(contoso, Leaf(key=Key.RSA_2048), SYSTEM, NOW).certificate
    assert certificate.public_key().key_size == 2048


def test_without_an_authority_it_signs_itself(contoso):
    issued = certify(contoso, Leaf(ca=None, subject="CN=here", template=None), SYSTEM, NOW)
    issued.certificate.verify_directly_issued_by(issued.certificate)
    assert chain(issued, Sent.COMPLETE) == (issued.der,)


@pytest.mark.parametrize(
    ("published", "schemes"),
    [
        (Published.EVERYWHERE, ["ldap", "http"]),
        (Published.LDAP, ["ldap"]),
        (Published.NOWHERE, []),
    ],
)
def test_where_the_crl_is(contoso, published, schemes):
    extensions = certify(contoso, Leaf(published=published), SYSTEM, NOW).certificate.extensions
    found = [
        name.value.partition(":")[0]
        for extension in extensions
        if extension.oid == x509.CRLDistributionPoints.oid
        for point in extension.value
        for name in point.full_name
    ]
    assert found == schemes


def test_the_alternate_signature_algorithm_is_pss(contoso):
    certificate = certify(contoso, Leaf(ca=Ca.ALTERNATE), SYSTEM, NOW).certificate
    assert isinstance(certificate.signature_algorithm_parameters, padding.PSS)


@pytest.mark.parametrize(
    ("sent", "order"),
    [
        (Sent.COMPLETE, (0, 1, 2)),
        (Sent.LEAF_ONLY, (0,)),
        (Sent.WITH_ROOT, (0, 1, 2, 3)),
        (Sent.REVERSED, (0, 2, 1)),
        (Sent.DOUBLED, (0, 1, 2, 1, 2)),
    ],
)
def test_what_is_sent(contoso, sent, order):
    issued = certify(contoso, Leaf(ca=Ca.BRANCH), SYSTEM, NOW)
    members = (issued.der, *issued.issuers)
    assert chain(issued, sent) == tuple(members[index] for index in order)

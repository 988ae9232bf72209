import warnings
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.lab import builder, der, extensions, keys
from probe.lab.extensions import Extension, TemplateV2
from probe.model.certificate import (
    BasicConstraints,
    Certificate,
    CertificateTemplate,
    GeneralName,
    Key,
    Undecodable,
)
from probe.pki import certificate

RECORDED = Path(__file__).parents[3] / "shared" / "recorded"


@pytest.fixture(scope="module")
def issuing():
    return builder.root().authority("CN=Contoso Issuing CA,DC=contoso,DC=com")


def facts(octets):
    found = certificate.load(octets)
    assert isinstance(found, Certificate), found
    return found


def test_a_site_system_certificate(issuing):
    issued = issuing.issue(
        "CN=mp01.contoso.com,O=Contoso",
        dns=["mp01.contoso.com", "mp.contoso.com", "10.0.0.1"],
        key=keys.rsa_key(),
        serial=0x7B0001,
        crl=["ldap:///CN=a", "http://pki/a.crl"],
        delta_crl=["http://pki/a+.crl"],
        issuer_urls=["http://pki/a.crt"],
        ocsp=["http://pki/ocsp"],
        template=TemplateV2("1.3.6.1.4.1.311.21.8.1.2", 100, 7),
        application_policies=["1.3.6.1.5.5.7.3.1"],
    )
    found = facts(issued.der)
    parsed = issued.certificate
    assert found.der is issued.der
    assert found.version == 3
    assert found.serial == 0x7B0001
    assert found.subject.text == "CN=mp01.contoso.com,O=Contoso"
    assert found.subject.der == parsed.subject.public_bytes()
    assert found.common_name == "mp01.contoso.com"
    assert found.issuer.text == "CN=Contoso Issuing CA,DC=contoso,DC=com"
    assert found.not_before == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.not_after == datetime(2028, 1, 1, tzinfo=UTC)
    assert found.signature.name == "ecdsa-with-SHA256"
    assert found.signature.hash == "sha256"
    assert found.key == Key("rsa", 2048, exponent=65537)
    assert found.dns_names == ("mp01.contoso.com", "mp.contoso.com")
    assert found.names[2] == GeneralName("ip", "10.0.0.1")
    assert found.eku == ("1.3.6.1.5.5.7.3.1",)
    assert found.key_usage == ("digital_signature", "key_encipherment")
    assert found.basic_constraints is None
    assert found.authority_key_id == facts(issuing.der).subject_key_id
    assert found.crl_urls == ("ldap:///CN=a", "http://pki/a.crl")
    assert found.delta_crl_urls == ("http://pki/a+.crl",)
    assert found.issuer_urls == ("http://pki/a.crt",)
    assert found.ocsp_urls == ("http://pki/ocsp",)
    assert found.template == CertificateTemplate("1.3.6.1.4.1.311.21.8.1.2", None, 100, 7)
    assert found.application_policies == ("1.3.6.1.5.5.7.3.1",)
    assert found.unknown_critical == ()
    assert found.problems == ()


def test_an_authority_certificate(issuing):
    found = facts(builder.root().authority("CN=I", path_length=0).der)
    assert found.basic_constraints == BasicConstraints(True, 0)
    assert found.key_usage == ("digital_signature", "key_cert_sign", "crl_sign")
    assert found.template == CertificateTemplate(name="SubCA")


def test_the_same_octets_are_decoded_once(issuing):
    octets = issuing.issue("CN=a").der
    assert certificate.load(bytes(bytearray(octets))) is certificate.load(octets)


def test_missing_extensions_are_none():
    found = facts(builder.self_signed("CN=SSL_Self_Signed_Fallback", version=1).der)
    assert found.version == 1
    assert found.names is None
    assert found.eku is None
    assert found.key_usage is None
    assert found.basic_constraints is None
    assert found.subject_key_id is None
    assert found.self_issued
    assert found.problems == ()


def test_an_empty_subject(issuing):
    found = facts(issuing.issue("", dns=["mp01.contoso.com"]).der)
    assert found.subject.empty
    assert found.subject.text == ""
    assert found.common_name is None


@pytest.mark.parametrize("serial", [0, -1, -(2**70), 2**200])
def test_odd_serials_are_facts_and_warn_nobody(serial):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert facts(builder.self_signed("CN=a", serial=serial).der).serial == serial


def test_the_year_9999():
    late = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert facts(builder.self_signed("CN=a", not_after=late).der).not_after == late


def test_ten_thousand_names(issuing):
    names = [f"host{number}.contoso.com" for number in range(10_000)]
    assert facts(issuing.issue("CN=a", dns=names).der).dns_names == tuple(names)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (keys.rsa_key(1024), Key("rsa", 1024, exponent=65537)),
        (keys.rsa_key(2048, exponent=3), Key("rsa", 2048, exponent=3)),
        (keys.ec_key("secp384r1"), Key("ec", 384, curve="secp384r1")),
        (keys.ec_key("secp256k1"), Key("ec", 256, curve="secp256k1")),
        (keys.ed25519_key(), Key("ed25519", 256)),
        (keys.ed448_key(), Key("ed448", 456)),
    ],
)
def test_keys(key, expected):
    assert facts(builder.self_signed("CN=a", key=key).der).key == expected


@pytest.mark.parametrize(
    "info",
    [
        der.sequence(der.sequence(der.oid("1.2.3.4")), der.bits(b"junk")),
        der.sequence(
            der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.2.3")), der.bits(b"\x04")
        ),
        der.sequence(der.sequence(der.oid("1.2.840.113549.1.1.1"), der.null()), der.bits(b"junk")),
    ],
)
def test_foreign_keys_are_unknown(info):
    found = facts(builder.self_signed("CN=a", public_key=info).der)
    assert found.key == Key("unknown", None)
    assert found.public_key_der == info


def test_an_even_exponent_is_a_fact():
    numbers = der.sequence(der.integer(2**1023 + 1), der.integer(2))
    info = der.sequence(
        der.sequence(der.oid("1.2.840.113549.1.1.1"), der.null()), der.bits(numbers)
    )
    assert facts(builder.self_signed("CN=a", public_key=info).der).key == Key(
        "rsa", 1024, exponent=2
    )


@pytest.mark.parametrize(
    ("deviations", "name", "digest", "pss"),
    [
        ({"hash": "sha1"}, "sha1WithRSAEncryption", "sha1", False),
        ({"hash": "md5"}, "md5WithRSAEncryption", "md5", False),
        ({"hash": "sha512"}, "sha512WithRSAEncryption", "sha512", False),
        ({"pss": True}, "RSASSA-PSS", "sha256", True),
        ({"pss": True, "hash": "sha1"}, "RSASSA-PSS", "sha1", True),
    ],
)
def test_signature_algorithms(deviations, name, digest, pss):
    found = facts(builder.self_signed("CN=a", key=keys.rsa_key(), **deviations).der).signature
    assert (found.name, found.hash, found.pss) == (name, digest, pss)


def test_pss_without_parameters_means_sha1():
    bare = der.sequence(der.oid("1.2.840.113549.1.1.10"), der.sequence())
    assert facts(builder.self_signed("CN=a", algorithm=bare).der).signature.hash == "sha1"


def test_an_unknown_signature_algorithm_is_named_by_its_oid():
    found = facts(builder.self_signed("CN=a", algorithm=der.sequence(der.oid("1.2.3.4"))).der)
    assert (found.signature.name, found.signature.hash) == ("1.2.3.4", None)


def test_string_types_of_names():
    name = der.name(
        ("2.5.4.3", 0x1E, "Müller".encode("utf-16-be")),
        ("2.5.4.10", 0x14, "Köln".encode("latin-1")),
        ("2.5.4.11", 0x13, b"IT"),
        ("2.5.4.3", 0x0C, b"last"),
    )
    found = facts(builder.self_signed(name).der)
    assert found.subject.text == "CN=last,OU=IT,O=Köln,CN=Müller"
    assert found.subject.common_names == ("Müller", "last")
    assert found.common_name == "last"
    assert found.problems == ()


def test_a_name_that_is_no_text_is_shown_in_hex():
    found = facts(builder.self_signed(der.name(("2.5.4.3", 0x0C, b"\xff\xfe"))).der)
    assert found.subject.text == "CN=#0c02fffe"
    assert found.problems == (
        "subject: 1 of its values are no text of their type",
        "issuer: 1 of its values are no text of their type",
    )


def test_unknown_extensions(issuing):
    extra = [
        Extension("1.2.3.4", der.null(), critical=True),
        Extension("1.2.3.5", der.null()),
        extensions.application_policies(["1.2.3"])._replace(critical=True),
        Extension("2.5.29.33", der.sequence(), critical=True),
    ]
    found = facts(issuing.issue("CN=a", extra=extra).der)
    assert found.unknown_critical == ("1.2.3.4",)
    assert found.problems == ()


def test_a_broken_extension_spoils_no_other(issuing):
    junk = Extension("2.5.29.31", b"\x30\x09junk")
    found = facts(issuing.issue("CN=a", dns=["a.contoso.com"], crl=None, extra=[junk]).der)
    assert found.crl_urls == ()
    assert found.eku == ("1.3.6.1.5.5.7.3.1",)
    assert found.dns_names == ("a.contoso.com",)
    assert len(found.problems) == 1
    assert found.problems[0].startswith("cRLDistributionPoints: ")


@pytest.mark.parametrize(
    ("oid", "title"),
    [
        ("2.5.29.14", "subjectKeyIdentifier"),
        ("2.5.29.15", "keyUsage"),
        ("2.5.29.17", "subjectAltName"),
        ("2.5.29.19", "basicConstraints"),
        ("2.5.29.30", "nameConstraints"),
        ("2.5.29.32", "certificatePolicies"),
        ("2.5.29.35", "authorityKeyIdentifier"),
        ("2.5.29.37", "extKeyUsage"),
        ("2.5.29.46", "freshestCRL"),
        ("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
        ("1.3.6.1.4.1.311.20.2", "template name"),
        ("1.3.6.1.4.1.311.21.7", "template information"),
        ("1.3.6.1.4.1.311.21.10", "application policies"),
    ],
)
def test_every_extension_may_be_broken(oid, title):
    issued = builder.root().issue(
        "CN=a",
        eku=None,
        key_usage=None,
        subject_key_id=None,
        authority_key_id=None,
        crl=None,
        issuer_urls=(),
        template=None,
        extra=[Extension(oid, b"\x05\x01")],
    )
    assert [problem.split(":")[0] for problem in facts(issued.der).problems] == [title]


def test_a_repeated_extension_is_a_problem_and_the_first_counts(issuing):
    again = extensions.standard(x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.2.3")]))
    found = facts(issuing.issue("CN=a", extra=[again]).der)
    assert found.eku == ("1.3.6.1.5.5.7.3.1",)
    assert found.problems == ("extKeyUsage: more than once; only the first counts",)


def test_two_signature_algorithms_are_a_problem(issuing):
    octets = issuing.issue("CN=a").der
    inner = keys.algorithm(issuing.key, "sha256", pss=False)
    other = keys.algorithm(issuing.key, "sha384", pss=False)
    at = octets.rindex(inner)
    found = facts(octets[:at] + other + octets[at + len(inner) :])
    assert found.problems == ("signature: the certificate names two different algorithms",)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x30",
        b"junk",
        builder.UNDECODABLE,
        builder.self_signed("CN=a", version=4).der,
        builder.self_signed("CN=a").der[:-1],
        builder.self_signed("CN=a").der + b"\x00",
        builder.self_signed("CN=a", not_after=der.tlv(0x17, b"never")).der,
    ],
)
def test_what_is_no_certificate_says_why(octets):
    found = certificate.load(octets)
    assert isinstance(found, Undecodable)
    assert found.der == octets
    assert len(found.sha256) == 64
    assert found.reason


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damaged_certificates_never_raise(data):
    octets = bytearray(_SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    certificate.load(bytes(octets))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_what_is_read_without_silencing_the_library_is_the_same(data):
    octets = bytearray(_SAMPLE)
    for _ in range(data.draw(st.integers(0, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    found = certificate.load(bytes(octets))
    with mock.patch.object(certificate, "_is_usual", return_value=False):
        assert certificate._load(bytes(octets)).presented == found


_SAMPLE = builder.root().issue("CN=a,O=b", dns=["a.contoso.com"], ocsp=["http://a"]).der


@pytest.mark.parametrize(
    ("file", "text", "template"),
    [
        ("adcs_webserver_v1template_contoso.pem", "CN=somemachine", "WebServer"),
        ("mssql2017_self_signed_fallback.pem", "CN=SSL_Self_Signed_Fallback", None),
    ],
)
def test_recorded_certificates(file, text, template):
    if not (RECORDED / file).exists():
        pytest.skip("the recorded certificates are not beside this checkout")
    recorded = x509.load_pem_x509_certificate((RECORDED / file).read_bytes())
    found = facts(recorded.public_bytes(Encoding.DER))
    assert found.subject.text == text
    assert (found.template.name if found.template else None) == template
    assert found.problems == ()

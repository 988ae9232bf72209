import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding

from probe.lab import builder, der, extensions, keys


@pytest.fixture(scope="module")
def issuing():
    return builder.root().authority("CN=Contoso Issuing CA,DC=contoso,DC=com")


def _openssl(tmp_path, leaf, *options):
    (tmp_path / "root.pem").write_bytes(builder.pem(leaf.issuers[-1]))
    (tmp_path / "sent.pem").write_bytes(leaf.chain_pem)
    (tmp_path / "leaf.pem").write_bytes(leaf.pem)
    at = ("-attime", str(int(builder.AS_OF.timestamp())))
    files = ("-CAfile", tmp_path / "root.pem", "-untrusted", tmp_path / "sent.pem")
    return subprocess.run(
        ["openssl", "verify", "-x509_strict", *at, *options, *files, tmp_path / "leaf.pem"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.real
@pytest.mark.parametrize(
    "key", [None, keys.rsa_key(2048), keys.ed25519_key(), keys.ec_key("secp384r1")]
)
def test_the_defaults_are_valid_for_openssl(tmp_path, key):
    chosen = {} if key is None else {"key": key}
    authority = builder.root(**chosen).authority("CN=Contoso Issuing CA", **chosen)
    leaf = authority.issue("CN=mp01", dns=["mp01.contoso.com", "10.0.0.1"], **chosen)
    verified = _openssl(tmp_path, leaf, "-purpose", "sslserver")
    assert verified.returncode == 0, verified.stderr


@pytest.mark.real
@pytest.mark.parametrize(
    ("key", "deviations"),
    [
        (keys.rsa_key(2048), {"hash": "sha1"}),
        (keys.rsa_key(2048), {"hash": "md5"}),
        (keys.rsa_key(2048), {"pss": True}),
        (keys.rsa_key(2048), {"pss": True, "hash": "sha384"}),
        (keys.ec_key(), {"hash": "sha1"}),
        (keys.ec_key("secp521r1"), {"hash": "sha512"}),
        (keys.ed448_key(), {}),
    ],
)
def test_every_signature_verifies_with_openssl(tmp_path, key, deviations):
    leaf = builder.root(key=key).authority("CN=I", key=key).issue("CN=mp01", **deviations)
    verified = _openssl(tmp_path, leaf, "-auth_level", "0")
    assert verified.returncode == 0, verified.stderr


@pytest.mark.real
def test_a_corrupt_signature_does_not_verify(tmp_path, issuing):
    verified = _openssl(tmp_path, issuing.issue("CN=mp01", corrupt_signature=True))
    assert "signature failure" in verified.stderr


def test_the_default_leaf_is_a_site_system_certificate(issuing):
    certificate = issuing.issue("CN=mp01", dns=["mp01.contoso.com"]).certificate
    found = {extension.oid.dotted_string for extension in certificate.extensions}
    assert found == {
        "1.3.6.1.4.1.311.20.2",
        "2.5.29.37",
        "2.5.29.15",
        "2.5.29.14",
        "2.5.29.17",
        "2.5.29.35",
        "2.5.29.31",
        "1.3.6.1.5.5.7.1.1",
    }
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value == x509.KeyUsage(True, False, True, False, False, False, False, False, False)


def test_any_extension_can_be_left_out(issuing):
    bare = issuing.issue(
        "CN=mp01",
        eku=None,
        key_usage=None,
        subject_key_id=None,
        authority_key_id=None,
        crl=None,
        issuer_urls=(),
        template=None,
    )
    assert list(bare.certificate.extensions) == []


def test_the_subject_may_be_empty_and_its_san_is_then_critical(issuing):
    certificate = issuing.issue("", dns=["mp01.contoso.com"]).certificate
    assert list(certificate.subject) == []
    assert certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).critical


def test_version_1_has_no_extensions():
    certificate = builder.self_signed("CN=SSL_Self_Signed_Fallback", version=1).certificate
    assert certificate.version is x509.Version.v1
    assert list(certificate.extensions) == []


@pytest.mark.parametrize(("serial", "octets"), [(-255, b"\x02\x02\xff\x01"), (0, b"\x02\x01\x00")])
def test_an_odd_serial_is_written_as_it_is(serial, octets):
    issued = builder.self_signed("CN=a", serial=serial)
    assert octets in issued.der
    with pytest.warns(Warning, match="serial number which wasn't positive"):
        assert issued.certificate.serial_number == serial


def test_ad_cs_extensions_have_their_documented_octets(issuing):
    old = issuing.issue("CN=a", template="WebServer").certificate
    new = issuing.issue(
        "CN=a", template=extensions.TemplateV2("1.3.6.1.4.1.311.21.8.1", 100, 7)
    ).certificate
    name = old.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2"))
    assert name.value.value == b"\x1e\x12" + "WebServer".encode("utf-16-be")
    template = new.extensions.get_extension_for_class(x509.MSCertificateTemplate).value
    assert (template.template_id.dotted_string, template.major_version, template.minor_version) == (
        "1.3.6.1.4.1.311.21.8.1",
        100,
        7,
    )


def test_urls_of_revocation_and_issuers(issuing):
    certificate = issuing.issue(
        "CN=a",
        crl=["ldap:///CN=a", "http://a/a.crl"],
        delta_crl=["http://a/a+.crl"],
        issuer_urls=["http://a/a.crt"],
        ocsp=["http://a/ocsp"],
    ).certificate
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    fresh = certificate.extensions.get_extension_for_class(x509.FreshestCRL).value
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [name.value for name in points[0].full_name] == ["ldap:///CN=a", "http://a/a.crl"]
    assert [name.value for name in fresh[0].full_name] == ["http://a/a+.crl"]
    assert [entry.access_location.value for entry in access] == ["http://a/a.crt", "http://a/ocsp"]


def test_times_to_2049_and_from_2050():
    late = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    certificate = builder.self_signed("CN=a", not_after=late).certificate
    assert certificate.not_valid_after_utc == late
    assert certificate.not_valid_before_utc == datetime(2026, 1, 1, tzinfo=UTC)


def test_pss_parameters_are_declared(issuing):
    authority = builder.root(key=keys.rsa_key())
    parameters = authority.issue("CN=a", pss=True).certificate.signature_algorithm_parameters
    assert isinstance(parameters, padding.PSS)


def test_a_cross_certificate_has_the_same_name_and_key(issuing):
    cross = builder.root("CN=Other").reissue(issuing)
    assert cross.certificate.subject == issuing.certificate.subject
    assert cross.certificate.public_key() == issuing.certificate.public_key()
    assert cross.certificate.issuer.rfc4514_string() == "CN=Other"


def test_what_is_sent_leaves_the_root_out(issuing):
    leaf = issuing.issue("CN=mp01")
    assert leaf.sent == (leaf.der, issuing.der)
    assert x509.load_pem_x509_certificates(leaf.chain_pem)[1] == issuing.certificate


def test_a_self_signed_server_sends_itself():
    lone = builder.self_signed("CN=mp01")
    assert lone.sent == (lone.der,)


def test_undecodable_is_well_formed_and_no_certificate():
    assert builder.UNDECODABLE[0] == 0x30
    assert len(builder.UNDECODABLE) == builder.UNDECODABLE[1] + 2
    with pytest.raises(ValueError, match="parsing"):
        x509.load_der_x509_certificate(builder.UNDECODABLE)


@pytest.mark.parametrize("value", [0, 1, 127, 128, 255, 256, -1, -128, -129, 1 << 4096])
def test_integers_round_trip(value):
    element = der.integer(value)
    header = 2 if element[1] < 0x80 else 2 + (element[1] & 0x7F)
    assert int.from_bytes(element[header:], "big", signed=True) == value


def test_oids_round_trip():
    dotted = "1.3.6.1.4.1.311.21.8.16777215.268435456.2"
    encoded = x509.ExtendedKeyUsage([x509.ObjectIdentifier(dotted)]).public_bytes()
    assert der.sequence(der.oid(dotted)) == encoded

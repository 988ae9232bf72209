import hashlib
import hmac
import logging
import shutil
import traceback

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12
from support import files

from probe.lab import builder, der, keys
from probe.model.file import Encoding, FileFormat
from probe.pki import container
from probe.pki.container import Contents, Locked, Unreadable, derivation

MODERN = ()
LEGACY = ("-legacy",)
PROVIDER = "Microsoft Software Key Storage Provider"


@pytest.fixture(scope="module")
def issuing():
    return builder.root().authority("CN=Contoso Issuing CA")


@pytest.fixture(scope="module")
def leaf(issuing):
    return issuing.issue("CN=dp01")


def opened(data: bytes, *passwords: str) -> Contents:
    found = container.read(data, passwords)
    assert isinstance(found, Contents), found
    assert (found.format, found.encoding) == (FileFormat.PKCS12, Encoding.DER)
    return found


@pytest.mark.parametrize(
    "options",
    [
        MODERN,
        LEGACY,
        ("-keypbe", "AES-128-CBC", "-certpbe", "AES-192-CBC", "-macalg", "sha512"),
        ("-legacy", "-certpbe", "PBE-SHA1-3DES"),
        ("-legacy", "-certpbe", "PBE-SHA1-2DES", "-keypbe", "PBE-SHA1-2DES"),
        ("-legacy", "-certpbe", "PBE-SHA1-RC2-128", "-keypbe", "PBE-SHA1-RC2-128"),
        ("-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-RC2-40"),
        ("-certpbe", "NONE"),
        ("-keypbe", "NONE"),
        ("-nomac",),
        ("-legacy", "-nomac"),
        ("-nomaciter", "-noiter"),
    ],
)
@pytest.mark.parametrize("password", [files.PASSWORD, "secret"])
def test_every_protection_that_openssl_knows(tmp_path, leaf, options, password):
    data = files.pfx(
        tmp_path, leaf.chain_pem, leaf.key_pem, *options, "-CSP", PROVIDER, password=password
    )
    found = opened(data, password)
    assert found.protected is True
    assert found.notes == ()
    (entry,) = found.entries
    assert entry.certificate == leaf.der
    assert entry.issuers == leaf.issuers[:1]
    assert entry.has_private_key
    assert entry.key_matches is True
    assert entry.provider == PROVIDER


@pytest.mark.parametrize("options", [MODERN, LEGACY, ("-nomac",), ("-legacy", "-nomac")])
def test_a_wrong_or_missing_password_is_told_apart(tmp_path, leaf, options):
    data = files.pfx(tmp_path, leaf.pem, leaf.key_pem, *options)
    assert container.read(data) == Locked(missing=True)
    assert container.read(data, ("guess-1", "guess-2")) == Locked(missing=False)
    assert "guess" not in Locked(missing=False).reason
    assert opened(data, "guess", files.PASSWORD).entries[0].key_matches is True


def test_several_passwords_open_a_file_without_mac(tmp_path, leaf):
    data = files.pfx(tmp_path, leaf.pem, leaf.key_pem, "-nomac", password="right")
    assert opened(data, "wrong", "right").entries[0].key_matches is True


@pytest.mark.parametrize("options", [MODERN, LEGACY])
def test_the_empty_password_protects_nothing(tmp_path, leaf, options):
    data = files.pfx(tmp_path, leaf.pem, leaf.key_pem, *options, password="")
    assert opened(data).protected is False
    assert opened(data, "another").protected is False


def test_gnutls_files_with_no_password_at_all(tmp_path, leaf):
    (tmp_path / "c.pem").write_bytes(leaf.pem)
    (tmp_path / "k.pem").write_bytes(leaf.key_pem)
    data = files.run(
        *(files.program("certtool"), "--to-p12", "--outder", "--p12-name", "dp", "--null-password"),
        *("--load-certificate", tmp_path / "c.pem", "--load-privkey", tmp_path / "k.pem"),
    )
    found = opened(data)
    assert found.protected is False
    assert found.entries[0].key_matches is True
    assert found.entries[0].label == "dp"


def test_several_keys_each_have_their_certificate(issuing):
    one, two = issuing.issue("CN=one"), issuing.issue("CN=two")
    content = bags(key_bag(two), certificate_bag(one.der), key_bag(one), certificate_bag(two.der))
    entries = opened(pfx(content)).entries
    assert [entry.certificate for entry in entries] == [one.der, two.der]
    assert [entry.key_matches for entry in entries] == [True, True]


def test_java_keystores_hold_several_keys(tmp_path):
    # Java is too much to ask of every machine: two keys without it are tried above.
    keytool = shutil.which("keytool") or pytest.skip("keytool is not installed")
    store = ("-keystore", tmp_path / "ks", "-storetype", "PKCS12", "-storepass", "secret")
    for alias in ("one", "two"):
        files.run(
            *(keytool, "-genkeypair", "-alias", alias, "-keyalg", "EC"),
            *(*store, "-dname", f"CN={alias}"),
        )
    found = opened((tmp_path / "ks").read_bytes(), "secret")
    assert [entry.label for entry in found.entries] == ["one", "two"]
    assert [entry.key_matches for entry in found.entries] == [True, True]


def test_nss_writes_ber_with_indefinite_lengths(tmp_path, leaf):
    pk12util = files.program("pk12util")
    database = f"sql:{tmp_path}"
    (tmp_path / "pw").write_text("", encoding="ascii")
    files.run(
        *(files.program("certutil"), "-N", "-d", database, "--empty-password"),
    )
    (tmp_path / "in.pfx").write_bytes(files.pfx(tmp_path, leaf.pem, leaf.key_pem, "-name", "dp"))
    files.run(pk12util, "-i", tmp_path / "in.pfx", "-d", database, "-W", files.PASSWORD)
    files.run(*(pk12util, "-o", tmp_path / "nss.pfx", "-n", "dp", "-d", database, "-W", "secret"))
    data = (tmp_path / "nss.pfx").read_bytes()
    assert data[:2] == b"\x30\x80"
    (entry,) = opened(data, "secret").entries
    assert entry.certificate == leaf.der
    assert entry.key_matches is True
    assert container.read(data, ("wrong",)) == Locked(missing=False)


def test_certificates_without_a_key(tmp_path, issuing, leaf):
    data = files.pfx(tmp_path, leaf.pem + issuing.pem, b"", "-nokeys")
    (entry,) = opened(data, files.PASSWORD).entries
    assert not entry.has_private_key
    assert entry.key_matches is None
    assert entry.issuers == (issuing.der,)


def test_a_key_that_is_not_of_the_certificate(leaf, issuing):
    other = issuing.issue("CN=other")
    data = pfx(bags(certificate_bag(leaf.der), key_bag(other)))
    (entry,) = opened(data).entries
    assert entry.has_private_key
    assert entry.key_matches is False


def test_a_key_that_nobody_can_read_is_matched_by_its_identifier(leaf):
    identifier = attribute("1.2.840.113549.1.9.21", der.octets(b"\1"))
    unknown = bag("1", der.sequence(der.integer(0)), identifier)
    data = pfx(bags(certificate_bag(leaf.der, identifier), unknown))
    found = opened(data)
    assert found.entries[0].has_private_key
    assert found.entries[0].key_matches is None
    assert found.notes == ("a private key that could not be compared",)


def test_strangers_follow_the_chain_of_a_single_certificate(tmp_path, issuing, leaf):
    stranger = builder.root("CN=Stranger")
    data = files.pfx(tmp_path, leaf.pem + stranger.pem + issuing.pem, leaf.key_pem)
    (entry,) = opened(data, files.PASSWORD).entries
    assert entry.issuers == (issuing.der, stranger.der)


def test_a_certificate_that_cryptography_refuses_costs_nothing_else(issuing, leaf):
    data = pfx(bags(certificate_bag(leaf.der), certificate_bag(builder.UNDECODABLE), key_bag(leaf)))
    (entry,) = opened(data).entries
    assert entry.certificate == leaf.der
    assert entry.issuers == (builder.UNDECODABLE,)


def test_other_bags_are_said(leaf):
    nested = bag("6", bags(certificate_bag(leaf.der)))
    sdsi = bag(
        "3", der.sequence(der.oid("1.2.840.113549.1.9.22.2"), der.explicit(0, der.octets(b"x")))
    )
    secret = bag("5", der.sequence(der.oid("1.2.3")))
    data = pfx(bags(nested, sdsi, secret, secret))
    found = opened(data)
    assert found.entries[0].certificate == leaf.der
    assert found.notes == (
        "a certificate that is not X.509",
        "an entry that is neither certificate nor key (2)",
    )


def test_what_needs_another_key_is_refused_with_a_reason(leaf):
    signed = der.sequence(
        der.integer(3), der.sequence(der.oid("1.2.840.113549.1.7.2"), der.explicit(0, der.null()))
    )
    found = container.read(signed)
    assert isinstance(found, Unreadable)
    assert found.format == FileFormat.PKCS12
    assert found.reason == (
        "the PKCS#12 file cannot be read: it is signed with a key instead of protected by a password"
    )
    enveloped = der.sequence(der.oid("1.2.840.113549.1.7.3"), der.explicit(0, der.null()))
    found = opened(wrap(der.sequence(plain(bags(certificate_bag(leaf.der))), enveloped)))
    assert found.notes == ("a part encrypted to a certificate instead of a password",)


@pytest.mark.parametrize("options", [MODERN, LEGACY, ("-nomac",), ("-legacy", "-nomac")])
def test_hostile_numbers_of_rounds_are_refused(monkeypatch, tmp_path, leaf, options):
    data = files.pfx(tmp_path, leaf.pem, leaf.key_pem, *options, password="s")
    monkeypatch.setattr(derivation, "MAX_ROUNDS", 2000)
    found = container.read(data, ("s",))
    assert isinstance(found, Unreadable)
    assert found.reason == (
        "the PKCS#12 file cannot be read: its key derivation asks for an unreasonable number of rounds"
    )


def test_deep_nesting_is_refused(leaf):
    inner = bags(certificate_bag(leaf.der))
    for _ in range(8):
        inner = bags(bag("6", inner))
    found = container.read(pfx(inner))
    assert isinstance(found, Unreadable)
    assert found.reason.endswith("its bags are nested too deeply")


@pytest.mark.parametrize("algorithm", [hashes.SHA256(), hashes.SHA512()])
def test_files_of_cryptography(leaf, algorithm):
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(algorithm)
        .kdf_rounds(1)
        .build(b"secret")
    )
    data = pkcs12.serialize_key_and_certificates(b"n", leaf.key, leaf.certificate, None, encryption)
    (entry,) = opened(data, "secret").entries
    assert entry.key_matches is True
    assert entry.label == "n"


def test_rsa_keys_are_matched_whatever_their_encoding(tmp_path):
    leaf = builder.root().issue("CN=dp", key=keys.rsa_key(2048))
    (entry,) = opened(files.pfx(tmp_path, leaf.pem, leaf.key_pem), files.PASSWORD).entries
    assert entry.key_matches is True


def test_neither_password_nor_key_shows_in_an_error(monkeypatch, tmp_path, leaf, caplog):
    """A bug of ours inside the reader must not carry secrets out in its traceback either."""
    secret = "s3cr3t-w0rd"
    data = files.pfx(tmp_path, leaf.pem, leaf.key_pem, password=secret)
    with caplog.at_level(logging.DEBUG):
        shown = repr(container.read(data, (secret,))) + repr(container.read(data, ("no" + secret,)))

        def broken(*_: object) -> None:
            raise RuntimeError("bug")

        monkeypatch.setattr("probe.pki.container.pkcs12.group", broken, raising=False)
        monkeypatch.setattr("probe.pki.container.keys.from_der", broken)
        try:
            container.read(data, (secret,))
        except RuntimeError:
            shown += traceback.format_exc()
    assert "bug" in shown
    for text in (shown, caplog.text):
        assert secret not in text


def test_integrity_by_pbmac1(leaf):
    """RFC 9579: newer than the tools that write files here."""
    safe = der.sequence(plain(bags(certificate_bag(leaf.der), key_bag(leaf))))
    derive = der.sequence(
        der.oid("1.2.840.113549.1.5.12"),
        der.sequence(der.octets(b"salt"), der.integer(1000), der.integer(32), HMAC_SHA256),
    )
    key = hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 1000, 32)
    algorithm = der.sequence(der.oid("1.2.840.113549.1.5.14"), der.sequence(derive, HMAC_SHA256))
    digest = der.octets(hmac.digest(key, safe, "sha256"))
    mac = der.sequence(der.sequence(algorithm, digest), der.octets(b"unused"), der.integer(1))
    data = der.sequence(der.integer(3), plain(safe), mac)
    assert opened(data, "secret").entries[0].key_matches is True
    assert container.read(data, ("wrong",)) == Locked(missing=False)


@pytest.mark.parametrize(
    ("kind", "parameters", "reason"),
    [
        ("1.3.6.1.4.1.11591.4.11", (1 << 30, 8, 1), "an unreasonable amount of memory"),
        ("1.3.6.1.4.1.11591.4.11", (1 << 12, 8, 1 << 20), "an unreasonable number of rounds"),
        ("1.3.6.1.4.1.11591.4.11", (1000, 8, 1), "has unsound parameters"),
        ("1.2.840.113549.1.5.12", (1000, 7), "names a length that does not fit"),
        ("1.2.840.113549.1.5.12", (0,), "an unreasonable number of rounds"),
        ("1.2.3.4", (1,), "its key derivation (1.2.3.4) is not known"),
    ],
)
def test_hostile_key_derivations_are_refused(kind, parameters, reason):
    numbers = (der.octets(b"salt"), *map(der.integer, parameters))
    derive = der.sequence(der.oid(kind), der.sequence(*numbers))
    aes = der.sequence(der.oid("2.16.840.1.101.3.4.1.42"), der.octets(bytes(16)))
    scheme = der.sequence(der.oid("1.2.840.113549.1.5.13"), der.sequence(derive, aes))
    data = pfx(bags(bag("2", der.sequence(scheme, der.octets(bytes(32))))))
    found = container.read(data, ("secret",))
    assert isinstance(found, Unreadable)
    assert reason in found.reason


# PKCS#12 by hand, for what no tool writes

HMAC_SHA256 = der.sequence(der.oid("1.2.840.113549.2.9"), der.null())


def attribute(oid: str, value: bytes) -> bytes:
    return der.sequence(der.oid(oid), der.tlv(0x31, value))


def bag(number: str, value: bytes, *attributes: bytes) -> bytes:
    return der.sequence(
        der.oid(f"1.2.840.113549.1.12.10.1.{number}"),
        der.explicit(0, value),
        der.tlv(0x31, *attributes) if attributes else b"",
    )


def certificate_bag(octets: bytes, *attributes: bytes) -> bytes:
    kind = der.oid("1.2.840.113549.1.9.22.1")
    return bag("3", der.sequence(kind, der.explicit(0, der.octets(octets))), *attributes)


def key_bag(issued: builder.Issued) -> bytes:
    from cryptography.hazmat.primitives import serialization as s

    return bag(
        "1", issued.key.private_bytes(s.Encoding.DER, s.PrivateFormat.PKCS8, s.NoEncryption())
    )


def bags(*members: bytes) -> bytes:
    return der.sequence(*members)


def plain(content: bytes) -> bytes:
    return der.sequence(der.oid("1.2.840.113549.1.7.1"), der.explicit(0, der.octets(content)))


def wrap(authenticated_safe: bytes) -> bytes:
    return der.sequence(der.integer(3), plain(authenticated_safe))


def pfx(content: bytes) -> bytes:
    return wrap(der.sequence(plain(content)))

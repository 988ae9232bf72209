import base64

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import files

from probe.lab import builder, der
from probe.model.file import Encoding, FileFormat
from probe.pki import container
from probe.pki.container import Contents, Locked, Unreadable


@pytest.fixture(scope="module")
def issuing():
    return builder.root().authority("CN=Contoso Issuing CA")


@pytest.fixture(scope="module")
def leaf(issuing):
    return issuing.issue("CN=pc01")


def single(data: bytes, *passwords: str) -> container.Entry:
    found = container.read(data, passwords)
    assert isinstance(found, Contents), found
    assert len(found.entries) == 1
    return found.entries[0]


def kind(data: bytes, *passwords: str) -> tuple[FileFormat, Encoding]:
    found = container.read(data, passwords)
    assert isinstance(found, Contents), found
    return found.format, found.encoding


def reason(data: bytes, *passwords: str) -> str:
    found = container.read(data, passwords)
    assert isinstance(found, Unreadable), found
    return found.reason


def test_a_der_certificate(leaf):
    assert kind(leaf.der) == (FileFormat.DER, Encoding.DER)
    assert single(leaf.der) == container.Entry(certificate=leaf.der)


def test_a_pem_certificate_whatever_stands_around_it(leaf):
    text = b"subject=CN = pc01, O = Contoso\nissuer=CN = x\n" + leaf.pem + b"trailing words\n"
    assert kind(text) == (FileFormat.PEM, Encoding.BASE64)
    assert single(text).certificate == leaf.der


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_text_files_of_windows(leaf, encoding):
    text = leaf.pem.decode().replace("\n", "\r\n").encode(encoding)
    assert kind(text) == (FileFormat.PEM, Encoding.BASE64)
    assert single(text).certificate == leaf.der


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
def test_base64_without_armour(leaf, encoding):
    text = base64.encodebytes(leaf.der).decode().replace("\n", "\r\n").encode(encoding)
    assert kind(text) == (FileFormat.BASE64, Encoding.BASE64)
    assert single(text).certificate == leaf.der


@pytest.mark.parametrize(("form", "encoding"), [("DER", Encoding.DER), ("PEM", Encoding.BASE64)])
def test_pkcs7_holds_the_chain_in_any_order(tmp_path, leaf, form, encoding):
    root, intermediate = leaf.issuers[1], leaf.issuers[0]
    data = files.p7b(tmp_path, builder.pem(root, leaf.der, intermediate), form)
    assert kind(data) == (FileFormat.PKCS7, encoding)
    entry = single(data)
    assert entry.certificate == leaf.der
    assert entry.issuers == (intermediate, root)


def test_pkcs7_without_certificates_and_of_other_types():
    data, signed = der.oid("1.2.840.113549.1.7.1"), der.oid("1.2.840.113549.1.7.2")
    empty = der.sequence(der.integer(1), der.tlv(0x31), der.sequence(data), der.tlv(0x31))
    assert reason(der.sequence(signed, der.explicit(0, empty))) == "the file holds no certificate"
    assert reason(der.sequence(der.oid("1.2.840.113549.1.7.3"), der.null())) == (
        "the PKCS#7 file cannot be read: its content is PKCS#7 without certificates"
        " (1.2.840.113549.1.7.3)"
    )


def test_the_armour_of_certutil_says_nothing_about_what_is_in_it(tmp_path, leaf):
    inner = files.p7b(tmp_path, leaf.chain_pem)
    assert kind(builder.pem(inner)) == (FileFormat.PKCS7, Encoding.BASE64)
    pfx = files.pfx(tmp_path, leaf.pem, leaf.key_pem)
    assert kind(builder.pem(pfx), files.PASSWORD) == (FileFormat.PKCS12, Encoding.BASE64)
    assert kind(base64.b64encode(pfx), files.PASSWORD) == (FileFormat.PKCS12, Encoding.BASE64)


def test_a_trusted_certificate_of_openssl(tmp_path, leaf):
    (tmp_path / "c.pem").write_bytes(leaf.pem)
    data = files.run(
        *(files.program("openssl"), "x509", "-in", tmp_path / "c.pem", "-trustout"),
        *("-addtrust", "clientAuth"),
    )
    assert b"TRUSTED CERTIFICATE" in data
    assert single(data).certificate == leaf.der


def test_a_bundle_of_unrelated_certificates_is_one_entry_each(issuing):
    leaves = [issuing.issue(f"CN=pc{number}") for number in range(3)]
    found = container.read(builder.pem(*(leaf.der for leaf in leaves), issuing.der))
    assert isinstance(found, Contents)
    assert [entry.certificate for entry in found.entries] == [leaf.der for leaf in leaves]
    assert {entry.issuers for entry in found.entries} == {(issuing.der,)}


def test_a_key_in_a_bundle_is_matched(leaf):
    entry = single(leaf.key_pem + leaf.chain_pem)
    assert entry.has_private_key
    assert entry.key_matches is True
    assert entry.issuers == leaf.issuers[:1]


def test_a_key_of_another_certificate_is_told(issuing, leaf):
    entry = single(leaf.pem + issuing.issue("CN=other").key_pem)
    assert entry.has_private_key
    assert entry.key_matches is False


@pytest.mark.parametrize(
    "options", [["-topk8"], ["-topk8", "-v1", "PBE-SHA1-3DES"], ["-topk8", "-scrypt"]]
)
def test_an_encrypted_key_in_a_bundle(tmp_path, leaf, options):
    (tmp_path / "key.pem").write_bytes(leaf.key_pem)
    command = (files.program("openssl"), "pkcs8", "-in", tmp_path / "key.pem", *options)
    locked = files.run(*command, "-passout", "env:SECRET", SECRET=files.PASSWORD)
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in locked
    entry = single(leaf.pem + locked, "no", files.PASSWORD)
    assert entry.key_matches is True
    for passwords in ((), ("wrong",)):
        found = container.read(leaf.pem + locked, passwords)
        assert isinstance(found, Contents)
        assert found.entries[0].has_private_key
        assert found.entries[0].key_matches is None
        assert found.notes[0] == "a private key that could not be opened"


def test_a_key_with_its_own_encryption_headers(tmp_path, leaf):
    (tmp_path / "key.pem").write_bytes(leaf.key_pem)
    locked = files.run(
        *(files.program("openssl"), "ec", "-in", tmp_path / "key.pem", "-aes128"),
        *("-passout", "env:SECRET"),
        SECRET="secret",
    )
    assert b"DEK-Info" in locked
    assert single(locked + leaf.pem, "secret").key_matches is True
    assert single(locked + leaf.pem).key_matches is None


def test_other_blocks_are_said(tmp_path, leaf):
    parameters = files.run(files.program("openssl"), "ecparam", "-name", "prime256v1")
    found = container.read(parameters + leaf.key_pem + leaf.pem)
    assert isinstance(found, Contents)
    assert found.notes == ("a block EC PARAMETERS",)


def test_the_same_certificate_twice_is_one(leaf):
    found = container.read(leaf.pem + leaf.pem + leaf.pem)
    assert isinstance(found, Contents)
    assert len(found.entries) == 1
    assert found.notes == ("the same certificate again (2)",)


def test_what_lies_beside_certificates_is_named(tmp_path, leaf):
    openssl = files.program("openssl")
    (tmp_path / "key.pem").write_bytes(leaf.key_pem)
    request = files.run(openssl, "req", "-new", "-key", tmp_path / "key.pem", "-subj", "/CN=x")
    binary = files.run(openssl, "pkey", "-outform", "DER", data=leaf.key_pem)
    for data, companion in (
        (leaf.key_pem, "a private key"),
        (binary, "a private key"),
        (request, "a certificate request"),
        (files.run(openssl, "req", "-outform", "DER", data=request), "a certificate request"),
    ):
        found = container.read(data)
        assert isinstance(found, Unreadable)
        assert found.companion == companion
        assert found.reason == f"the file holds {companion} and no certificate"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file is empty"),
        (b"Dear administrator,\n", "the file is no certificate in a known format"),
        (b"\xfe\xed\xfe\xed\x00\x00", "the file is a Java keystore (JKS); convert it to PKCS#12"),
        (
            b"\x00\x00\x00\x00CERT",
            "the file is a serialized certificate store (SST); export it as PKCS#7",
        ),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n", "the file's PEM block is cut off"),
        (
            b"-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----\n",
            "the file holds no certificate (a block that is not Base64)",
        ),
        (
            b"-----BEGIN X-----\nAA==\n-----END X-----\n",
            "the file holds no certificate (a block X)",
        ),
        (b"\x30\x84\xff\xff\xff\xff", "the file cannot be read: an ASN.1 element is cut off"),
    ],
)
def test_what_cannot_be_read_has_a_reason(data, expected):
    assert reason(data) == expected


def test_octets_after_the_end_are_said(leaf):
    found = container.read(leaf.der + b"\r\n")
    assert isinstance(found, Contents)
    assert found.notes == ()
    found = container.read(leaf.der + b"junk")
    assert isinstance(found, Contents)
    assert found.notes == ("4 octets after the end",)
    assert found.entries[0].certificate == leaf.der


def test_der_that_is_no_certificate_stays_to_be_reported():
    assert single(builder.UNDECODABLE).certificate == builder.UNDECODABLE


def test_too_large_is_told_and_not_parsed(monkeypatch):
    monkeypatch.setattr("probe.pki.container.reading.LARGEST", 1 << 20)
    assert reason(b"0" * (1 << 21)) == "the file is larger than 1 MiB"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(b"\x30\x80" * 200)
@example(b"\x30\x80\x24\x80" * 90)
@example(b"-----BEGIN A-----" * 50)
@example(b"\xff\xfe" + b"-----BEGIN CERTIFICATE-----"[:7])
@example(b'"a","b"\n"MI' + b"A" * 70 + b'"')
def test_arbitrary_octets_never_raise(data):
    assert isinstance(container.read(data, ("secret",)), Contents | Unreadable | Locked)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damaged_files_never_raise(samples, data):
    sample = bytearray(data.draw(st.sampled_from(samples)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(sample) - 1))
        sample[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(sample)) | st.just(len(sample)))
    assert isinstance(container.read(bytes(sample[:cut]), ("s",)), Contents | Unreadable | Locked)


@pytest.fixture(scope="module")
def samples(leaf, tmp_path_factory):
    directory = tmp_path_factory.mktemp("samples")
    weak = ("-iter", "1", "-maciter")
    return [
        leaf.der,
        leaf.key_pem + leaf.chain_pem,
        files.p7b(directory, leaf.chain_pem),
        files.pfx(directory, leaf.chain_pem, leaf.key_pem, *weak[:2], "-nomaciter", password="s"),
        files.pfx(
            directory, leaf.chain_pem, leaf.key_pem, "-legacy", *weak[:2], "-nomac", password="s"
        ),
        files.certutil_csv([(1, leaf.der), (2, None)]).encode(),
    ]


def test_many_unclosed_blocks_take_linear_time():
    text = b"".join(b"-----BEGIN K%d-----\n" % number for number in range(60_000))
    assert reason(text) == "the file's PEM block is cut off"

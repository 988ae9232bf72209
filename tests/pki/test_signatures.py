import subprocess

import pytest

from probe.lab import builder, der, keys
from probe.model.certificate import Key
from probe.pki import certificate, signatures


def verify(child, issuer):
    return signatures.verify(certificate.load(child.der), certificate.load(issuer.der))


SIGNERS = [
    (keys.rsa_key(), {"hash": "md5"}),
    (keys.rsa_key(), {"hash": "sha1"}),
    (keys.rsa_key(), {"hash": "sha224"}),
    (keys.rsa_key(), {}),
    (keys.rsa_key(), {"hash": "sha384"}),
    (keys.rsa_key(), {"hash": "sha512"}),
    (keys.rsa_key(1024), {}),
    (keys.rsa_key(2048, exponent=3), {}),
    (keys.rsa_key(), {"pss": True}),
    (keys.rsa_key(), {"pss": True, "hash": "sha1"}),
    (keys.rsa_key(), {"pss": True, "hash": "sha512"}),
    (keys.ec_key(), {}),
    (keys.ec_key(), {"hash": "sha1"}),
    (keys.ec_key("secp384r1"), {"hash": "sha384"}),
    (keys.ec_key("secp521r1"), {"hash": "sha512"}),
    (keys.ec_key("secp256k1"), {}),
    (keys.ed25519_key(), {}),
    (keys.ed448_key(), {}),
]


@pytest.mark.parametrize(("key", "deviations"), SIGNERS)
def test_every_algorithm(key, deviations):
    root = builder.root(key=key, **deviations)
    other = builder.root("CN=Other", key=type_of(key))
    leaf = root.issue("CN=a", **deviations)
    assert verify(root, root) is True
    assert verify(leaf, root) is True
    assert verify(root.issue("CN=a", corrupt_signature=True, **deviations), root) is False
    assert verify(leaf, other) is False


def type_of(key):
    """Make another key of the same type."""
    return {
        "RSAPrivateKey": keys.rsa_key(2048, 1),
        "ECPrivateKey": keys.ec_key(index=1),
        "Ed25519PrivateKey": keys.ed25519_key(1),
        "Ed448PrivateKey": keys.ed448_key(1),
    }[type(key).__name__]


def test_another_kind_of_key_signed_it():
    leaf = builder.root(key=keys.rsa_key()).issue("CN=a")
    assert verify(leaf, builder.root(key=keys.ec_key())) is False
    assert verify(leaf, builder.root(key=keys.ed25519_key())) is False


def test_an_unknown_algorithm_cannot_be_told():
    root = builder.root()
    leaf = root.issue("CN=a", algorithm=der.sequence(der.oid("1.2.3.4")))
    assert verify(leaf, root) is None


def test_an_unknown_key_cannot_be_told():
    info = der.sequence(der.sequence(der.oid("1.2.3.4")), der.bits(b"junk"))
    leaf = builder.root().issue("CN=a")
    assert verify(leaf, builder.root(public_key=info)) is None


@pytest.mark.parametrize("exponent", [1, 2])
def test_a_key_that_no_library_loads_cannot_be_told(exponent):
    numbers = der.sequence(der.integer(2**1023 + 1), der.integer(exponent))
    info = der.sequence(
        der.sequence(der.oid("1.2.840.113549.1.1.1"), der.null()), der.bits(numbers)
    )
    leaf = builder.root(key=keys.rsa_key()).issue("CN=a")
    assert verify(leaf, builder.root(public_key=info)) is None


@pytest.mark.real
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_dsa_as_openssl_signs_it(tmp_path, digest):
    openssl(tmp_path, "dsaparam", "-genkey", "-out", "key.pem", "1024")
    request = ("req", "-x509", "-key", "key.pem", "-subj", "/CN=Old CA", f"-{digest}")
    openssl(tmp_path, *request, "-outform", "DER", "-out", "root.der")
    root = certificate.load((tmp_path / "root.der").read_bytes())
    assert root.signature.name == f"dsa-with-{digest.upper()}"
    assert root.key == Key("dsa", 1024)
    assert signatures.verify(root, root) is True
    other = certificate.load(builder.root(key=keys.rsa_key()).issue("CN=a").der)
    assert signatures.verify(other, root) is False


def openssl(directory, *arguments):
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)


def test_two_algorithms_make_no_signature():
    root = builder.root()
    octets = root.issue("CN=a").der
    inner = keys.algorithm(root.key, "sha256", pss=False)
    outer = keys.algorithm(root.key, "sha384", pss=False)
    at = octets.rindex(inner)
    mixed = certificate.load(octets[:at] + outer + octets[at + len(inner) :])
    assert signatures.verify(mixed, certificate.load(root.der)) is False


def test_a_version_1_certificate_has_no_version_field():
    root = builder.root(version=1)
    assert verify(root, root) is True


def test_answers_are_kept(monkeypatch):
    root = builder.root()
    leaf = root.issue("CN=a")
    assert verify(leaf, root) is True
    monkeypatch.setattr(signatures, "_check", None)
    assert verify(leaf, root) is True

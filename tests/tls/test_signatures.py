"""Signatures that the handshakes of today's servers no longer show."""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from support.tls_identity import issued

from probe.lab import builder, keys
from probe.tls import schemes, signatures

SIGNED = b"randoms and parameters"
RSA = keys.rsa_key()
LEAF = issued("rsa").der


@pytest.mark.parametrize(
    "scheme", [code for code, name in schemes.SCHEMES.items() if name.startswith("rsa")]
)
def test_rsa(scheme):
    name = schemes.SCHEMES[scheme]
    digest = keys.HASHES[name.rpartition("_")[2]]
    if "pss" in name:
        mode = padding.PSS(padding.MGF1(digest), digest.digest_size)
    else:
        mode = padding.PKCS1v15()
    signature = RSA.sign(SIGNED, mode, digest)
    assert signatures.verify(LEAF, scheme, signature, SIGNED) is True
    assert signatures.verify(LEAF, scheme, signature, SIGNED + b"!") is False
    assert signatures.verify(LEAF, scheme, signature[1:], SIGNED) is False


def test_a_signature_of_rsa_is_as_long_as_the_modulus():
    mode = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
    # The salt differs each time: one of some hundreds begins with a zero, which is no part to leave out.
    made = (RSA.sign(SIGNED, mode, hashes.SHA256()) for _ in range(20_000))
    signature = next(one for one in made if one[0] == 0)
    assert signatures.verify(LEAF, 0x0804, signature, SIGNED) is True
    assert signatures.verify(LEAF, 0x0804, signature[1:], SIGNED) is False


def test_md5_and_sha1_side_by_side():
    digests = b"".join(
        hashlib.new(name, SIGNED, usedforsecurity=False).digest() for name in ("md5", "sha1")
    )
    private = RSA.private_numbers()
    size = RSA.key_size // 8
    padded = b"\x00\x01" + b"\xff" * (size - len(digests) - 3) + b"\x00" + digests
    number = pow(int.from_bytes(padded, "big"), private.d, private.public_numbers.n)
    signature = number.to_bytes(size, "big")
    assert signatures.scheme_before_12(LEAF) == schemes.RSA_MD5_SHA1
    assert signatures.verify(LEAF, schemes.RSA_MD5_SHA1, signature, SIGNED) is True
    assert signatures.verify(LEAF, schemes.RSA_MD5_SHA1, signature, b"other") is False
    assert (
        signatures.verify(issued("secp256r1").der, schemes.RSA_MD5_SHA1, signature, SIGNED) is False
    )
    assert schemes.describe(schemes.RSA_MD5_SHA1) == "rsa_pkcs1_md5_sha1"


def test_dsa():
    key = dsa.generate_private_key(1024)  # noqa: S505 - the size that such servers have
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    leaf = builder.self_signed("CN=dsa", key=keys.ec_key(), public_key=spki).der
    signature = key.sign(SIGNED, keys.HASHES["sha1"])
    assert signatures.scheme_before_12(leaf) == schemes.DSA_SHA1
    assert signatures.verify(leaf, schemes.DSA_SHA1, signature, SIGNED) is True
    assert signatures.verify(leaf, schemes.DSA_SHA1, signature, b"other") is False


def test_ecdsa_on_another_curve_is_a_proof_too():
    leaf = issued("secp384r1")
    signature = leaf.key.sign(SIGNED, ec.ECDSA(hashes.SHA256()))
    assert signatures.verify(leaf.der, 0x0403, signature, SIGNED) is True
    old = leaf.key.sign(SIGNED, ec.ECDSA(keys.HASHES["sha1"]))
    assert signatures.scheme_before_12(leaf.der) == schemes.ECDSA_SHA1
    assert signatures.verify(leaf.der, schemes.ECDSA_SHA1, old, SIGNED) is True


@pytest.mark.parametrize("kind", ["ed25519", "ed448"])
def test_edwards_curves(kind):
    leaf = issued(kind)
    code = {"ed25519": 0x0807, "ed448": 0x0808}[kind]
    assert signatures.verify(leaf.der, code, leaf.key.sign(SIGNED), SIGNED) is True
    assert (
        signatures.verify(leaf.der, 0x0807 + 0x0808 - code, leaf.key.sign(SIGNED), SIGNED) is False
    )
    assert signatures.scheme_before_12(leaf.der) is None


@pytest.mark.parametrize("leaf", [b"", builder.UNDECODABLE, b"\x30\x03\x30\x01\x30"])
def test_an_unreadable_key_proves_nothing(leaf):
    assert signatures.verify(leaf, 0x0403, b"x", SIGNED) is None
    assert signatures.scheme_before_12(leaf) is None


def test_a_key_of_an_unknown_kind_proves_nothing():
    """An X25519 key, which cannot sign, and one of an algorithm that nobody knows."""
    agreement = bytes.fromhex("302a300506032b656e032100") + bytes(range(32))
    for spki in (agreement, bytes.fromhex("300a300506032b6570030100")):
        leaf = builder.self_signed("CN=odd", key=keys.ec_key(), public_key=spki).der
        assert signatures.verify(leaf, 0x0403, b"x", SIGNED) is None


def test_what_tls13_allows():
    allowed = {name for code, name in schemes.SCHEMES.items() if signatures.allowed_13(code)}
    assert allowed == {
        name
        for name in schemes.SCHEMES.values()
        if name.startswith(("rsa_pss", "ecdsa_secp", "ed"))
    }
    assert not signatures.allowed_13(0x9999)
    assert schemes.describe(0x9999) == "0x9999"

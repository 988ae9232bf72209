from datetime import UTC, datetime

import pytest

from probe.lab import builder, keys
from probe.pki import certificate
from probe.pki.trust import TrustStore

ROOT = builder.root()
ISSUING = ROOT.authority("CN=Issuing")
LEAF = ISSUING.issue("CN=mp01")


def path(*issued):
    return [certificate.load(one.der) for one in issued]


def test_a_store_knows_its_roots():
    store = TrustStore([ROOT.der, ROOT.der], [ISSUING.der, ROOT.der])
    assert repr(store) == "TrustStore(1 roots, 1 intermediates)"
    assert store.is_root(certificate.load(ROOT.der))
    assert not store.is_root(certificate.load(ISSUING.der))
    assert [one.sha256 for one in store.named(ISSUING.subject)] == [ISSUING.sha256]
    assert store.named(b"nobody") == ()


def test_stores_with_the_same_certificates_are_equal():
    one = TrustStore([ROOT.der, LEAF.der], [ISSUING.der])
    same = TrustStore([LEAF.der, ROOT.der], [ISSUING.der])
    other = TrustStore([ROOT.der], [ISSUING.der, LEAF.der])
    assert one == same
    assert hash(one) == hash(same)
    assert one.key == same.key != other.key
    assert one != other


def test_what_cannot_be_decoded_vouches_for_nothing():
    store = TrustStore([builder.UNDECODABLE], [b"junk"])
    assert store.roots == store.intermediates == ()
    assert [one.der for one in store.undecodable] == [builder.UNDECODABLE, b"junk"]


def test_the_library_accepts():
    assert TrustStore([ROOT.der]).refusal(path(LEAF, ISSUING)) is None
    assert TrustStore([ROOT.der]).refusal(path(LEAF, ISSUING, ROOT)) is None


def test_a_server_name_and_purpose_are_other_questions():
    bare = ISSUING.issue("", eku=None, key_usage=None, subject_key_id=None, authority_key_id=None)
    client = ISSUING.issue("CN=a", eku=["1.3.6.1.5.5.7.3.2"])
    assert TrustStore([ROOT.der]).refusal(path(bare, ISSUING)) is None
    assert TrustStore([ROOT.der]).refusal(path(client, ISSUING)) is None


@pytest.mark.parametrize("year", [1955, 2049, 2050, 2100])
def test_validity_is_another_question(year):
    late = datetime(9999, 1, 1, tzinfo=UTC)
    root = builder.root(not_before=datetime(1950, 1, 1, tzinfo=UTC), not_after=late)
    leaf = root.issue("CN=a", not_before=datetime(year, 1, 1, tzinfo=UTC), not_after=late)
    assert TrustStore([root.der]).refusal(path(leaf, root)) is None


@pytest.mark.parametrize(
    ("members", "roots", "reason"),
    [
        ([LEAF, ISSUING], [], "no root is configured"),
        ([LEAF], [ROOT], "all candidates exhausted with no interior errors"),
        ([LEAF] + [ISSUING] * 10, [ROOT], "the path is too long"),
        ([builder.root("CN=R", version=1)], [ROOT], "R is a version 1 certificate"),
        (
            [LEAF, ROOT.authority("CN=I", key=keys.rsa_key(1024)), ROOT],
            [ROOT],
            "I has a key of rsa 1024",
        ),
        (
            [LEAF, ROOT.authority("CN=I", hash="sha1"), ROOT],
            [ROOT],
            "I is signed with ecdsa-with-SHA1",
        ),
        (
            [LEAF, ROOT.authority("CN=I", key=keys.ec_key("secp256k1")), ROOT],
            [ROOT],
            "I has a key of ec secp256k1",
        ),
        (
            [ISSUING.issue("CN=a", serial=-1), ISSUING],
            [ROOT],
            "certificate serial number cannot be negative",
        ),
    ],
)
def test_refusals_say_why(members, roots, reason):
    assert TrustStore([one.der for one in roots]).refusal(path(*members)) == reason

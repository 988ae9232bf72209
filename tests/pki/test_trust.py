from datetime import UTC, datetime

import pytest
from cryptography import x509

from probe.lab import builder, der, extensions, keys
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
        ([LEAF], [ROOT], "it finds no path to a configured root"),
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
            "a serial number is negative",
        ),
    ],
)
def test_refusals_say_why(members, roots, reason):
    assert TrustStore([one.der for one in roots]).refusal(path(*members)) == reason


# What is remembered of issuers must not change any answer


def _odd_time(year: int) -> bytes:
    return der.tlv(0x18, f"{year}0101000000Z".encode())


@pytest.mark.parametrize(
    "deviation",
    [
        {},
        {"hash": "sha1"},
        {"hash": "sha384"},
        {"corrupt_signature": True},
        {"version": 1},
        {"serial": -5},
        {"serial": 0},
        {"serial": 1 << 200},
        {"not_after": _odd_time(2030)},
        {"not_after": _odd_time(2060)},
        {"extra": [extensions.Extension("1.2.3.4", b"\x05\x00", critical=True)]},
        {"extra": [extensions.key_usage(["digital_signature"])]},
        {"issuer": b"\x30\x00"},
        {"eku": None, "key_usage": None, "crl": None},
        {"san": b"\x30\x03\x82\x01\xff"},
        {"ca": True},
    ],
)
@pytest.mark.parametrize("constrained", [False, True])
def test_known_issuers_are_judged_as_unknown_ones(deviation, constrained):
    constraints = x509.NameConstraints([x509.DNSName("contoso.com")], None)
    own = {"name_constraints": constraints} if constrained else {}
    issuing = ROOT.authority("CN=Known Issuing CA", **own)
    ordinary = issuing.issue("CN=pc1", dns=["pc1.contoso.com"])
    odd = issuing.issue("CN=pc2", **({"dns": ["pc2.fabrikam.com"]} | deviation))
    warm = TrustStore([ROOT.der])
    assert warm.refusal(path(ordinary, issuing, ROOT)) is None
    fresh = TrustStore([ROOT.der]).refusal(path(odd, issuing, ROOT))
    assert warm.refusal(path(odd, issuing, ROOT)) == fresh
    assert warm.refusal(path(odd, issuing, ROOT)) == fresh


def test_a_leaf_that_only_claims_known_issuers_is_refused():
    issuing = ROOT.authority("CN=Known Issuing CA")
    impostor = builder.root("CN=Known Issuing CA").issue("CN=pc1")
    warm = TrustStore([ROOT.der])
    assert warm.refusal(path(issuing.issue("CN=pc1"), issuing, ROOT)) is None
    assert warm.refusal(path(impostor, issuing, ROOT)) is not None


def test_what_is_remembered_of_issuers_is_bounded(monkeypatch):
    monkeypatch.setattr("probe.pki.trust._MOST_ACCEPTED", 2)
    store = TrustStore([ROOT.der])
    for number in range(5):
        issuing = ROOT.authority(f"CN=CA {number}")
        assert store.refusal(path(issuing.issue("CN=x"), issuing, ROOT)) is None
        assert len(store._accepted) <= 2

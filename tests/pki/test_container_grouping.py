from datetime import UTC, datetime, timedelta

import pytest

from probe.lab import builder
from probe.pki.container.contents import Member
from probe.pki.container.grouping import group
from probe.pki.container.keys import KeyFacts


@pytest.fixture(scope="module")
def root():
    return builder.root()


@pytest.fixture(scope="module")
def issuing(root):
    return root.authority("CN=Contoso Issuing CA")


def entries(*octets: bytes, keys: tuple[KeyFacts, ...] = ()):
    return group([Member(der) for der in octets], keys)[0]


def test_a_root_alone_and_several_roots(root):
    other = builder.root("CN=Other Root")
    assert [entry.certificate for entry in entries(root.der)] == [root.der]
    assert [entry.certificate for entry in entries(root.der, other.der)] == [root.der, other.der]


def test_the_path_follows_the_key_identifier_and_not_the_order(root, issuing):
    renewed = root.authority("CN=Contoso Issuing CA")
    leaf = renewed.issue("CN=pc")
    (entry,) = entries(issuing.der, root.der, renewed.der, leaf.der)
    assert entry.certificate == leaf.der
    assert entry.issuers[:2] == (renewed.der, root.der)
    assert entry.issuers[2:] == (issuing.der,)


def test_of_two_issuers_with_one_key_the_one_that_lives_longer_is_taken(root, issuing):
    longer = root.reissue(issuing, not_after=datetime(2040, 1, 1, tzinfo=UTC) + timedelta(1))
    leaf = issuing.issue("CN=pc")
    (entry,) = entries(leaf.der, issuing.der, longer.der)
    assert entry.issuers == (longer.der, issuing.der)


def test_authorities_that_issue_each_other_are_all_judged():
    one, two = builder.root("CN=One"), builder.root("CN=Two")
    crossed = [two.reissue(one), one.reissue(two)]
    found = entries(*(issued.der for issued in crossed))
    assert {entry.certificate for entry in found} == {issued.der for issued in crossed}
    assert [len(entry.issuers) for entry in found] == [1, 1]


def test_one_key_may_have_two_certificates(issuing):
    first = issuing.issue("CN=dp")
    second = issuing.issue("CN=dp", key=first.key)
    public = KeyFacts(public_key=spki(first))
    found = entries(first.der, second.der, keys=(public,))
    assert [entry.key_matches for entry in found] == [True, True]


def test_certificates_without_the_key_are_no_entries(issuing):
    owned, other = issuing.issue("CN=dp"), issuing.issue("CN=other")
    (entry,) = entries(other.der, issuing.der, owned.der, keys=(KeyFacts(public_key=spki(owned)),))
    assert entry.certificate == owned.der
    assert entry.issuers == (issuing.der, other.der)


def test_strangers_beside_several_certificates_are_said(issuing):
    one, two, other = (issuing.issue(f"CN={name}") for name in ("one", "two", "other"))
    keys = (KeyFacts(public_key=spki(one)), KeyFacts(public_key=spki(two)))
    found, notes = group([Member(issued.der) for issued in (one, two, other)], keys)
    assert [entry.issuers for entry in found] == [(), ()]
    assert notes == ["a certificate on no path"]


def test_a_key_that_stays_closed_and_has_no_identifier_is_not_compared(issuing):
    leaf = issuing.issue("CN=dp")
    found, notes = group([Member(leaf.der)], (KeyFacts(provider="X"),))
    assert found[0].has_private_key
    assert found[0].key_matches is None
    assert found[0].provider == "X"
    assert notes == []


def test_a_key_of_nobody_is_said(issuing):
    found, notes = group(
        [Member(issuing.issue("CN=dp").der)], (KeyFacts(public_key=spki(issuing)),)
    )
    assert found[0].key_matches is False
    assert notes == ["no private key of the file belongs to a certificate of it"]


def test_undecodable_octets_are_entries_of_their_own(issuing):
    leaf = issuing.issue("CN=dp")
    found = entries(builder.UNDECODABLE, leaf.der)
    assert [entry.certificate for entry in found] == [builder.UNDECODABLE, leaf.der]


def spki(issued: builder.Issued) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return issued.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

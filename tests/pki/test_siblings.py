import itertools
from datetime import UTC, datetime

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from support import chain_faults
from support.chain_cases import CASES as ENDS
from support.chain_cases import ROOT

from probe.lab import builder, der, keys
from probe.lab.extensions import Extension
from probe.pki import certificate, chain, siblings
from probe.pki.trust import TrustStore

RENEWED = builder.root("CN=Root")
ISSUING = ROOT.authority("CN=Issuing", not_after=datetime(2027, 6, 1, tzinfo=UTC))
DOMAIN = x509.NameConstraints([x509.DNSName("contoso.com")], None)
NARROW = ROOT.authority("CN=Narrow", name_constraints=DOMAIN)
SHORT = ROOT.authority("CN=Short", path_length=0)
BELOW = SHORT.authority("CN=Below")
TWIN = ROOT.authority("CN=Issuing")
AGAIN = ROOT.authority("CN=Issuing", key=ISSUING.key)
CRITICAL = Extension("1.2.3.4", der.null(), critical=True)


def leaves(authority):
    for number in range(3):
        yield authority.issue(f"CN=mp{number}", dns=[f"mp{number}.contoso.com"])
    yield authority.issue("CN=mp", dns=["mp.fabrikam.com"])
    yield authority.issue("CN=bad", corrupt_signature=True)
    yield authority.issue("CN=bare", authority_key_id=None)
    yield authority.issue("CN=other", authority_key_id=b"another")
    yield authority.issue("CN=critical", extra=[CRITICAL])
    yield authority.issue("CN=Root", key=ROOT.key)
    yield authority.issue("CN=Root")
    yield authority.issue("CN=Issuing")
    yield authority.issue(authority.subject, key=authority.key)
    yield authority.issue("CN=old", hash="sha1")
    yield authority.issue("CN=one", version=1)
    yield authority.issue("CN=zero", serial=0)
    yield authority.issue("CN=empty", issuer="")
    yield authority.issue("CN=late", not_before=datetime(2027, 12, 1, tzinfo=UTC))
    yield authority.issue("CN=rsa", key=keys.rsa_key())


AUTHORITIES = (ISSUING, NARROW, SHORT, BELOW, TWIN, AGAIN)
LEAVES = [leaf for authority in AUTHORITIES for leaf in leaves(authority)]
LEAF_DER = [leaf.der for leaf in LEAVES]
BEHIND = [
    *[tuple(one.der for one in part) for part in itertools.permutations(AUTHORITIES, 1)],
    *[(leaf.sent[1:]) for leaf in (LEAVES[0], next(leaves(BELOW)))],
    (BELOW.der, SHORT.der, ROOT.der),
    (ISSUING.der, ROOT.der),
    (ISSUING.der, ISSUING.der),
    (ISSUING.der, builder.UNDECODABLE),
    (ISSUING.der, AGAIN.der),
    (ISSUING.der, TWIN.der),
    (ISSUING.der, NARROW.der),
    (),
]
STORES = (
    ([ROOT.der], []),
    ([ROOT.der, RENEWED.der], [AGAIN.der]),
    ([ROOT.der], [ISSUING.der]),
    ([ISSUING.der], []),
    ([], []),
)


def explain(octets, store):
    return chain.explain([certificate.load(one) for one in octets], TrustStore(*store))


def forget():
    siblings.forget()
    chain._explain.cache_clear()


def told(octets, store):
    """Say what is explained, and forget it."""
    forget()
    found = explain(octets, store)
    forget()
    return found


@settings(max_examples=120, deadline=None)
@given(
    store=st.sampled_from(STORES),
    behind=st.sampled_from(BEHIND),
    sent=st.lists(st.sampled_from(LEAF_DER), min_size=2, max_size=12),
)
def test_leaves_are_explained_as_if_they_had_no_siblings(store, behind, sent):
    expected = [told((one, *behind), store) for one in sent]
    forget()
    assert [explain((one, *behind), store) for one in sent] == expected


@pytest.mark.parametrize("case", [*ENDS, *chain_faults.CASES], ids=lambda case: case.name)
def test_no_case_is_explained_by_its_neighbour(case):
    """The leaf again, and a sound one, before each case with a deviation."""
    store = (case.roots, case.intermediates)
    expected = told(case.sent, store)
    for leaf in LEAF_DER[::7]:
        explain((leaf, *case.sent[1:]), store)
    assert explain(case.sent, store) == expected


def test_a_sound_sibling_is_not_searched_for_again(monkeypatch):
    forget()
    first, second, *_ = leaves(ISSUING)
    explain(first.sent, STORES[0])
    monkeypatch.setattr(chain, "Search", None)
    found = explain(second.sent, STORES[0])
    assert [member.certificate.der for member in found.path] == [*second.sent, ROOT.der]
    forget()


def test_what_is_kept_is_bounded(monkeypatch):
    forget()
    monkeypatch.setattr(siblings, "_MOST_KEPT", 2)
    for number in range(5):
        authority = ROOT.authority(f"CN=Authority {number}")
        explain(authority.issue("CN=mp").sent, STORES[0])
        assert 1 <= len(siblings._kept) <= 2
    forget()

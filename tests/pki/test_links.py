from datetime import UTC, datetime

import pytest
from support import chain_faults, chain_oddities
from support.chain_cases import CASES as ENDS
from support.chain_cases import DEEP, ISSUING, LEAF, OTHER, ROOT

from probe.lab import builder
from probe.lab.builder import AS_OF
from probe.model.path import LinkSource, LinkVerdict
from probe.pki import certificate, chain
from probe.pki.links import alternatives, links
from probe.pki.trust import TrustStore

CASES = [*ENDS, *chain_faults.CASES, *chain_oddities.CASES]


def linked(sent, roots=(ROOT.der,), intermediates=(), as_of=AS_OF):
    store = TrustStore(roots, intermediates)
    return links(chain.explain([certificate.load(octets) for octets in sent], store), as_of)


def others(sent, roots=(ROOT.der,), intermediates=()):
    store = TrustStore(roots, intermediates)
    explanation = chain.explain([certificate.load(octets) for octets in sent], store)
    return [one.words for one in alternatives(explanation)]


def told(found):
    return [(link.verdict.value, link.words) for link in found]


# Each case whose links are not all ok, and the verdicts on them from the leaf up.
VERDICTS = {
    "no intermediate": "missing",
    "gap": "ok missing",
    "root in place of the intermediate": "missing",
    "another root configured": "ok missing",
    "untrusted root sent": "ok untrusted",
    "root of that name with another key": "ok missing",
    "no root configured": "ok undecided",
    "no root configured, root sent": "ok undecided",
    "self-signed": "untrusted",
    "self-signed, version 1": "untrusted",
    "expired": "expired ok",
    "never valid together": "expired ok",
    "circle": "ok ok loop",
    "signature of the leaf": "bad_signature ok",
    "signature of the intermediate": "ok bad_signature",
    "another key of that name": "missing",
    "key identifier": "key_identifier ok",
    "no basicConstraints": "not_a_ca ok",
    "basicConstraints say no": "not_a_ca ok",
    "basicConstraints of the root say no": "ok not_a_ca",
    "issued by a leaf": "not_a_ca ok ok",
    "key usage": "may_not_sign ok",
    "path length of the root": "ok path_length",
    "path length": "ok path_length ok",
    "name constraints": "name_constraints ok",
    "critical extension of the leaf": "critical_extension ok",
    "critical extension": "critical_extension ok",
    "SHA-1 leaf": "weak ok",
    "SHA-1 intermediate": "ok weak",
    "MD5 intermediate": "ok weak",
    "SHA-1, forged": "bad_signature ok",
    "SHA-1, no root": "weak missing",
    "1024-bit authority": "weak ok",
    "unknown algorithm": "undecided ok",
    "address not permitted": "name_constraints ok",
    "name excluded": "name_constraints ok",
    "subject not permitted": "name_constraints ok",
    "key usage of the root": "ok may_not_sign",
    "critical extension of the root": "ok critical_extension",
    "expired root": "ok expired",
    "self-issued and path length": "ok ok undecided",
}
# Each link holds, but the library does not accept the whole, or does not support something.
for case in CASES:
    if case.trust == "undecided" and case.path == "mp01 Issuing Root*":
        VERDICTS.setdefault(case.name, "ok undecided")


def test_the_verdicts_are_of_cases_that_there_are():
    assert set(VERDICTS) <= {case.name for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_link_of_the_corpus_has_its_verdict(case):
    found = linked(case.sent, case.roots, case.intermediates)
    verdicts = [link.verdict.value for link in found]
    assert " ".join(verdicts) == VERDICTS.get(case.name, " ".join(["ok"] * len(found)))
    assert all(link.words for link in found)
    if case.trust == "trusted":
        assert {*verdicts} <= {"ok", "expired", "key_identifier"}
    elif found:
        assert {*verdicts} != {"ok"}


def test_links_lead_from_place_to_place():
    first, second, third = linked(
        [DEEP.der, ROOT.der, DEEP.issuers[0]], intermediates=[DEEP.issuers[1]]
    )
    assert (first.position, first.issuer_position, first.source) == (0, 2, LinkSource.SENT)
    assert (second.position, second.issuer_position, second.source) == (
        2,
        None,
        LinkSource.CONFIGURED,
    )
    assert (third.position, third.issuer_position, third.source) == (None, 1, LinkSource.ROOT)
    assert first.sha256 == DEEP.sha256
    assert first.issuer_sha256 == second.sha256
    assert second.issuer_sha256 == third.sha256
    assert third.issuer_sha256 == ROOT.sha256
    assert third.issuer == "CN=Root"
    assert told([first, second, third]) == [
        ("ok", "signed by Issuing"),
        ("ok", "signed by Policy, which a configured file has"),
        ("ok", "signed by Root, a configured root"),
    ]


def test_a_missing_issuer_has_a_name_and_nothing_else():
    (link,) = linked([LEAF.der])
    assert (link.issuer, link.issuer_position, link.issuer_sha256) == ("CN=Issuing", None, None)
    assert link.source is LinkSource.MISSING
    assert link.words == "the issuer is neither sent nor configured"


def test_a_root_at_the_server_certifies_itself():
    lone = builder.self_signed("CN=mp01")
    (link,) = linked([lone.der], [lone.der])
    assert (link.position, link.issuer_position, link.source) == (0, 0, LinkSource.ROOT)
    assert told([link]) == [("ok", "it is itself a configured root")]
    assert told(linked([lone.der], [])) == [("undecided", "self-signed, and no root is configured")]


@pytest.mark.parametrize(
    ("year", "verdict"), [(1999, LinkVerdict.NOT_YET_VALID), (2090, LinkVerdict.EXPIRED)]
)
def test_issuers_are_judged_at_the_instant_asked(year, verdict):
    found = linked(LEAF.sent, as_of=datetime(year, 1, 1, tzinfo=UTC))
    assert [link.verdict for link in found] == [verdict, verdict]


def test_the_worst_of_a_link_is_told():
    bad = ROOT.authority("CN=Issuing", ca=False, not_after=datetime(2026, 2, 1, tzinfo=UTC))
    assert told(linked(bad.issue("CN=mp01", corrupt_signature=True).sent))[0] == (
        "bad_signature",
        "its signature is not by the key of Issuing",
    )


def test_links_above_the_leaf_are_kept_once():
    others = ISSUING.issue("CN=mp02")
    assert linked(LEAF.sent)[1] is linked(others.sent)[1]


# Every path from the leaf

CROSS = OTHER.reissue(ROOT)
RENEWED = ROOT.authority("CN=Issuing", key=ISSUING.key, not_after=datetime(2036, 1, 1, tzinfo=UTC))


def test_one_path_has_no_alternative():
    assert others(LEAF.sent) == []
    assert others([LEAF.der]) == []
    assert others([]) == []
    assert others([*LEAF.sent, OTHER.der]) == []


def test_a_cross_certificate_that_leads_nowhere_is_named():
    assert others([*LEAF.sent, CROSS.der]) == [
        "Issuing ← Root: the issuer of Root is neither sent nor configured"
    ]
    assert others([*LEAF.sent, CROSS.der, OTHER.der]) == [
        "Issuing ← Root ← Other: Other is not a configured root"
    ]


def test_a_cross_certificate_to_another_root_is_named():
    assert others([*LEAF.sent, CROSS.der], [ROOT.der, OTHER.der]) == [
        "Issuing ← Root ← Other: trusted too"
    ]


def test_the_best_of_several_paths_is_the_trusted_one():
    sent = [*LEAF.sent, ROOT.der, CROSS.der]
    explanation = chain.explain(
        [certificate.load(octets) for octets in sent], TrustStore([OTHER.der])
    )
    best = links(explanation, AS_OF)
    assert [link.issuer for link in best] == ["CN=Issuing", "CN=Root", "CN=Other"]
    (other,) = alternatives(explanation)
    assert other.words == "Issuing ← Root: Root is not a configured root"
    assert other.positions == (0, 1, 2)
    assert other.sha256 == (LEAF.sha256, ISSUING.sha256, ROOT.sha256)
    assert (other.end.value, other.trust.value) == ("untrusted_root", "untrusted")


def test_two_certificates_of_an_issuer_are_two_paths():
    assert others([LEAF.der, RENEWED.der, ISSUING.der]) == ["Issuing ← Root: trusted too"]


def test_a_worse_path_says_what_is_wrong_with_it():
    bad = ROOT.authority("CN=Issuing", key=ISSUING.key, ca=False)
    assert others([LEAF.der, bad.der, ISSUING.der]) == [
        "Issuing ← Root: Issuing is not an authority"
    ]


def test_alternatives_are_few():
    roots = [builder.root("CN=Root", key=ROOT.key) for _ in range(20)]
    assert len(others(LEAF.sent, [one.der for one in roots])) == 3

import re
from pathlib import Path

import pytest
from support import chain_faults, chain_oddities
from support.chain_cases import CASES as ENDS
from support.chain_cases import ISSUING, LEAF, OTHER, ROOT

from probe.checks.chain import chain_trusted
from probe.lab.builder import AS_OF
from probe.model.evidence import Evidence
from probe.model.finding import Outcome
from probe.model.path import Trust
from probe.model.target import Target
from probe.pki import certificate, chain, opinion, refusals
from probe.pki.trust import TrustStore

CASES = [*ENDS, *chain_faults.CASES, *chain_oddities.CASES]
PAGE = (Path(__file__).parents[2] / "docs" / "chain.md").read_text(encoding="utf-8")

REFUSES = "no fault is found, but the verifier library refuses it: "
DISAGREEMENTS = {
    "wildcard over an excluded name": REFUSES
    + "it takes a name to be one that name constraints do not allow",
    "mail name not permitted": REFUSES
    + "it takes a name to be one that name constraints do not allow",
    "negative serial number": REFUSES + "a serial number is negative",
    "serial number of 25 octets": REFUSES + "a serial number has more than 20 octets",
    "GeneralizedTime before 2050": REFUSES + "a date before 2050 is not written as UTCTime",
    "an extension twice": REFUSES + "an extension is there twice",
    "names that cannot be decoded": REFUSES + "an extension cannot be decoded",
    "root without basicConstraints": REFUSES + "an authority has no basicConstraints",
    "key usage": "but the verifier library accepts it",
    "key usage of the root": "but the verifier library accepts it",
    "self-issued and path length": REFUSES + "a signature does not match",
}


def explained(case):
    presented = tuple(certificate.load(octets) for octets in case.sent)
    store = TrustStore(case.roots, case.intermediates)
    return presented, store, chain.explain(presented, store)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_library_disagrees_where_it_is_known_to(case):
    _, _, found = explained(case)
    assert found.disagreement == DISAGREEMENTS.get(case.name, "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_are_asked_of_every_case(case):
    presented, store, found = explained(case)
    if not found.path:
        return
    path = [member.certificate for member in found.path]
    beside = [one for one in presented[1:] if hasattr(one, "subject")]
    accepted = store.refusal(path, [*beside, *store.intermediates]) is None
    if "accepts" in found.disagreement:
        assert accepted
        assert found.trust is Trust.UNTRUSTED
    else:
        assert accepted == (found.trust is Trust.TRUSTED)


@pytest.mark.parametrize("name", DISAGREEMENTS)
def test_the_finding_says_where_they_disagree(name):
    (case,) = [case for case in CASES if case.name == name]
    presented, _, found = explained(case)
    target = Target(id="mp01:443", host="mp01", port=443)
    evidence = Evidence(
        source="handshake", target=target, as_of=AS_OF, presented=presented, explanation=found
    )
    judgement = chain_trusted(evidence)
    assert DISAGREEMENTS[name] in judgement.observed
    expected = Outcome.FAIL if found.trust is Trust.UNTRUSTED else Outcome.INDETERMINATE
    assert judgement.outcome is expected


def listed(heading):
    section = PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]
    return re.findall(
        r"^\| ([^|]+?) \| (?:no fault|fault|trusted|undecided) \|", section, re.MULTILINE
    )


def test_the_page_lists_every_disagreement():
    assert sorted(listed("Where explanation and library differ")) == sorted(DISAGREEMENTS)


def test_the_page_lists_every_difference_from_openssl():
    differ = [
        case.name
        for case in CASES
        if case.openssl is not None and case.openssl != (case.trust == "trusted")
    ]
    assert sorted(listed("Agreement with `openssl verify`")) == sorted(differ)


def test_a_path_that_only_the_library_finds_is_told():
    best = [certificate.load(LEAF.der)]
    store = TrustStore([ROOT.der])
    said = opinion.of_no_path(best, [certificate.load(ISSUING.der)], store)
    assert said.trust is Trust.UNDECIDED
    assert said.disagreement == "the verifier library finds a path to a configured root"
    none = opinion.of_no_path(best, [certificate.load(OTHER.der)], store)
    assert none == (Trust.UNTRUSTED, "no path leads to a configured root", "")


def test_what_the_library_says_in_unknown_words_is_not_repeated(caplog):
    with caplog.at_level("DEBUG", "probe.pki.refusals"):
        assert refusals.told("validation failed: Foo { bar }") == "for a reason of its own"
    assert "Foo { bar }" in caplog.text

"""What a plan remembers of one target changes nothing for the next."""

import itertools
from datetime import timedelta

import pytest
from support.chain_cases import CASES as CHAINS
from support.chain_faults import CASES as FAULTS
from support.judging import HOST, ISSUING, ROOT, Case, plan

from probe.catalogue import load
from probe.judge import Plan, assess
from probe.lab import builder
from probe.lab.builder import AS_OF
from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import AddressObservation
from probe.model.revocation import RevocationFailed, RevocationSkipped, SourceKind
from probe.model.target import Accepts, Names
from probe.pki.trust import TrustStore

CATALOGUE = load()
LEAF = ISSUING.issue("CN=mp01", dns=[HOST], crl=["http://pki/a.crl"])
SECOND = ISSUING.issue("CN=mp02", dns=["mp02.contoso.com"])
ALL = tuple(one for one in CATALOGUE.profiles if one != "root-ca")
LOOKED_UP = tuple(
    RevocationFailed(
        url="http://pki/a.crl",
        kind=SourceKind.CRL,
        seconds=0.1,
        position=position,
        failure=Failure(Stage.HTTP, Kind.TIMEOUT, "late"),
    )
    for position in (0, 1)
)
SKIPPED = (RevocationSkipped(url="ldap://a", kind=SourceKind.CRL, position=1, because="not now"),)
CASES = (
    *[
        Case(case.name, sent=case.sent, roots=case.roots, intermediates=case.intermediates)
        for case in (*CHAINS, *FAULTS)
    ],
    *[
        Case("mix", sent=sent, profiles=profiles, names=names, revocation=revocation)
        for sent, profiles, names, revocation in itertools.product(
            (
                None,
                LEAF.sent,
                SECOND.sent,
                (LEAF.der, *LEAF.sent),
                (*LEAF.sent, ROOT.der),
                (LEAF.der, builder.UNDECODABLE),
                (builder.UNDECODABLE, *LEAF.sent[1:]),
            ),
            (("any", "iis-site-system"), ALL),
            (
                Names(intranet_fqdn=HOST, accepts=Accepts.INTRANET),
                Names(internet_fqdn=HOST, accepts=Accepts.INTERNET),
            ),
            ((), LOOKED_UP, SKIPPED),
        )
    ],
)


def _judged(case, by):
    observations = [AddressObservation("192.0.2.1", case.observation(case.sent))]
    store = TrustStore(case.roots, case.intermediates)
    return assess(case.target, observations, by, store, case.as_of)


@pytest.fixture(scope="module")
def shared():
    """A plan that has judged every case before."""
    by = Plan(CATALOGUE)
    for case in CASES:
        _judged(case, by)
    return by


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_target_is_judged_as_if_it_were_the_only_one(case, shared):
    assert _judged(case, shared) == _judged(case, Plan(CATALOGUE))


def test_the_findings_of_issuers_are_the_same_objects():
    found = [
        [one for one in _judged(Case("x", sent=sent), plan())[0].findings if _of_issuer(one)]
        for sent in (LEAF.sent, SECOND.sent)
    ]
    assert found[0]
    assert all(first is second for first, second in zip(*found, strict=True))


def _of_issuer(finding):
    return finding.subject is not None and finding.subject.position > 0


def test_another_instant_is_judged_anew():
    by = Plan(CATALOGUE)
    late = AS_OF + timedelta(days=40_000)
    before = _judged(Case("x", sent=LEAF.sent), by)[0].findings
    after = _judged(Case("x", sent=LEAF.sent, as_of=late), by)[0].findings
    expired = [
        {one.subject.position: one.outcome for one in found if one.rule == "not-expired"}
        for found in (before, after)
    ]
    assert expired == [{0: "pass", 1: "pass"}, {0: "fail", 1: "fail"}]


def test_what_is_kept_of_issuers_is_bounded(monkeypatch):
    monkeypatch.setattr("probe.judge.plan._MOST_CHAINS", 3)
    by = Plan(CATALOGUE)
    for number in range(8):
        authority = ROOT.authority(f"CN=Authority {number}")
        _judged(Case("x", sent=authority.issue("CN=a").sent), by)
        assert len(by._of_issuers) <= 3

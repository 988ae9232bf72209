"""What the chain rules say in words; which outcomes they have is told in tests/rules."""

import pytest
from rules.material import LEAF
from support.judging import HOST, ISSUING, Case, findings

from probe.lab import builder
from probe.model.finding import Outcome
from probe.model.path import Trust
from probe.model.revocation import IssuerFetched

AIA = "http://pki.contoso.com/CertEnroll/Branch.crt"
BRANCH = ISSUING.authority("CN=Branch", issuer_urls=[AIA])
BELOW = BRANCH.issue("CN=mp01", dns=[HOST], issuer_urls=["http://pki.contoso.com/leaf.crt"])


def said(rule, **case):
    (found,) = [finding for finding in findings(Case("", **case)) if finding.rule == rule]
    return found.outcome, found.observed


def fetched(trust):
    return [IssuerFetched(url=AIA, seconds=0.1, sha256="00", subject="CN=X", trust=trust)]


def test_a_missing_issuer_is_where_the_last_certificate_of_the_path_says():
    _, text = said("chain-trusted", sent=BELOW.sent[:2])
    assert text.endswith(f"is neither sent nor configured; some clients may fetch it from {AIA}")


@pytest.mark.parametrize(
    ("trust", "words"),
    [
        (Trust.TRUSTED, f"clients that fetch issuers will cope, others will not: it is at {AIA}"),
        (Trust.UNTRUSTED, f"it is at {AIA}, but leads to no configured root"),
        (Trust.UNDECIDED, f"it is at {AIA}, where some clients look"),
    ],
)
@pytest.mark.parametrize("rule", ["chain-trusted", "chain-complete"])
def test_an_issuer_by_aia_helps_only_those_who_trust_where_it_leads(rule, trust, words):
    outcome, text = said(rule, sent=LEAF.sent[:1], issuers=fetched(trust))
    assert outcome is Outcome.FAIL
    assert text.endswith(f"; {words}")


def test_what_aia_shows_to_lead_to_a_root_is_a_missing_intermediate():
    outcome, text = said("chain-complete", sent=BELOW.sent[:2], issuers=fetched(Trust.TRUSTED))
    assert outcome is Outcome.FAIL
    assert "clients that fetch issuers will cope" in text
    outcome, _ = said("chain-complete", sent=BELOW.sent[:2], issuers=fetched(Trust.UNTRUSTED))
    assert outcome is Outcome.INDETERMINATE


def test_of_a_circle_nothing_is_called_missing():
    first = builder.root("CN=Loop A")
    second = first.authority("CN=Loop B")
    back = second.reissue(first)
    leaf = first.issue("CN=mp01", dns=[HOST])
    outcome, text = said("chain-complete", sent=(leaf.der, back.der, second.der))
    assert outcome is Outcome.INDETERMINATE
    assert text == "the issuers certify each other in a circle: no root shows"

"""What the revocation rules say in words; which outcomes they have is told in tests/rules."""

from datetime import timedelta

import msgspec
import pytest
from rules.cases_revocation import ABSENT, HTTP, LDAP, LDAP_ONLY, OCSP, came, failed, skipped
from rules.material import LEAF, leaf
from support.judging import ISSUING, Case, findings

from probe.lab.builder import AS_OF
from probe.model.failure import Kind
from probe.model.finding import Outcome
from probe.model.revocation import SourceKind


def said(rule, records, **case):
    (found,) = [
        finding
        for finding in findings(Case("", revocation=records, **case))
        if finding.rule == rule and finding.subject.position == 0
    ]
    return found.outcome, found.observed


@pytest.mark.parametrize("rule", ["crl-current", "not-revoked"])
def test_nothing_was_asked(rule):
    responder = leaf(crl=None, ocsp=[OCSP])
    record = skipped(OCSP, kind=SourceKind.OCSP, because="OCSP is asked with --fetch all")
    outcome, text = said(rule, [record], sent=responder)
    assert outcome is Outcome.NOT_APPLICABLE
    assert text == "nothing was fetched for it: OCSP is asked with --fetch all"


def test_nothing_came():
    _, text = said("crl-current", [failed()], sent=LEAF.sent)
    assert "left to revocation-source-reachable" in text


def test_a_directory_that_nobody_names_is_told_as_such():
    _, text = said(
        "revocation-source-reachable", [skipped(because="it names no server")], sent=LDAP_ONLY
    )
    assert text == f"only {LDAP}: it names no server"


def test_an_issuer_that_was_not_sent_is_named():
    records = [came(), came(None, revoked=True, not_sent=ABSENT)]
    _, text = said("not-revoked", records, sent=LEAF.sent[:1], intermediates=[ISSUING.der])
    assert "Contoso Issuing CA" in text
    assert "configured and was not sent: revoked by the CRL" in text


def test_a_directory_that_fails_is_no_excuse():
    records = [failed(), msgspec.structs.replace(failed(), url=LDAP)]
    outcome, text = said("revocation-source-reachable", records, sent=LEAF.sent)
    assert outcome is Outcome.FAIL
    assert HTTP in text
    assert "not tried" not in text


def test_a_crl_that_is_too_large_for_us_may_do_for_clients():
    outcome, text = said("revocation-source-reachable", [failed(Kind.TOO_LARGE)], sent=LEAF.sent)
    assert outcome is Outcome.INDETERMINATE
    assert text == f"not read: too large: as it is: {HTTP}, a limit of the probe and not of clients"


def test_a_crl_of_tomorrow_is_not_called_overdue():
    _, text = said("not-revoked", [came(this_update=AS_OF + timedelta(days=1))], sent=LEAF.sent)
    assert text == (
        f"only an answer that is not current: of 2026-06-02 00:00 UTC, which is not yet: the CRL {HTTP}"
    )


def test_what_clocks_excuse_is_told():
    late = came(next_update=AS_OF - timedelta(minutes=5))
    outcome, text = said("crl-current", [late], sent=LEAF.sent)
    assert outcome is Outcome.PASS
    assert (
        text == f"until 2026-05-31 23:55 UTC, passed by no more than clocks differ: the CRL {HTTP}"
    )


def test_a_source_that_was_not_given_its_time_is_left_open():
    late = msgspec.structs.replace(failed(Kind.TIMEOUT), late=True)
    outcome, text = said("revocation-source-reachable", [late], sent=LEAF.sent)
    assert outcome is Outcome.INDETERMINATE
    assert text == f"not waited for: timeout: as it is: {HTTP} (see --timeout)"
    outcome, _ = said("revocation-source-reachable", [failed(Kind.TIMEOUT)], sent=LEAF.sent)
    assert outcome is Outcome.FAIL

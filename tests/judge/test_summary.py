from support.judging import ISSUING, ROOT, Case, plan

from probe.judge import assess, summarize
from probe.lab.builder import AS_OF
from probe.model.observation import AddressObservation
from probe.model.report import Failures, Summary
from probe.pki.trust import TrustStore

STORE = TrustStore([ROOT.der])


def _results(case, *sent):
    observations = [
        AddressObservation(f"192.0.2.{number}", case.observation(one))
        for number, one in enumerate(sent)
    ]
    return assess(case.target, observations, plan(), STORE, AS_OF)


def test_an_empty_report():
    assert summarize(()) == Summary()


def test_targets_are_counted_once_whatever_their_addresses():
    sound = Case("sound")
    leaf = ISSUING.issue("CN=mp01", dns=[sound.host])
    other = Case("other", host="mp02.corp.contoso.com")
    silent = Case("silent", host="mp03.corp.contoso.com")
    results = (
        *_results(sound, leaf.sent, leaf.sent),
        *_results(other, leaf.sent),
        *_results(silent, None),
    )
    summary = summarize(results)
    assert summary.targets == 3
    assert summary.reachable == 2
    # The name is not that of the second target: what its clients ask for is missing.
    assert summary.findings == Failures(error=1)
    assert summary.indeterminate > 20


def test_failures_by_severity():
    case = Case("three")
    leaf = ISSUING.issue("CN=mp01", dns=["*.corp.contoso.com"], eku=None, crl=None, template=None)
    summary = summarize(_results(case, leaf.sent))
    assert summary.findings == Failures(error=1, warning=1, notice=1)
    assert summary.indeterminate == 0

from types import SimpleNamespace

from support.judging import HOST, INTRANET, ISSUING

from probe.checks.clientnames import client_accepts_name
from probe.lab import builder
from probe.model.target import Target
from probe.pki.certificate import load


def _judged(subject):
    target = Target(id=f"{HOST}:443", host=HOST, port=443, names=INTRANET)
    # Names are all that is looked at; RFC 4514 writes the last attribute first.
    name = builder.x509.Name.from_rfc4514_string(subject)
    return client_accepts_name(load(ISSUING.issue(name).der), SimpleNamespace(target=target))


def test_of_several_common_names_the_one_that_counts_is_told():
    judgement = _judged(f"CN=other.contoso.com,CN={HOST}")
    assert judgement.outcome == "fail"
    assert judgement.observed == (
        f"no name for {HOST}: the common name is other.contoso.com"
        f" (the last one counts, and not {HOST})"
    )
    assert _judged(f"CN={HOST},CN=other.contoso.com").outcome == "pass"


def test_a_single_common_name_is_told_as_it_is():
    told = f"no name for {HOST}: the common name is other.contoso.com"
    assert _judged("CN=other.contoso.com").observed == told

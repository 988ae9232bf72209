from datetime import timedelta

import msgspec
import pytest
from support.chains import AS_OF
from support.metrics import answered, endpoint, key, told

from probe.model.failure import Failure, Kind, Stage
from probe.model.revocation import RevocationFailed, RevocationSkipped, SourceKind
from probe.render.metrics import series

URL = "http://pki.contoso.com/issuing.crl"


def failed(url, kind=Kind.TIMEOUT, stage=Stage.CRL, position=0):
    return RevocationFailed(
        url=url,
        kind=SourceKind.CRL if stage is Stage.CRL else SourceKind.OCSP,
        seconds=5.0,
        position=position,
        failure=Failure(stage, kind, "no answer in 5 s"),
    )


def reachable(found, url=URL):
    return found.get(key("configmgr_revocation_reachable", url=url))


def until(found, url=URL):
    return found.get(key("configmgr_crl_next_update_timestamp_seconds", url=url))


def test_a_crl_tells_until_when_it_holds():
    found = told(series(endpoint(revocation=[answered(URL, days=3)])))
    assert reachable(found) == 1
    assert until(found) == (AS_OF + timedelta(days=3)).timestamp()
    assert found[key("configmgr_probe_stage_success", stage="crl")] == 1


def test_an_overdue_crl_is_told_all_the_same():
    found = told(series(endpoint(revocation=[answered(URL, days=-2)])))
    assert until(found) == (AS_OF - timedelta(days=2)).timestamp()


def test_of_one_url_for_several_certificates_the_worst_counts():
    sources = [answered(URL, 0, days=9), answered(URL, 1, days=2), failed(URL, position=2)]
    found = told(series(endpoint(revocation=sources)))
    assert reachable(found) == 0
    assert until(found) == (AS_OF + timedelta(days=2)).timestamp()


def test_why_a_source_failed_is_told():
    found = told(series(endpoint(revocation=[failed(URL), failed("http://o/", stage=Stage.OCSP)])))
    assert reachable(found) == reachable(found, "http://o/") == 0
    assert found[key("configmgr_probe_failure_info", stage="crl", kind="timeout")] == 1
    assert found[key("configmgr_probe_failure_info", stage="ocsp", kind="timeout")] == 1
    assert found[key("configmgr_probe_stage_success", stage="crl")] == 0
    assert found[key("configmgr_probe_success")] == 1
    assert until(found) is None


@pytest.mark.parametrize("kind", [Kind.POLICY, Kind.TOO_LARGE, Kind.INTERNAL])
def test_what_we_did_not_fetch_is_no_fault_of_the_source(kind):
    found = told(series(endpoint(revocation=[failed(URL, kind)])))
    assert reachable(found) is None
    assert key("configmgr_probe_stage_success", stage="crl") not in found
    assert found[key("configmgr_probe_failure_info", stage="crl", kind=kind)] == 1


def test_what_was_not_waited_for_is_no_fault_of_the_source():
    late = msgspec.structs.replace(failed(URL), late=True)
    assert reachable(told(series(endpoint(revocation=[late])))) is None


def test_what_was_not_asked_is_not_told():
    skipped = RevocationSkipped(
        url="ldap://dc/cn=x", kind=SourceKind.CRL, position=0, because="not asked"
    )
    found = told(series(endpoint(revocation=[skipped])))
    assert "ldap" not in repr(found)


def test_ocsp_is_reachable_and_has_no_crl_to_end():
    found = told(series(endpoint(revocation=[answered(URL, kind=SourceKind.OCSP)])))
    assert reachable(found) == 1
    assert until(found) is None
    assert found[key("configmgr_probe_stage_success", stage="ocsp")] == 1


def test_a_staple_has_no_url():
    found = told(series(endpoint(revocation=[answered(None, kind=SourceKind.STAPLE)])))
    assert not [name for name, _ in found if name.startswith("configmgr_revocation")]


def test_urls_that_are_cut_to_the_same_text_are_one_series():
    long = "http://pki.contoso.com/" + "x" * 300
    found = told(series(endpoint(revocation=[answered(long + "a"), failed(long + "b")])))
    values = [v for (name, _), v in found.items() if name == "configmgr_revocation_reachable"]
    assert values == [0]

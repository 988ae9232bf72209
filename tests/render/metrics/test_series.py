import gc
import tracemalloc
from datetime import timedelta

import msgspec
import pytest
from support.chains import AS_OF, leaf
from support.metrics import answered, endpoint, judged, key, told
from support.scenarios import SCENARIOS, hostile

from probe.model.file import CertificateFile
from probe.model.finding import Outcome
from probe.model.report import FileResult
from probe.pki import certificate as certificates
from probe.render.files import shown
from probe.render.metrics import series
from probe.render.metrics.budget import MOST


def test_where_an_endpoint_is():
    one = series(endpoint(), "intranet")
    assert one.where == ("10.1.2.3", "P01", "dp01.corp.contoso.com:443", "intranet")
    assert one.written is one.where


def test_the_target_knows_best_where_the_probe_stands():
    result = endpoint()
    moved = msgspec.structs.replace(
        result, target=msgspec.structs.replace(result.target, vantage="internet")
    )
    assert series(moved, "intranet").where[-1] == "internet"


def test_what_is_not_known_is_empty():
    result = msgspec.structs.replace(endpoint(), address=None)
    result = msgspec.structs.replace(
        result, target=msgspec.structs.replace(result.target, site=None)
    )
    assert series(result).where == ("", "", "dp01.corp.contoso.com:443", "")


def test_a_target_with_a_backslash_is_escaped_once():
    result = endpoint()
    named = msgspec.structs.replace(
        result, target=msgspec.structs.replace(result.target, id="sql01\\cm_p01")
    )
    one = series(named)
    assert one.where[2] == r"sql01\cm_p01"
    assert one.written[2] == r"sql01\\cm_p01"


def test_long_targets_stay_apart():
    result = endpoint()
    first, second = (
        msgspec.structs.replace(
            result, target=msgspec.structs.replace(result.target, id="x" * 250 + port)
        )
        for port in (":443", ":444")
    )
    assert series(first).where != series(second).where


def test_when_it_was_probed_is_told_if_known():
    name = key("configmgr_probe_timestamp_seconds")
    assert name not in told(series(endpoint()))
    assert told(series(endpoint(), probed=AS_OF))[name] == AS_OF.timestamp()
    naive = (AS_OF + timedelta(seconds=1)).replace(tzinfo=None)
    assert told(series(endpoint(), probed=naive))[name] == AS_OF.timestamp() + 1


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_situation_can_be_told(name):
    report = SCENARIOS[name]()
    for result in report.results:
        assert 0 < len(series(result, report.vantage)) <= MOST


def test_a_file_has_certificates_and_requirements_and_no_connection():
    chain = tuple(map(certificates.load, leaf("dp01")))
    file = CertificateFile(path="/etc/a.pfx")
    found = FileResult(file, chain, (judged("sha2-signature", Outcome.FAIL),))
    report = msgspec.structs.replace(hostile(), results=(), files=(found,))
    one = series(shown(report)[0], "intranet", AS_OF)
    assert one.where == ("", "", "/etc/a.pfx", "intranet")
    assert {name for name, _ in told(one)} == {
        "configmgr_certificate_info",
        "configmgr_certificate_not_after_timestamp_seconds",
        "configmgr_certificate_not_before_timestamp_seconds",
        "configmgr_requirement_passed",
    }


def _fleet_result(number):
    host = f"dp{number:05}.corp.contoso.com"
    sources = [answered(f"http://pki.contoso.com/{n}.crl") for n in range(2)]
    rules = (judged(f"rule-{n}") for n in range(32))
    return endpoint(
        *rules, host=host, revocation=sources, chain=leaf(host, serial=0x10000 + number)
    )


def test_endpoints_share_what_they_have_in_common():
    first, second = series(_fleet_result(1)), series(_fleet_result(2))
    for name in ("configmgr_requirement_passed", "configmgr_revocation_reachable"):
        assert first.groups[name] is second.groups[name]
    name = "configmgr_certificate_info"
    assert first.groups[name].lines[1] is second.groups[name].lines[1]


def test_an_endpoint_takes_little_memory():
    results = [_fleet_result(number) for number in range(200)]
    series(results[0])
    gc.collect()
    tracemalloc.start()
    kept = [series(result) for result in results]
    each = tracemalloc.get_traced_memory()[0] / len(kept)
    tracemalloc.stop()
    assert 50 < len(kept[0]) < 65
    assert each < 4096

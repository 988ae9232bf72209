import msgspec
import pytest
from support.chains import leaf
from support.metrics import endpoint, key, told
from support.reports import UP, one, seen, target, unreachable

from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import Chain as Sent
from probe.model.stages import (
    ClientAuth,
    Failed,
    HandshakeFailed,
    Prelogin,
    Proxied,
    Skipped,
)
from probe.render.metrics import series


def test_a_completed_handshake_is_a_success():
    found = told(series(endpoint()))
    assert found[key("configmgr_probe_success")] == 1
    assert found[key("configmgr_tls_version_info", version="TLSv1.2")] == 1
    assert found[key("configmgr_http_status_code")] == 403
    assert not [name for name, _ in found if name == "configmgr_probe_failure_info"]


def test_each_role_is_told_and_nothing_else_twice():
    result = one(target("mp01", "management-point", "distribution-point"), seen(leaf("mp01")))
    found = told(series(result))
    assert found[key("configmgr_target_role_info", role="management-point")] == 1
    assert found[key("configmgr_target_role_info", role="distribution-point")] == 1
    assert len([name for name, _ in found if name == "configmgr_probe_success"]) == 1


@pytest.mark.parametrize(
    ("stage", "kind"),
    [(Stage.DNS, Kind.NOT_FOUND), (Stage.TCP, Kind.REFUSED), (Stage.TLS, Kind.TIMEOUT)],
)
def test_a_failure_is_told_by_stage_and_kind_and_never_by_its_text(stage, kind):
    result = one(target("mp01"), unreachable(stage, kind, "secret words"))
    found = told(series(result))
    assert found[key("configmgr_probe_success")] == 0
    assert found[key("configmgr_probe_failure_info", stage=stage, kind=kind)] == 1
    assert found[key("configmgr_probe_stage_success", stage=stage)] == 0
    assert found[key("configmgr_probe_stage_duration_seconds", stage=stage)] == 0.5
    assert "secret" not in repr(found)


def test_a_server_that_refuses_us_after_its_certificate_is_no_success():
    failure = Failure(Stage.TLS, Kind.ALERT, "certificate required")
    chain = leaf("dp01.corp.contoso.com")
    refused = HandshakeFailed(
        failure=failure,
        seconds=0.1,
        engine="observer",
        version="TLSv1.3",
        client_auth=ClientAuth.REQUIRED,
        chain=Sent(chain),
    )
    asked = seen(chain, handshake=refused, http=Skipped(because="no connection"))
    found = told(series(one(target("dp01"), asked)))
    assert found[key("configmgr_probe_success")] == 0
    assert found[key("configmgr_client_auth_info", mode="required")] == 1
    assert found[key("configmgr_tls_version_info", version="TLSv1.3")] == 1
    assert key("configmgr_certificate_not_after_timestamp_seconds", position="0") in found


def test_iis_that_asks_after_the_request_is_told_as_such():
    found = told(series(endpoint()))
    assert found[key("configmgr_client_auth_info", mode="renegotiation")] == 1


def test_without_http_the_handshake_tells():
    skipped = Skipped(because="no path")
    found = told(series(endpoint(http=skipped)))
    assert found[key("configmgr_client_auth_info", mode="none")] == 1
    assert key("configmgr_http_status_code") not in found
    assert key("configmgr_probe_stage_success", stage="http") not in found


def test_every_stage_that_was_tried_is_told():
    found = told(
        series(
            endpoint(
                proxy=Proxied(seconds=0.25, proxy="proxy:3128"),
                prelogin=Prelogin(seconds=0.125, version="16.0", encryption="on"),
                browser=Failed(Failure(Stage.BROWSER, Kind.TIMEOUT), 1.0),
            )
        )
    )
    for stage, success in {
        "dns": 1,
        "browser": 0,
        "tcp": 1,
        "proxy": 1,
        "prelogin": 1,
        "tls": 1,
        "http": 1,
    }.items():
        assert found[key("configmgr_probe_stage_success", stage=stage)] == success
        assert key("configmgr_probe_stage_duration_seconds", stage=stage) in found


def test_http_asked_in_the_handshake_stays_what_it_was():
    plain = msgspec.structs.replace(UP, client_auth="none")
    found = told(series(endpoint(http=plain)))
    assert found[key("configmgr_client_auth_info", mode="none")] == 1

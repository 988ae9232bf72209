"""The names that were promised, literally: they stay whatever happens to the tables."""

import re

import pytest
from prometheus_client.metrics_core import Metric
from support.metrics import answered, endpoint, judged, told

from probe.model.failure import Failure, Kind, Stage
from probe.model.finding import Outcome
from probe.model.stages import Failed
from probe.render.metrics import series
from probe.render.metrics.established.table import BLACKBOX, SSL_EXPORTER
from probe.render.metrics.families import ENDPOINT
from probe.render.metrics.family import ENDPOINT_LABELS, Family
from probe.render.metrics.family import Kind as FamilyKind
from probe.render.metrics.health import OWN

PROMISED = {
    "configmgr_probe_success": "",
    "configmgr_probe_stage_success": "stage",
    "configmgr_probe_stage_duration_seconds": "stage",
    "configmgr_probe_failure_info": "stage,kind",
    "configmgr_certificate_not_after_timestamp_seconds": "position",
    "configmgr_certificate_not_before_timestamp_seconds": "position",
    "configmgr_certificate_info": "position,sha256,subject_cn,issuer_cn,serial,signature_hash,key_type,key_bits",
    "configmgr_requirement_passed": "profile,rule,severity",
    "configmgr_requirement_indeterminate": "profile,rule",
    "configmgr_target_role_info": "role",
    "configmgr_tls_version_info": "version",
    "configmgr_client_auth_info": "mode",
    "configmgr_crl_next_update_timestamp_seconds": "url",
    "configmgr_revocation_reachable": "url",
}
PROMISED_OWN = {
    "cmprobe_scan_duration_seconds": "",
    "cmprobe_scan_last_success_timestamp_seconds": "",
    "cmprobe_targets": "",
    "cmprobe_inventory_reload_success": "",
    "cmprobe_build_info": None,
}
LEAF = "fingerprint_sha256,subject,issuer,subjectalternative,serialnumber"
CERTIFICATE = "serial_no,issuer_cn,cn,dnsnames,ips,emails,ou"
PROMISED_ESTABLISHED = {
    "probe_success": "",
    "probe_duration_seconds": "",
    "probe_dns_lookup_time_seconds": "",
    "probe_ip_protocol": "",
    "probe_ip_addr_hash": "",
    "probe_ssl_earliest_cert_expiry": "",
    "probe_ssl_last_chain_expiry_timestamp_seconds": "",
    "probe_ssl_last_chain_info": LEAF,
    "probe_tls_version_info": "version",
    "probe_tls_cipher_info": "cipher",
    "probe_http_status_code": "",
    "probe_ssl_crl_revoked": f"{LEAF},chain_pos,crl_url",
    "probe_ssl_crl_stale": f"{LEAF},chain_pos,crl_url",
    "probe_ssl_crl_available": f"{LEAF},chain_pos,crl_url",
    "probe_ssl_crl_next_update_timestamp_seconds": f"{LEAF},chain_pos,crl_url",
    "ssl_cert_not_after": CERTIFICATE,
    "ssl_cert_not_before": CERTIFICATE,
    "ssl_verified_cert_not_after": f"chain_no,{CERTIFICATE}",
    "ssl_verified_cert_not_before": f"chain_no,{CERTIFICATE}",
    "ssl_probe_success": "",
    "ssl_prober": "prober",
    "ssl_tls_version_info": "version",
    "ssl_ocsp_response_stapled": "",
    "ssl_ocsp_response_status": "",
    "ssl_ocsp_response_produced_at": "",
    "ssl_ocsp_response_this_update": "",
    "ssl_ocsp_response_next_update": "",
    "ssl_ocsp_response_revoked_at": "",
}
ALL: tuple[Family, ...] = (*ENDPOINT, *OWN, *BLACKBOX, *SSL_EXPORTER)


@pytest.mark.parametrize(
    ("families", "promised"),
    [
        (ENDPOINT, PROMISED),
        (OWN, PROMISED_OWN),
        ((*BLACKBOX, *SSL_EXPORTER), PROMISED_ESTABLISHED),
    ],
)
def test_every_promised_name_is_there_with_its_labels(families, promised):
    there = {family.name: family for family in families}
    assert promised.keys() <= there.keys()
    for name, labels in promised.items():
        if labels is not None:
            assert ",".join(there[name].labels) == labels


def test_the_labels_of_an_endpoint():
    assert ENDPOINT_LABELS == ("address", "site", "target", "vantage")
    assert all(family.endpoint for family in ENDPOINT)
    assert not any(family.endpoint for family in ALL[len(ENDPOINT) :])


def test_every_family_about_an_endpoint_is_really_told():
    usual = endpoint(
        judged("sha2-signature"),
        judged("expires-soon", Outcome.INDETERMINATE),
        revocation=[answered("http://pki/a.crl")],
        proxy=Failed(Failure(Stage.PROXY, Kind.REFUSED), 1.0),
    )
    crowd = endpoint(*(judged(f"rule-{n}") for n in range(90)))
    names = {
        name for result in (usual, crowd) for name, _ in told(series(result, probed=_now(usual)))
    }
    assert names == {family.name for family in ENDPOINT}


def _now(result):
    return result.observation.revocation[0].fetched


@pytest.mark.parametrize("family", ALL, ids=lambda family: family.name)
def test_names_are_as_the_guidelines_want_them(family):
    assert re.fullmatch(r"(configmgr|cmprobe|probe|ssl)_[a-z0-9_]+[a-z0-9]", family.name)
    assert not set(family.labels) & set(ENDPOINT_LABELS)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in family.labels)
    # Nothing that would have to be escaped: both formats then have the same text.
    assert not set(family.help) & {"\\", "\n", '"'}
    metric = Metric(family.metric, family.help, family.kind, family.unit)
    assert metric.name == family.metric
    if family.kind is FamilyKind.INFO:
        assert family.name.endswith("_info")
    if family in (*ENDPOINT, *OWN):
        assert family.help.endswith(".")
        assert family.unit or not family.name.endswith("_seconds")


def test_no_name_comes_twice():
    names = [family.name for family in ALL]
    assert len(names) == len(set(names))


def test_times_are_timestamps():
    assert not [
        family.name for family in ALL if re.search(r"_(days|remaining|left|age)(_|$)", family.name)
    ]

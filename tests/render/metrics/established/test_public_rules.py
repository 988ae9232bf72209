"""Alert rules as people have them for blackbox_exporter and ssl_exporter, over our answers."""

import json
import subprocess

import pytest
import yaml
from support import programs
from support.chains import AS_OF, leaf
from support.metrics import endpoint, judged
from support.scenarios import addresses, closed

from probe.model.finding import Outcome
from probe.render.metrics import established

RULES = {
    "BlackboxProbeFailed": "probe_success == 0",
    "BlackboxSslCertificateWillExpireSoon": "0 <= round((last_over_time(probe_ssl_earliest_cert_expiry[10m]) - time()) / 86400, 0.1) < 20",
    "BlackboxSslCertificateExpired": "round((last_over_time(probe_ssl_earliest_cert_expiry[10m]) - time()) / 86400, 0.1) < 0",
    "LastChainExpires": "probe_ssl_last_chain_expiry_timestamp_seconds - time() < 86400 * 20",
    "OldTls": 'probe_tls_version_info{version=~"TLS 1.[01]"} == 1',
    "SslProbeFailed": "ssl_probe_success == 0",
    "SslExpiresSoon": "ssl_cert_not_after - time() < 86400 * 7",
    "SslNameExpiresSoon": 'ssl_cert_not_after{dnsnames=~".*,dp01.corp.contoso.com,.*"} - time() < 86400 * 7',
    "SslVerifiedExpiresSoon": 'ssl_verified_cert_not_after{chain_no="0"} - time() < 86400 * 7',
    "SslRevoked": "ssl_ocsp_response_status == 1",
    "SslStatusUnknown": "ssl_ocsp_response_status == 2",
}
ALL_EXPIRY = {
    "LastChainExpires",
    "SslExpiresSoon",
    "SslNameExpiresSoon",
    "SslVerifiedExpiresSoon",
}
TRUSTED = judged("chain-trusted", at=None)


def at(days, *findings):
    return [endpoint(*findings, chain=leaf("dp01.corp.contoso.com", days=days))]


CASES = {
    "sound": (at(100, TRUSTED), set()),
    "soon": (at(5, TRUSTED), {*ALL_EXPIRY, "BlackboxSslCertificateWillExpireSoon"}),
    "expired": (at(-3, TRUSTED), {*ALL_EXPIRY, "BlackboxSslCertificateExpired"}),
    "untrusted": (
        at(5, judged("chain-trusted", Outcome.FAIL)),
        {"BlackboxSslCertificateWillExpireSoon", "SslExpiresSoon", "SslNameExpiresSoon"},
    ),
    "unreachable": (closed().results, {"BlackboxProbeFailed", "SslProbeFailed"}),
    "addresses": (
        addresses().results,
        {"BlackboxProbeFailed", "SslProbeFailed", "BlackboxSslCertificateWillExpireSoon"},
    ),
}


@pytest.mark.real
@pytest.mark.parametrize("name", CASES)
def test_they_fire_when_they_should_and_not_otherwise(name, tmp_path):
    results, firing = CASES[name]
    rules = [{"alert": alert, "expr": expression} for alert, expression in RULES.items()]
    document = {"groups": [{"name": "public", "rules": rules}]}
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    # promtool's clock starts at 1970: so does ours, for what is a time.
    series = [
        {"series": shown(sample), "values": f"{since(sample.value):.0f}x10"}
        for metric in established(results, seconds=1.0)
        for sample in metric.samples
    ]
    test = {
        "interval": "1m",
        "input_series": series,
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{alert}", alertstate="firing"}}) > bool 0',
                "eval_time": "5m",
                "exp_samples": [{"labels": "{}", "value": 1}] if alert in firing else [],
            }
            for alert in RULES
        ],
    }
    tests = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(tests), encoding="utf-8")
    command = [programs.program("promtool"), "test", "rules", "tests.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def shown(sample):
    """Write a sample's name and labels as PromQL does."""
    labels = ",".join(f"{name}={json.dumps(value)}" for name, value in sample.labels.items())
    return f"{sample.name}{{{labels}}}"


def since(value):
    """Return a time as if `AS_OF` were the beginning; what is small is none."""
    return value - AS_OF.timestamp() if value > 1e9 else value

"""What is promised to users: ids stay, severities are as published, profiles are complete."""

from pathlib import Path

from support.judging import plan

from probe.catalogue import shipped
from probe.model.rule import Severity

PROMISED = {
    "sha2-signature", "chain-trusted", "chain-complete", "chain-order", "root-not-sent",
    "not-expired", "already-valid", "expires-soon", "server-auth-eku", "client-auth-eku",
    "key-usage-digital-signature-key-encipherment", "name-intranet-fqdn", "name-internet-fqdn",
    "client-name-match", "ampersand-joined-names", "names-single-byte",
    "common-name-service-name", "subject-intranet-fqdn", "subject-cluster-fqdn", "unique-name",
    "first-san-only", "subject-alternative-name-unsupported", "key-length-2048-or-4096",
    "key-length-at-most-2048", "key-length-1024-or-2048", "private-key-exportable",
    "pkcs12-container", "der-encoding", "validity-two-years", "not-self-signed",
    "enhanced-http-certificate", "sql-fallback-certificate", "site-self-signed-certificate",
    "certificate-template", "signature-not-pss", "wildcard-name", "tls12-supported",
    "legacy-tls-disabled", "revocation-source-http", "revocation-source-reachable", "crl-current",
    "not-revoked", "cmg-alias", "addresses-agree", "root-ca-certificate",
    "intranet-fqdn-recommended", "expires-imminently", "key-length-weak",
    "key-length-at-least-2048", "key-algorithm-rsa", "key-storage-provider",
    "subject-computer-name", "subject-common-name-only", "san-without-upn", "certificate-reused",
    "same-certificate-on-all-nodes", "pki-distribution-point", "expected-certificate",
    "chain-no-extras", "readable-file",
}  # fmt: skip

WARNINGS = {
    "expires-soon", "chain-order", "wildcard-name", "signature-not-pss", "legacy-tls-disabled",
    "certificate-template", "enhanced-http-certificate", "cmg-alias", "addresses-agree",
    "first-san-only", "key-storage-provider",
}  # fmt: skip
NOTICES = {
    "chain-no-extras", "root-not-sent", "intranet-fqdn-recommended", "key-length-weak",
    "certificate-reused", "revocation-source-named",
}  # fmt: skip

PROFILES = {
    "iis-site-system", "cmg", "sql-server", "sql-failover-cluster", "site-system-monitoring",
    "ndes-policy-module", "distribution-point-client", "ibcm-proxy", "windows-client",
    "task-sequence-media", "macos-client", "mobile-device", "root-ca",
    "cloud-distribution-point", "any",
}  # fmt: skip


def test_every_promised_rule_is_there():
    assert PROMISED - set(plan().catalogue.rules) == set()


def test_every_promised_profile_is_there():
    assert set(plan().catalogue.profiles) == PROFILES


def test_severities_are_as_promised():
    rules = plan().catalogue.rules.values()
    by_severity = {
        severity: {rule.id for rule in rules if rule.severity is severity} for severity in Severity
    }
    assert by_severity[Severity.WARNING] == WARNINGS
    assert by_severity[Severity.NOTICE] == NOTICES


def test_only_the_revocation_source_weighs_less_inside():
    rules = plan().catalogue.rules.values()
    lighter = {rule.id: rule.severity_intranet for rule in rules if rule.severity_intranet}
    assert lighter == {"revocation-source-http": Severity.WARNING}


def test_every_rule_says_why_what_to_do_and_where_it_stands():
    for rule in plan().catalogue.rules.values():
        assert rule.title[0].isupper()
        assert not rule.title.endswith(".")
        assert rule.why.endswith("."), rule.id
        assert rule.remedy.endswith("."), rule.id
        assert rule.by_hand, rule.id
        assert rule.source.section, rule.id


def test_requirements_of_the_documents_cite_them():
    documents = {rule.source.document for rule in plan().catalogue.rules.values()}
    assert {"pki-certificate-requirements", "example-deployment", "cmprobe"} <= documents


def test_the_data_directory_has_no_code():
    assert [
        path for path in Path(shipped()).rglob("*") if path.is_file() and path.suffix != ".toml"
    ] == []

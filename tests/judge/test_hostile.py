"""Whatever octets come, every rule gets an answer and no check crashes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.judging import HOST, ISSUING, ROOT, Case, plan

from probe.judge import assess, judge
from probe.lab import builder, der, keys
from probe.lab.builder import AS_OF
from probe.lab.extensions import Extension
from probe.model.evidence import Evidence
from probe.model.file import CertificateFile, FileFormat
from probe.model.observation import AddressObservation
from probe.model.target import Accepts, Names
from probe.pki.certificate import load
from probe.pki.chain import explain
from probe.pki.trust import TrustStore

STORE = TrustStore([ROOT.der])
SEEDS = (
    ISSUING.issue("CN=mp01", dns=[HOST, "*.contoso.com", "192.0.2.1"], ocsp=["http://o"]).der,
    ISSUING.issue("", san=[builder.x509.UniformResourceIdentifier("ldap://x")]).der,
    builder.self_signed("CN=SSL_Self_Signed_Fallback", version=1).der,
    ISSUING.issue(
        der.sequence(der.tlv(0x31, der.sequence(der.oid("2.5.4.3"), der.utf8("x" * 9_000)))),
        dns=["y" * 5_000, *[f"{'z' * 60}{number}.{'&' * 90}" for number in range(50)]],
        crl=[f"{'q' * 700}:{'/' * 3_000}"],
        template="T" * 2_000,
    ).der,
    ISSUING.der,
    ROOT.der,
)
NAMES = Names(
    intranet_fqdn=HOST,
    internet_fqdn="mp.contoso.com",
    computer_name="MP01",
    service_name="cmg.contoso.com",
    cluster_fqdn="fci.contoso.com",
    accepts=Accepts.BOTH,
)
PROFILES = tuple(plan().catalogue.profiles)
CASE = Case("hostile", profiles=tuple(one for one in PROFILES if one != "root-ca"), names=NAMES)


@st.composite
def octets(draw):
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


@settings(max_examples=150, deadline=None)
@given(st.lists(octets(), min_size=1, max_size=4))
def test_any_chain_is_judged(sent):
    observation = AddressObservation("192.0.2.1", CASE.observation(sent))
    [result] = assess(CASE.target, [observation], plan(), STORE, AS_OF)
    asked = {rule for name in CASE.profiles for rule in plan().catalogue.profiles[name].rules}
    assert {finding.rule for finding in result.findings} == asked
    for finding in result.findings:
        assert not finding.observed.startswith("internal error"), finding
        assert len(finding.observed) < 1_000, finding.rule
        assert len(finding.expected) < 500, finding.rule


ODD = {
    "10,000 names": ISSUING.issue("CN=mp01", dns=[f"h{number}.contoso.com" for number in range(10_000)]),
    "an empty subject": ISSUING.issue("", dns=[HOST]),
    "a TeletexString": ISSUING.issue(der.name(("2.5.4.3", 0x14, b"Zo\xeb")), dns=[HOST]),
    "a BMPString": ISSUING.issue(der.name(("2.5.4.3", 0x1E, "mp01".encode("utf-16-be"))), dns=[HOST]),
    "version 1": builder.self_signed(f"CN={HOST}", version=1),
    "no extension": ISSUING.issue(
        f"CN={HOST}", eku=None, key_usage=None, subject_key_id=None, authority_key_id=None, crl=None, template=None
    ),
    "a critical unknown extension": ISSUING.issue(
        "CN=mp01", dns=[HOST], extra=[Extension("1.2.3.4", b"\x05\x00", critical=True)]
    ),
    "a negative serial": ISSUING.issue("CN=mp01", dns=[HOST], serial=-5),
    "an odd exponent": ISSUING.issue("CN=mp01", dns=[HOST], key=keys.rsa_key(2048, exponent=3)),
    "Ed25519": ISSUING.issue("CN=mp01", dns=[HOST], key=keys.ed25519_key()),
    "the year 9999": ISSUING.issue(
        "CN=mp01", dns=[HOST], not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    ),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("profile", PROFILES)
def test_odd_certificates_are_judged_by_every_profile(odd, profile):
    alone = plan().catalogue.profiles[profile].alone
    case = Case("odd", profiles=(profile,) if alone else ("any", profile), names=NAMES)
    observation = AddressObservation("192.0.2.1", case.observation(ODD[odd].sent))
    [result] = assess(case.target, [observation], plan(), STORE, AS_OF)
    judged = [one for one in result.findings if one.outcome in ("pass", "fail")]
    assert judged
    assert [one for one in result.findings if one.observed.startswith("internal error")] == []


@settings(max_examples=50, deadline=None)
@given(octets(), st.sampled_from(PROFILES))
def test_any_file_is_judged(data, profile):
    presented = (load(data),)
    target = Case("file", profiles=("any", profile), names=NAMES).target
    evidence = Evidence(
        source="file",
        target=target,
        as_of=AS_OF,
        presented=presented,
        explanation=explain(presented, STORE),
        file=CertificateFile(path="x.cer", format=FileFormat.DER),
    )
    for finding in judge(evidence, plan()):
        assert not finding.observed.startswith("internal error"), finding

import msgspec
from support.chains import AS_OF, issuing, leaf, root
from support.metrics import answered, endpoint, judged, key, told

from probe.catalogue import load
from probe.model.failure import Failure, Kind, Stage
from probe.model.finding import Outcome
from probe.model.revocation import RevocationFailed, SourceKind
from probe.model.roles import ROLES
from probe.model.rule import Severity
from probe.model.stages import Browsed, Prelogin
from probe.render.metrics import series
from probe.render.metrics.budget import MOST
from probe.render.metrics.family import WORTH, Rank

OMITTED = key("configmgr_probe_series_omitted")


def names(found):
    return [name for name, _ in found]


def crowd():
    """A chain of 100 certificates, of which the 71st ends first."""
    certificates = [leaf(f"h{n}", serial=0x9000 + n, days=500 + n)[0] for n in range(99)]
    certificates.insert(70, leaf("early", serial=0x8FFF, days=4)[0])
    return tuple(certificates)


def hostile(outcome=Outcome.FAIL):
    rules = [judged(f"rule-{n:03}", outcome, profile="mine") for n in range(200)]
    alarms = [
        judged("sha2-signature", outcome),
        judged("expires-soon", outcome, severity=Severity.WARNING),
    ]
    return endpoint(
        *rules,
        *alarms,
        chain=crowd(),
        revocation=[answered(f"http://pki{n}.contoso.com/a.crl") for n in range(50)],
    )


def test_a_usual_endpoint_has_room_for_everything():
    found = told(series(endpoint(*(judged(f"rule-{n}") for n in range(30)))))
    assert OMITTED not in found
    assert len(found) < MOST


def test_nobody_gets_more_than_there_is_room_for():
    for outcome in (Outcome.FAIL, Outcome.PASS, Outcome.INDETERMINATE):
        one = series(hostile(outcome), "intranet")
        assert len(one) == MOST
        assert len(told(one)) == MOST


def test_what_is_left_out_is_counted():
    found = told(series(hostile()))
    # Success, role, 2 for each of 4 stages, 3 of the session, 3 for each of 100 certificates,
    # 202 requirements, 2 for each of 50 CRLs, the stage crl.
    everything = 1 + 1 + 8 + 3 + 300 + 202 + 100 + 1
    assert found[OMITTED] == everything - (MOST - 1)


def test_exactly_as_many_as_there_is_room_for_are_all_kept():
    base = len(series(endpoint()))
    full = endpoint(*(judged(f"rule-{n}") for n in range(MOST - base)))
    assert len(series(full)) == MOST
    assert OMITTED not in told(series(full))
    over = endpoint(*(judged(f"rule-{n}") for n in range(MOST - base + 1)))
    assert told(series(over))[OMITTED] == 2


def test_alarms_are_kept_whatever_else_there_is():
    found = told(series(hostile()))
    passed = "configmgr_requirement_passed"
    assert found[key(passed, profile="any", rule="sha2-signature", severity="error")] == 0
    assert found[key(passed, profile="any", rule="expires-soon", severity="warning")] == 0
    ends = "configmgr_certificate_not_after_timestamp_seconds"
    assert {key(ends, position="0"), key(ends, position="70")} <= found.keys()
    assert found[key("configmgr_probe_success")] == 1
    assert names(found).count(passed) > 60


def test_failed_requirements_come_before_those_that_are_met():
    findings = [judged(f"good-{n}") for n in range(80)]
    findings += [judged("bad", Outcome.FAIL, severity=Severity.NOTICE)]
    found = told(series(endpoint(*findings)))
    name = "configmgr_requirement_passed"
    assert found[key(name, profile="any", rule="bad", severity="notice")] == 0
    assert "configmgr_probe_stage_duration_seconds" not in names(found)


def test_graver_failures_come_first():
    findings = [judged(f"n{n}", Outcome.FAIL, severity=Severity.NOTICE) for n in range(90)]
    findings += [judged("w", Outcome.FAIL, severity=Severity.WARNING)]
    findings += [judged("e", Outcome.FAIL)]
    found = told(series(endpoint(*findings)))
    name = "configmgr_requirement_passed"
    assert key(name, profile="any", rule="e", severity="error") in found
    assert key(name, profile="any", rule="w", severity="warning") in found


def test_the_certificates_that_end_first_are_kept():
    good = [judged(f"rule-{n}") for n in range(30)]
    found = told(series(endpoint(*good, chain=crowd())))
    assert names(found).count("configmgr_requirement_passed") == 30
    kept = {
        int(dict(labels)["position"])
        for name, labels in found
        if name == "configmgr_certificate_not_after_timestamp_seconds"
    }
    assert kept >= {0, 1, 2, 70}
    assert max(kept - {70}) == len(kept) - 2
    assert "configmgr_tls_version_info" in names(found)


def test_of_many_sources_those_that_failed_are_kept():
    dead = RevocationFailed(
        url="http://dead/",
        kind=SourceKind.CRL,
        seconds=1,
        position=0,
        failure=Failure(Stage.CRL, Kind.STATUS),
    )
    sources = [*(answered(f"http://pki{n}/a.crl") for n in range(50)), dead]
    found = told(series(endpoint(revocation=sources)))
    assert found[key("configmgr_revocation_reachable", url="http://dead/")] == 0
    assert found[key("configmgr_probe_failure_info", stage="crl", kind="status")] == 1


def test_every_rank_is_explained():
    assert list(WORTH) == list(Rank)


def test_what_is_always_kept_has_room():
    stages, moments = 7, 2
    assert 1 + moments + stages + len(ROLES) + 2 < MOST / 2


def test_a_chain_with_an_issuer_sent_many_times_is_kept_apart_by_position():
    chain = (*leaf("dp01")[:1], *(issuing().der,) * 9)
    found = told(series(endpoint(chain=chain)))
    assert names(found).count("configmgr_certificate_info") == 10


def test_every_shipped_profile_has_room_for_all_that_can_be_told():
    """Three roles, three certificates, six sources of revocation, SQL Browser and PRELOGIN."""
    catalogue = load()
    sources = [answered(f"http://pki.contoso.com/{n}.crl") for n in range(4)]
    sources += [answered(f"http://ocsp{n}.contoso.com/", kind=SourceKind.OCSP) for n in range(2)]
    for profile in {role.profile for role in ROLES.values() if role.profile}:
        findings = [
            judged(rule, profile=name)
            for name in ("any", profile)
            for rule in catalogue.profiles[name].rules
            if "handshake" in catalogue.rules[rule].observable
        ]
        result = endpoint(
            *findings,
            chain=(*leaf("dp01"), root().der),
            revocation=sources,
            browser=Browsed(seconds=0.1, instance="CM_P01", port=1433),
            prelogin=Prelogin(seconds=0.1, version="16.0", encryption="on"),
        )
        roles = ("management-point", "distribution-point", "software-update-point")
        named = msgspec.structs.replace(result.target, roles=roles)
        one = series(msgspec.structs.replace(result, target=named), "intranet", AS_OF)
        assert OMITTED not in told(one), (profile, len(one))

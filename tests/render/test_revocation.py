from datetime import timedelta

import msgspec
from support.chains import AS_OF, leaf
from support.reports import one, report, seen, target

from probe.model.failure import Failure, Kind, Stage
from probe.model.path import Trust
from probe.model.revocation import (
    IssuerFetched,
    RevocationAnswered,
    RevocationFailed,
    RevocationSkipped,
    SourceKind,
)
from probe.render.revocation import revocation_lines

URL = "http://pki.contoso.com/ca.crl"
SOUND = RevocationAnswered(
    url=URL,
    kind=SourceKind.CRL,
    seconds=0.01,
    this_update=AS_OF,
    next_update=AS_OF + timedelta(days=7),
    position=0,
    revoked=False,
    fetched=AS_OF,
)
FAILED = RevocationFailed(
    url=URL,
    kind=SourceKind.CRL,
    seconds=0.01,
    position=1,
    failure=Failure(Stage.CRL, Kind.STATUS, "HTTP 404"),
)
SKIPPED = RevocationSkipped(url="ldap:///x", kind=SourceKind.CRL, position=0, because="not fetched")


def lines(*records, issuers=(), verbose=0):
    observation = msgspec.structs.replace(
        seen(leaf("mp01.contoso.com")), revocation=records, issuers=issuers
    )
    made = report([one(target("mp01"), observation), one(target("mp01"), observation)])
    return [
        f"{line.mark} {line.name} {line.text}"
        for line in revocation_lines(made.results, verbose=verbose)
    ]


def test_each_source_is_told_once():
    assert lines(SOUND, SKIPPED) == [
        f"✓ CRL {URL} for certificate 0: not revoked, next update 2026-11-29 02:00 UTC (in 7 days)"
    ]


def test_what_was_not_asked_is_told_when_more_is_wanted():
    assert lines(SKIPPED, verbose=1) == ["· CRL ldap:///x for certificate 0: skipped: not fetched"]


def test_revoked_overdue_unclear_failed():
    revoked = msgspec.structs.replace(
        SOUND, revoked=True, revoked_at=AS_OF, reason="key_compromise", next_update=None
    )
    overdue = msgspec.structs.replace(SOUND, next_update=AS_OF - timedelta(days=2))
    unclear = msgspec.structs.replace(SOUND, revoked=None, note="it is an indirect CRL")
    refused = msgspec.structs.replace(FAILED, failure=Failure(Stage.CRL, Kind.POLICY, "loopback"))
    assert lines(revoked, overdue, unclear, FAILED, refused) == [
        f"✗ CRL {URL} for certificate 0: revoked 2026-11-22 02:00 UTC (key compromise), names no next update",
        f"✗ CRL {URL} for certificate 0: not revoked, overdue since 2026-11-20 02:00 UTC (2 days ago)",
        f"? CRL {URL} for certificate 0: does not decide (it is an indirect CRL), next update 2026-11-29 02:00 UTC (in 7 days)",
        f"✗ CRL {URL} for certificate 1: status: HTTP 404",
        f"? CRL {URL} for certificate 1: policy: loopback",
    ]


def test_an_issuer_that_was_fetched():
    issuer = IssuerFetched(url=URL, seconds=0.1, sha256="00", subject="CN=Issuing")
    (line,) = lines(issuers=(issuer,))
    assert line.startswith(f"! issuer {URL}: CN=Issuing, which was not sent")
    (line,) = lines(issuers=(msgspec.structs.replace(issuer, trust=Trust.UNTRUSTED),))
    assert line.endswith("only clients that fetch it have it, and it leads to no configured root")


def test_what_is_not_valid_yet_is_no_good_answer():
    early = msgspec.structs.replace(SOUND, this_update=AS_OF + timedelta(days=1))
    assert lines(early) == [
        f"✗ CRL {URL} for certificate 0: not revoked, not valid before 2026-11-23 02:00 UTC (in 24 hours)"
    ]


def test_what_a_clock_may_be_wrong_by_is_no_fault():
    late = msgspec.structs.replace(SOUND, next_update=AS_OF - timedelta(minutes=5))
    early = msgspec.structs.replace(SOUND, this_update=AS_OF + timedelta(minutes=5))
    assert [line[0] for line in lines(late, early)] == ["✓", "✓"]


def test_what_our_limits_keep_from_us_is_left_open():
    large = msgspec.structs.replace(FAILED, failure=Failure(Stage.CRL, Kind.TOO_LARGE, "as it is"))
    assert lines(large) == [f"? CRL {URL} for certificate 1: too large: as it is"]
    late = msgspec.structs.replace(FAILED, late=True)
    assert lines(late) == [f"? CRL {URL} for certificate 1: status: HTTP 404"]

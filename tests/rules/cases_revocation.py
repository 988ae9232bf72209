"""Revocation as it was looked up: reachable, current, and what it says."""

from datetime import timedelta

import msgspec
from rules.material import LEAF, leaf
from support.judging import BOTH, INTERNET, ISSUING, Case

from probe.lab import builder
from probe.lab.builder import AS_OF
from probe.model.failure import Failure, Kind, Stage
from probe.model.revocation import (
    IssuerFetched,
    NotSent,
    RevocationAnswered,
    RevocationFailed,
    RevocationSkipped,
    SourceKind,
)

HTTP = "http://pki.contoso.com/CertEnroll/Contoso%20Issuing%20CA.crl"
SECOND = "http://pki2.contoso.com/CertEnroll/Contoso%20Issuing%20CA.crl"
LDAP = "ldap:///CN=Contoso%20Issuing%20CA"
DELTA = "http://pki.contoso.com/CertEnroll/Contoso%20Issuing%20CA+.crl"
OCSP = "http://ocsp.contoso.com/ocsp"
HOUR = timedelta(hours=1)


def came(position=0, *, kind=SourceKind.CRL, url=HTTP, **said):
    sound = {
        "seconds": 0.1,
        "this_update": AS_OF - HOUR,
        "next_update": AS_OF + timedelta(days=7),
        "revoked": False,
        "fetched": AS_OF,
    }
    return RevocationAnswered(position=position, kind=kind, url=url, **(sound | said))


def failed(failure=Kind.UNREACHABLE, *, position=0, url=HTTP, kind=SourceKind.CRL):
    because = Failure(Stage.OCSP if kind is SourceKind.OCSP else Stage.CRL, failure, "as it is")
    return RevocationFailed(position=position, kind=kind, url=url, seconds=0.1, failure=because)


def skipped(url=LDAP, *, kind=SourceKind.CRL, because="it is not fetched"):
    return RevocationSkipped(position=0, kind=kind, url=url, because=because)


TOP = came(1)
ABSENT = NotSent(ISSUING.sha256, "CN=Contoso Issuing CA")
SENT = LEAF.sent
PUBLIC = leaf(dns=["mp01.corp.contoso.com", "mp.contoso.com"])
LDAP_ONLY = leaf(crl=[LDAP], dns=["mp01.corp.contoso.com", "mp.contoso.com"])

CASES = (
    Case("a current CRL that does not list it", sent=SENT, revocation=[came(), TOP]),
    Case("LDAP before HTTP", sent=SENT, revocation=[skipped(), came(), TOP]),
    Case(
        "on the CRL",
        ["fail not-revoked@0"],
        sent=SENT,
        revocation=[
            came(revoked=True, reason="key_compromise", revoked_at=AS_OF - HOUR),
            TOP,
        ],
    ),
    Case(
        "the authority is on the CRL",
        ["fail not-revoked@1"],
        sent=SENT,
        revocation=[came(), came(1, revoked=True)],
    ),
    Case(
        "on hold in the base CRL",
        ["fail not-revoked@0"],
        sent=SENT,
        revocation=[came(revoked=True, reason="certificate_hold"), TOP],
    ),
    Case(
        "on hold in the base CRL, released by the delta CRL",
        sent=SENT,
        revocation=[
            came(revoked=True, reason="certificate_hold"),
            came(kind=SourceKind.DELTA, url=DELTA, reason="remove_from_crl"),
            TOP,
        ],
    ),
    Case(
        "on the delta CRL only",
        ["fail not-revoked@0"],
        sent=SENT,
        revocation=[came(), came(kind=SourceKind.DELTA, url=DELTA, revoked=True), TOP],
    ),
    Case(
        "the delta CRL cannot be fetched, the base CRL can",
        sent=SENT,
        revocation=[came(), failed(Kind.STATUS, url=DELTA, kind=SourceKind.DELTA), TOP],
    ),
    Case(
        "only a delta CRL came",
        ["fail revocation-source-reachable@0", "indeterminate not-revoked@0"],
        sent=SENT,
        revocation=[failed(), came(kind=SourceKind.DELTA, url=DELTA), TOP],
    ),
    Case(
        "the CRL is overdue for a day",
        ["fail crl-current@0", "indeterminate not-revoked@0"],
        sent=SENT,
        revocation=[came(next_update=AS_OF - timedelta(days=1)), TOP],
    ),
    Case(
        "overdue, and lists it all the same",
        ["fail crl-current@0", "fail not-revoked@0"],
        sent=SENT,
        revocation=[came(next_update=AS_OF - timedelta(days=1), revoked=True), TOP],
    ),
    Case(
        "overdue for five minutes: clocks differ",
        sent=SENT,
        revocation=[came(next_update=AS_OF - timedelta(minutes=5)), TOP],
    ),
    Case(
        "the CRL is of tomorrow",
        ["fail crl-current@0", "indeterminate not-revoked@0"],
        sent=SENT,
        revocation=[came(this_update=AS_OF + timedelta(days=1)), TOP],
    ),
    Case("the CRL names no next update", sent=SENT, revocation=[came(next_update=None), TOP]),
    Case(
        "the next CRL is late, and this one still current",
        sent=SENT,
        revocation=[came(next_publish=AS_OF - timedelta(days=1)), TOP],
    ),
    Case(
        "judged a year later: the CRL was current when it was fetched",
        sent=SENT,
        as_of=AS_OF + timedelta(days=365),
        revocation=[came(), TOP],
    ),
    Case(
        "the CRL server is gone",
        ["fail revocation-source-reachable@0", "indeterminate not-revoked@0"],
        sent=SENT,
        revocation=[skipped(), failed(), TOP],
    ),
    Case(
        "of two CRL servers one is gone",
        sent=SENT,
        revocation=[failed(), came(url=SECOND), TOP],
    ),
    Case(
        "somebody else's CRL",
        ["fail revocation-source-reachable@0", "indeterminate not-revoked@0"],
        sent=SENT,
        revocation=[failed(Kind.SIGNATURE), TOP],
    ),
    Case(
        "an address that is not to be connected to",
        ["indeterminate not-revoked@0", "indeterminate revocation-source-reachable@0"],
        sent=PUBLIC,
        names=INTERNET,
        revocation=[failed(Kind.POLICY), TOP],
    ),
    Case(
        "one CRL is larger than the probe reads, the other is gone",
        ["indeterminate revocation-source-reachable@0", "indeterminate not-revoked@0"],
        sent=SENT,
        revocation=[failed(Kind.TOO_LARGE), failed(Kind.STATUS, url=SECOND), TOP],
    ),
    Case(
        "only LDAP, for clients in the forest",
        [
            "fail revocation-source-http@0",
            "indeterminate revocation-source-reachable@0",
        ],
        sent=LDAP_ONLY,
        revocation=[skipped(), TOP],
    ),
    Case(
        "only LDAP, for clients on the internet",
        ["fail revocation-source-http@0", "fail revocation-source-reachable@0"],
        sent=LDAP_ONLY,
        names=INTERNET,
        revocation=[skipped(), TOP],
    ),
    Case(
        "only LDAP, for clients everywhere",
        ["fail revocation-source-http@0", "fail revocation-source-reachable@0"],
        sent=LDAP_ONLY,
        names=BOTH,
        revocation=[skipped(), TOP],
    ),
    Case(
        "LDAP was asked and answered, for clients in the forest",
        ["fail revocation-source-http@0"],
        sent=LDAP_ONLY,
        revocation=[came(url=LDAP), TOP],
    ),
    Case(
        "LDAP was asked and answered, and clients on the internet cannot ask it",
        ["fail revocation-source-http@0", "fail revocation-source-reachable@0"],
        sent=LDAP_ONLY,
        names=INTERNET,
        revocation=[came(url=LDAP), TOP],
    ),
    Case(
        "HTTP fails and LDAP answers, for clients everywhere",
        ["fail revocation-source-reachable@0"],
        sent=PUBLIC,
        names=BOTH,
        revocation=[came(url=LDAP), failed(), TOP],
    ),
    Case(
        "the authority was not sent, is configured, and is revoked",
        ["fail not-revoked@0", "fail chain-complete"],
        sent=SENT[:1],
        intermediates=[ISSUING.der],
        revocation=[came(), came(None, revoked=True, not_sent=ABSENT)],
    ),
    Case(
        "the authority was not sent, is configured, and its CRL is gone",
        [
            "fail revocation-source-reachable@0",
            "indeterminate not-revoked@0",
            "fail chain-complete",
        ],
        sent=SENT[:1],
        intermediates=[ISSUING.der],
        revocation=[
            came(),
            msgspec.structs.replace(failed(), position=None, not_sent=ABSENT),
        ],
    ),
    Case(
        "the authority was not sent, is configured, and is on no CRL",
        ["fail chain-complete"],
        sent=SENT[:1],
        intermediates=[ISSUING.der],
        revocation=[came(), came(None, not_sent=ABSENT)],
    ),
    Case(
        "only a responder, which is not asked by default",
        sent=leaf(crl=None, ocsp=[OCSP]),
        revocation=[skipped(OCSP, kind=SourceKind.OCSP), TOP],
    ),
    Case(
        "the responder knows it as good",
        sent=leaf(crl=None, ocsp=[OCSP]),
        revocation=[came(url=OCSP, kind=SourceKind.OCSP), TOP],
    ),
    Case(
        "the responder is not authorized",
        ["fail revocation-source-reachable@0", "indeterminate not-revoked@0"],
        sent=leaf(crl=None, ocsp=[OCSP]),
        revocation=[failed(Kind.STATUS, url=OCSP, kind=SourceKind.OCSP), TOP],
    ),
    Case(
        "the responder does not know it",
        ["indeterminate not-revoked@0"],
        sent=leaf(crl=None, ocsp=[OCSP]),
        revocation=[
            came(url=OCSP, kind=SourceKind.OCSP, revoked=None, note="it does not know it"),
            TOP,
        ],
    ),
    Case(
        "a stapled answer says that it is revoked",
        ["fail not-revoked@0"],
        sent=SENT,
        revocation=[came(url=None, kind=SourceKind.STAPLE, revoked=True), came(), TOP],
    ),
    Case(
        "an indirect CRL",
        ["indeterminate not-revoked@0"],
        sent=SENT,
        revocation=[came(revoked=None, note="it is an indirect CRL"), TOP],
    ),
    Case(
        "the missing intermediate is found by AIA",
        ["fail chain-complete", "fail chain-trusted"],
        sent=LEAF.sent[:1],
        revocation=[came()],
        issuers=[IssuerFetched(url=HTTP, seconds=0.1, sha256=ISSUING.sha256, subject="CN=Issuing")],
    ),
    Case(
        "a certificate that signs itself is revoked by nobody",
        ["fail chain-trusted", "fail not-self-signed@0"],
        sent=builder.self_signed("CN=mp01", dns=["mp01.corp.contoso.com"]).sent
        or (builder.self_signed("CN=mp01", dns=["mp01.corp.contoso.com"]).der,),
    ),
)

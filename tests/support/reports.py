"""Reports as a run would make them, put together by hand: nothing is connected to or judged."""

from collections.abc import Iterable
from datetime import timedelta

from support.chains import AS_OF
from support.rulebook import CATALOGUE

from probe.model.failure import Failure, Kind, Stage
from probe.model.finding import Finding, Outcome, SubjectCertificate
from probe.model.observation import Observation
from probe.model.path import Link, LinkSource, LinkVerdict
from probe.model.report import CatalogueInfo, Failures, Report, Result, Summary, Tool
from probe.model.rule import Severity
from probe.model.stages import (
    Chain,
    ClientAuth,
    Connected,
    Failed,
    Handshake,
    HandshakeFailed,
    Handshaken,
    Http,
    HttpAnswered,
    HttpClientAuth,
    Resolved,
    Versions,
    VersionsTried,
)
from probe.model.target import Names, Target
from probe.pki import certificate as certificates

VERSIONS = VersionsTried(
    seconds=0.0412, accepted=("TLSv1.2", "TLSv1.3"), refused=("TLSv1", "TLSv1.1")
)
UP = HttpAnswered(
    seconds=0.0153,
    code=403,
    path="/sms_mp/.sms_aut?mplist",
    reason="Forbidden",
    client_auth=HttpClientAuth.RENEGOTIATION,
)


def target(host: str, *roles: str, port: int = 443, profiles=("any",), **fields) -> Target:
    return Target(
        id=f"{host}:{port}",
        host=host,
        port=port,
        roles=roles or ("management-point",),
        profiles=profiles,
        names=fields.pop("names", Names(intranet_fqdn=host)),
        **fields,
    )


def seen(
    chain: tuple[bytes, ...],
    *,
    addresses: tuple[str, ...] = ("10.1.2.3",),
    cname: tuple[str, ...] = (),
    http: Http = UP,
    versions: Versions = VERSIONS,
    handshake: Handshake | None = None,
    **handshaken,
) -> Observation:
    return Observation(
        resolution=Resolved(seconds=0.01234567, addresses=addresses, cname_chain=cname),
        connection=Connected(seconds=0.0091),
        handshake=handshake
        or Handshaken(
            seconds=0.0312,
            engine="openssl",
            version=handshaken.pop("version", "TLSv1.2"),
            cipher=handshaken.pop("cipher", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
            client_auth=handshaken.pop("client_auth", ClientAuth.NONE),
            chain=Chain(chain),
            **handshaken,
        ),
        versions=versions,
        http=http,
    )


def unreachable(stage: Stage, kind: Kind, detail: str = "", *, seconds: float = 0.5) -> Observation:
    failed = Failed(Failure(stage, kind, detail), seconds)
    if stage is Stage.DNS:
        return Observation(resolution=failed)
    resolved = Resolved(seconds=0.0123, addresses=("10.1.2.3",))
    if stage is Stage.TCP:
        return Observation(resolution=resolved, connection=failed)
    refused = HandshakeFailed(failure=failed.failure, seconds=seconds, engine="openssl")
    return Observation(resolution=resolved, connection=Connected(seconds=0.009), handshake=refused)


def finding(
    rule: str,
    outcome: Outcome = Outcome.PASS,
    observed: str = "",
    expected: str = "",
    *,
    at: int | None = None,
    chain: tuple[bytes, ...] = (),
    profile: str = "any",
) -> Finding:
    return Finding(
        profile,
        rule,
        CATALOGUE.rules[rule].severity,
        outcome,
        None if at is None else SubjectCertificate(at, certificates.load(chain[at]).sha256),
        observed,
        expected,
    )


def passing(chain: tuple[bytes, ...], *but: str) -> tuple[Finding, ...]:
    """Return a pass for every rule that looks at the first certificate or the endpoint."""
    return tuple(
        finding(rule, Outcome.PASS, "as it should be", "so", at=0, chain=chain)
        for rule in CATALOGUE.rules
        if rule not in {*but, "private-key-exportable"}
    )


def unseen(failure: str) -> tuple[Finding, ...]:
    """Return what is said of every rule when no certificate came."""
    return tuple(
        finding(rule, Outcome.INDETERMINATE, f"no certificate: {failure}", "a certificate")
        for rule in CATALOGUE.rules
        if rule != "private-key-exportable"
    )


def report(results: Iterable[Result], *, vantage: str | None = "intranet") -> Report:
    results = tuple(results)
    failed = [f for r in results for f in r.findings if f.outcome is Outcome.FAIL]
    by_severity = {
        severity.value: sum(f.severity is severity for f in failed) for severity in Severity
    }
    unjudged = sum(f.outcome is Outcome.INDETERMINATE for r in results for f in r.findings)
    handshakes = [(r.target.id, r.observation.handshake) for r in results]
    return Report(
        tool=Tool("cmprobe", "0.1.0"),
        catalogue=CatalogueInfo(CATALOGUE.revision, CATALOGUE.digest),
        vantage=vantage,
        started=AS_OF,
        finished=AS_OF + timedelta(seconds=1.234567),
        as_of=AS_OF,
        summary=Summary(
            targets=len({target_id for target_id, _ in handshakes}),
            reachable=len({t for t, h in handshakes if getattr(h, "chain", None)}),
            findings=Failures(**by_severity),
            indeterminate=unjudged,
        ),
        results=results,
    )


def link(
    chain: tuple[bytes, ...],
    at: int | None,
    to: int | None,
    words: str,
    verdict: LinkVerdict = LinkVerdict.OK,
    source: LinkSource | None = None,
) -> Link:
    """Return the link from one place of ``chain`` to another, or to what was not sent."""
    subject = certificates.load(chain[at or 0])
    issuer = None if to is None else certificates.load(chain[to]).sha256
    name = getattr(subject, "issuer", None)
    source = source or (LinkSource.ROOT if to is None else LinkSource.SENT)
    return Link(at, subject.sha256, to, issuer, name.text if name else "", source, verdict, words)


def one(
    subject: Target, observation: Observation, *findings: Finding, links: tuple[Link, ...] = ()
) -> Result:
    resolved = observation.resolution
    address = resolved.addresses[0] if isinstance(resolved, Resolved) else None
    return Result(subject, address, observation, findings, links)

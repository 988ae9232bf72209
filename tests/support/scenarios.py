"""The situations that a terminal report must tell well, each as one report."""

import msgspec
from cryptography import x509
from support.chains import issuing, leaf, root
from support.fleet import scan
from support.reports import (
    finding,
    link,
    one,
    passing,
    report,
    seen,
    target,
    unreachable,
    unseen,
)

from probe.model.failure import Failure, Kind, Stage
from probe.model.finding import Outcome
from probe.model.path import LinkVerdict
from probe.model.report import Report, Result
from probe.model.stages import ClientAuth, Failed, HttpAnswered, Skipped, VersionsTried
from probe.model.target import Accepts, Names

FAIL = Outcome.FAIL
OPEN = Outcome.INDETERMINATE

MP = target(
    "mp01.corp.contoso.com",
    "management-point",
    "distribution-point",
    site="P01",
    names=Names(
        intranet_fqdn="mp01.corp.contoso.com",
        internet_fqdn="mp.contoso.com",
        computer_name="MP01",
        accepts=Accepts.BOTH,
    ),
)
CMG = target(
    "cmg.contoso.com",
    "cloud-management-gateway",
    names=Names(service_name="cmg.contoso.com", accepts=Accepts.INTERNET),
)


def good() -> Report:
    chain = leaf("mp01.corp.contoso.com", "mp.contoso.com")
    links = (
        link(chain, 0, 1, "signed by Contoso Issuing CA 1"),
        link(chain, 1, None, "signed by Contoso Root CA, a configured root"),
    )
    return report([one(MP, seen(chain), *passing(chain), _file_only(), links=links)])


def expired_cmg() -> Report:
    chain = leaf("cmg.contoso.com", subject="CN=cmg.contoso.com", days=-3.25, bits=3072)
    return report(
        [
            one(
                CMG,
                seen(
                    chain,
                    addresses=("20.61.99.7",),
                    cname=("granitefalls.westeurope.cloudapp.azure.com",),
                    http=HttpAnswered(
                        seconds=0.0214,
                        code=403,
                        path="/CCM_Proxy_MutualAuth/ServiceMetadata",
                        reason="Forbidden",
                    ),
                    versions=VersionsTried(
                        seconds=0.06,
                        accepted=("TLSv1", "TLSv1.2"),
                        refused=("TLSv1.1",),
                        undecided={"TLSv1.3": Failure(Stage.TLS, Kind.TIMEOUT)},
                    ),
                ),
                finding(
                    "not-expired",
                    FAIL,
                    "expired 2026-11-18T20:00:00Z, 3 days ago",
                    "notAfter later than 2026-11-22T02:00:00Z",
                    at=0,
                    chain=chain,
                ),
                finding("not-expired", at=1, chain=chain),
                finding(
                    "key-length-2048-or-4096",
                    FAIL,
                    "RSA with 3072 bits",
                    "RSA with 2048 or 4096 bits",
                    at=0,
                    chain=chain,
                    profile="cmg",
                ),
                finding(
                    "legacy-tls-disabled", FAIL, "TLS 1.0 is accepted", "only TLS 1.2 or later"
                ),
                finding(
                    "chain-trusted",
                    OPEN,
                    "no root is configured to compare with",
                    "a path to a configured root",
                ),
                *passing(
                    chain,
                    "not-expired",
                    "key-length-2048-or-4096",
                    "legacy-tls-disabled",
                    "chain-trusted",
                    "expires-soon",
                    "expires-imminently",
                ),
                _file_only(),
            )
        ]
    )


def closed() -> Report:
    observation = unreachable(Stage.TCP, Kind.REFUSED, "[Errno 111] Connection refused")
    return report([one(MP, observation, *unseen("tcp refused"))])


def silent() -> Report:
    observation = unreachable(Stage.TLS, Kind.TIMEOUT, "no answer in 10.0 s", seconds=9.98)
    return report([one(MP, observation, *unseen("tls timeout"))])


def not_found() -> Report:
    observation = unreachable(Stage.DNS, Kind.NOT_FOUND, "NXDOMAIN from 10.0.0.53")
    return report([one(MP, observation, *unseen("dns not found"))])


def addresses() -> Report:
    """One name with three addresses: two certificates, and one address that is down."""
    new = leaf("sup.corp.contoso.com", days=600, serial=0x6302)
    old = leaf("sup.corp.contoso.com", days=12, serial=0x6301)
    sup = target("sup.corp.contoso.com", "software-update-point", port=8531)
    every = ("10.1.2.10", "10.1.2.11", "10.1.2.12")
    up = HttpAnswered(seconds=0.04, code=200, path="/ClientWebService/client.asmx", reason="OK")
    differ = finding(
        "addresses-agree",
        FAIL,
        "10.1.2.10 and 10.1.2.11 present different certificates",
        "the same certificate everywhere",
    )
    soon = finding("expires-soon", FAIL, "expires in 12 days", "more than 30 days", at=0, chain=old)
    down = msgspec.structs.replace(
        seen((), addresses=every),
        connection=Failed(Failure(Stage.TCP, Kind.TIMEOUT, "no answer in 5.0 s"), 5.0),
        handshake=Skipped(because="an earlier stage did not succeed"),
        versions=Skipped(because="an earlier stage did not succeed"),
        http=Skipped(because="an earlier stage did not succeed"),
    )
    return report(
        [
            Result(
                sup,
                every[0],
                seen(new, addresses=every, http=up),
                (differ, *passing(new, "addresses-agree")),
            ),
            Result(
                sup,
                every[1],
                seen(old, addresses=every, http=up),
                (differ, soon, *passing(old, "addresses-agree", "expires-soon")),
            ),
            Result(sup, every[2], down, unseen("tcp timeout")),
        ]
    )


def hostile() -> Report:
    """Names that attack the terminal, an undecodable member, and a chain in disorder."""
    subject = "CN=\x1b[2J\x1b[31mowned\u202emoc.osotnoc\r\nbanner,O=" + "Z\u0301" * 8 + "日本" * 40
    chain = (
        *leaf(
            subject=subject,
            san=[
                x509.DNSName("\x1b]0;title\x07.contoso.com"),
                x509.DNSName("a" * 63 + "." + "b" * 63 + "." + "c" * 63 + ".example"),
                *(x509.DNSName(f"host{n}.contoso.com") for n in range(400)),
            ],
        )[:1],
        root().der,
        b"\x30\x03\x02\x01\x00",
        issuing().der,
        issuing().der,
    )
    observation = seen(
        chain,
        http=HttpAnswered(
            seconds=0.1, code=200, path="/\x1b[1m", reason="OK\x1b]52;c;aGk=\x07\u2066"
        ),
        handshake=None,
        client_auth=ClientAuth.REQUIRED,
        acceptable_cas=("CN=\x9b31m",),
    )
    return report(
        [
            one(
                target("\x1b[1mhost\u200b.contoso.com", "no-such-role\x07"),
                observation,
                finding(
                    "client-name-match",
                    FAIL,
                    "names \x1b]0;title\x07.contoso.com and 401 more",
                    "\u202ehost\u200b.contoso.com",
                    at=0,
                    chain=chain,
                ),
                *passing(chain, "client-name-match"),
                links=(
                    link(chain, 0, 3, "not by \x1b[7mX\u202e", LinkVerdict.BAD_SIGNATURE),
                    link(chain, 3, 1, "signed by Contoso Root CA"),
                ),
            )
        ],
        vantage="\x1b[5mblink",
    )


def _file_only():
    return msgspec.structs.replace(
        finding("private-key-exportable", Outcome.NOT_OBSERVABLE, "", "an exportable key"),
        observed="A handshake never shows the server's key.",
        profile="cmg",
    )


SCENARIOS = {
    scenario.__name__: scenario
    for scenario in (good, expired_cmg, closed, silent, not_found, addresses, hostile, scan)
}

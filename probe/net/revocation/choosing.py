"""Which sources of a chain are asked: those of the path, in so many ways, and not too many."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from probe.model.certificate import Certificate, Presented
from probe.model.observation import Observation
from probe.model.path import Explanation, PathEnd, Source
from probe.model.revocation import NotSent, RevocationSkipped, SourceKind
from probe.model.stages import Skipped
from probe.pki.certificate import load

MOST_URLS: Final = 4
"""URLs of one kind that are asked for one certificate."""

MOST_CERTIFICATES: Final = 10

TOO_MANY: Final = f"only {MOST_URLS} addresses of a certificate are asked"

LDAP: Final = "ldap"
WEB: Final = frozenset({"http", "https"})

_AFTER_PLACE: Final = re.compile("[/?#]")  # RFC 3986, 3.2
_STRANGER: Final = "this certificate is no part of the path"


class Asked(NamedTuple):
    """A certificate on the path, and who issued it, if that is known.

    ``position`` is None where only the configuration provided it. ``schemes`` are those of CRLs
    that are fetched.
    """

    position: int | None
    certificate: Certificate
    issuer: Certificate | None
    schemes: Collection[str] = WEB

    @property
    def not_sent(self) -> NotSent | None:
        """What records say of a certificate that has no position."""
        one = self.certificate
        return NotSent(one.sha256, one.subject.text) if self.position is None else None

    def fetchable(self, url: str, kind: SourceKind) -> bool:
        """Whether a URL of one kind is fetched at all."""
        return scheme(url) in (WEB if kind is SourceKind.OCSP else self.schemes)

    def named(self, kind: SourceKind) -> tuple[str, ...]:
        """Return every URL of one kind, as written."""
        match kind:
            case SourceKind.CRL:
                return self.certificate.crl_urls
            case SourceKind.DELTA:
                return self.certificate.delta_crl_urls
        return self.certificate.ocsp_urls

    def urls(self, kind: SourceKind) -> list[str]:
        """Return what is asked of one kind, in the order of the certificate."""
        return [url for url in self.named(kind) if self.fetchable(url, kind)][:MOST_URLS]


def presented(seen: Observation) -> tuple[Presented, ...]:
    """Decode what came, whatever happened afterwards."""
    handshake = seen.handshake
    octets = () if isinstance(handshake, Skipped) else handshake.chain.certificates
    return tuple(map(load, octets))


def path(
    explanation: Explanation, last: Certificate | None, schemes: Collection[str] = WEB
) -> Iterator[Asked]:
    """Yield the members of the path, without roots, each with its issuer."""
    if explanation.end is PathEnd.SELF_SIGNED_LEAF:
        return
    members = explanation.path
    for member, above in zip(members[:MOST_CERTIFICATES], (*members[1:], None), strict=False):
        if member.source is Source.ROOT:
            continue
        if member.certificate.self_issued and above is None:
            continue
        issuer = last if above is None else above.certificate
        yield Asked(member.position, member.certificate, issuer, schemes)


def scheme(url: str) -> str:
    """Return the scheme of a URL, or what stands in its place."""
    return url.partition(":")[0].lower()[:20]


def place(url: str) -> str:
    """Return the server that a URL names, or what stands in its place."""
    return _AFTER_PLACE.split(url.partition("://")[2], maxsplit=1)[0].lower()[:255]


def strangers(sent: Sequence[Presented], asked: Sequence[Asked]) -> Iterator[RevocationSkipped]:
    """Record that what is no part of the path was left alone."""
    on_path = {one.certificate.sha256 for one in asked}
    for position, member in enumerate(sent[: 2 * MOST_CERTIFICATES]):
        if isinstance(member, Certificate) and member.sha256 not in on_path:
            for url in member.crl_urls[:1]:
                yield RevocationSkipped(
                    url=url, kind=SourceKind.CRL, position=position, because=_STRANGER
                )

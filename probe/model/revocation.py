"""What was seen of revocation: every CRL and OCSP source that a chain names, and what it said."""

from datetime import datetime
from enum import StrEnum

import msgspec

from probe.model.failure import Failure, Kind
from probe.model.path import Trust

_OURS = frozenset({Kind.POLICY, Kind.TOO_LARGE, Kind.INTERNAL})


class SourceKind(StrEnum):
    """A base CRL, a delta CRL, an OCSP response, or one that the server stapled (RFC 6066, 8)."""

    CRL = "crl"
    DELTA = "delta"
    OCSP = "ocsp"
    STAPLE = "staple"


class NotSent(msgspec.Struct, frozen=True, gc=False):
    """A certificate of the path that only the configuration provided; ``subject`` is RFC 4514."""

    sha256: str
    subject: str


class RevocationAnswered(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok", gc=False
):
    """A source that answered, with a signature that is the issuer's if ``revoked`` is told.

    ``position`` is the certificate's place in what was sent; None for one that was ``not_sent``.
    ``revoked`` is None where the source does not say; ``note`` tells why. ``reason`` is spelled as
    in RFC 5280, 5.3.1, in snake case.
    ``fetched`` is when it was fetched: whether it was current is a question of that instant. With
    ``cached`` its octets are those of an earlier scan, and ``fetched`` is when the source gave or
    confirmed them last.
    ``next_publish`` is when an AD CS authority meant to publish the next CRL (MS-WCCE, 311.21.4).
    ``seconds`` is what fetching took the one time that it was fetched in this scan; 0 for a staple,
    and for what was not asked for again.
    """

    url: str | None
    kind: SourceKind
    seconds: float
    this_update: datetime
    next_update: datetime | None = None
    position: int | None
    revoked: bool | None = None
    reason: str | None = None
    revoked_at: datetime | None = None
    next_publish: datetime | None = None
    fetched: datetime
    cached: bool = False
    note: str | None = None
    not_sent: NotSent | None = None


class RevocationFailed(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="failed", gc=False
):
    """A source that was asked and gave nothing that counts.

    ``late`` is that it had not answered when the time of the target was over: it may yet.
    """

    url: str | None
    kind: SourceKind
    seconds: float
    this_update: datetime | None = None
    next_update: datetime | None = None
    position: int | None
    revoked: bool | None = None
    failure: Failure
    late: bool = False
    not_sent: NotSent | None = None

    @property
    def ours(self) -> bool:
        """Whether limits or bugs of ours kept an answer away: it says nothing of the source."""
        return self.late or self.failure.kind in _OURS


class RevocationSkipped(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="skipped", gc=False
):
    """A source that was not asked, and why."""

    url: str | None
    kind: SourceKind
    position: int | None
    because: str
    not_sent: NotSent | None = None


RevocationSource = RevocationAnswered | RevocationFailed | RevocationSkipped


class IssuerFetched(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok", gc=False
):
    """An issuer that was not sent and was found at an AIA address (RFC 5280, 4.2.2.1).

    It completes nothing that is judged: clients that fetch issuers have it, others have not.
    ``trust`` is what the path comes to with all that was fetched.
    """

    url: str
    seconds: float
    sha256: str
    subject: str
    trust: Trust = Trust.UNDECIDED


class IssuerNotFetched(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="failed", gc=False
):
    """An AIA address that gave no certificate of the issuer."""

    url: str
    seconds: float
    failure: Failure


IssuerSource = IssuerFetched | IssuerNotFetched

"""What a metric family is, and what a sample is kept for when there is not room for all."""

from enum import IntEnum, StrEnum

import msgspec

ENDPOINT_LABELS = ("address", "site", "target", "vantage")


class Kind(StrEnum):
    """A value that goes up and down, or labels that describe something (always 1)."""

    GAUGE = "gauge"
    INFO = "info"


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """One metric family.

    ``name`` is that of its samples. ``labels`` are its own; those of an endpoint come with
    ``endpoint``. ``unit`` is the end of the name where that is a unit. ``when`` says when there
    are samples, and ``detail`` what more there is to know; both are for the documentation.
    """

    name: str
    help: str
    kind: Kind = Kind.GAUGE
    labels: tuple[str, ...] = ()
    endpoint: bool = True
    unit: str = ""
    when: str
    detail: str = ""

    @property
    def metric(self) -> str:
        """The name of the family as OpenMetrics has it: without ``_info``."""
        return self.name.removesuffix("_info") if self.kind is Kind.INFO else self.name


class Rank(IntEnum):
    """What a series is worth: the last of these is left out first when there are too many.

    `WORTH` says what each is.
    """

    REACHED = 0
    EXPIRY = 1
    ALARM = 2
    FAILED_ERROR = 3
    FAILED_WARNING = 4
    FAILED_NOTICE = 5
    LIFETIMES = 6
    INDETERMINATE = 7
    SESSION = 8
    REVOCATION = 9
    IDENTITY = 10
    PASSED = 11
    STAGES = 12
    STARTS = 13
    DURATIONS = 14
    CROWD = 15


WORTH: dict[Rank, str] = {
    Rank.REACHED: "whether the endpoint was reached, why not, when, and its roles",
    Rank.EXPIRY: "the expiry of the server's certificate, and of the other one that expires first",
    Rank.ALARM: "failed requirements about SHA-1, validity, trust and revocation",
    Rank.FAILED_ERROR: "other failed requirements of severity error",
    Rank.FAILED_WARNING: "of severity warning",
    Rank.FAILED_NOTICE: "of severity notice",
    Rank.LIFETIMES: "the expiry of the other certificates, the earliest first",
    Rank.INDETERMINATE: "requirements that could not be judged",
    Rank.SESSION: "the version of TLS, client authentication, the HTTP status",
    Rank.REVOCATION: "CRLs and OCSP: those that failed first, then those that end first",
    Rank.IDENTITY: "what each certificate is",
    Rank.PASSED: "requirements that are met",
    Rank.STAGES: "which stages succeeded",
    Rank.STARTS: "from when on each certificate is valid",
    Rank.DURATIONS: "how long each stage took",
    Rank.CROWD: "certificates beyond the server's own and the nine others that expire first",
}

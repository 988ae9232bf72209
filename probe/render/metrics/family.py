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
    """What a series is worth: the last of these is left out first when there are too many."""

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

"""One value on its way into a series, with what it is worth."""

from datetime import UTC, datetime
from typing import NamedTuple

from probe.render.metrics.family import Rank
from probe.render.metrics.line import Line


class Sample(NamedTuple):
    """A line, its value, and what it is kept for."""

    rank: Rank
    line: Line
    value: float


def timestamp(instant: datetime) -> float:
    """Return an instant in seconds since 1970; a naive one is taken as UTC."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return aware.timestamp()

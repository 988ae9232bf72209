"""When a target is to be scanned again. Pure: the time and the chance are handed in.

A sound target waits for the interval. One that fails is tried sooner, and less and less so while
it goes on failing. One whose certificates end within days is looked at more often, and once right
after the end, so that what is told of it is never out of date for long.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from probe.model.certificate import Certificate
from probe.model.finding import Outcome
from probe.model.report import Result
from probe.model.rule import Severity
from probe.model.stages import Handshaken, Skipped
from probe.pki.certificate import load

JITTER: Final = 0.1
"""The part of a delay by which chance makes it shorter or longer."""

SOONEST: Final = 10.0
"""Seconds that a target is left alone at least, unless the interval is shorter."""

FIRST_RETRY: Final = 16
"""A first failure is looked at again after this part of the interval; then twice as long, …"""

NEAR: Final = timedelta(days=7)
_OFTENER: Final = 4
_AFTER: Final = 2.0
_ENOUGH: Final = 10  # doublings after which every delay is the interval


def delay(
    results: Sequence[Result],
    failures: int,
    *,
    interval: float,
    now: datetime,
    random: Callable[[], float],
) -> float:
    """Return the seconds from ``now`` until the next scan, more than 0.

    ``failures`` counts failing scans in a row with this one; ``random`` returns 0 up to 1.
    """
    wanted = interval
    if failures > 0:
        wanted = interval / FIRST_RETRY * 2 ** min(failures - 1, _ENOUGH)
    ends = _ends(results, now)
    if ends is not None and ends - now <= NEAR:
        wanted = min(wanted, interval / _OFTENER)
    wanted = max(min(wanted, interval), min(SOONEST, interval))
    seconds = wanted * (1 + JITTER * (2 * random() - 1))
    if ends is not None:
        seconds = min(seconds, (ends - now).total_seconds() + _AFTER)
    return seconds


def failing(results: Iterable[Result]) -> bool:
    """Whether a target was not reached, or fails a requirement that weighs as an error."""
    return any(
        not isinstance(result.observation.handshake, Handshaken)
        or any(
            finding.outcome is Outcome.FAIL and finding.severity is Severity.ERROR
            for finding in result.findings
        )
        for result in results
    )


def _ends(results: Iterable[Result], now: datetime) -> datetime | None:
    """Return when the first of the certificates that are still valid ends; None without any."""
    ends: datetime | None = None
    for result in results:
        handshake = result.observation.handshake
        if isinstance(handshake, Skipped):
            continue
        for der in handshake.chain.certificates:
            found = load(der)
            if isinstance(found, Certificate) and found.not_after > now:
                ends = found.not_after if ends is None else min(ends, found.not_after)
    return ends


def after(moment: datetime, seconds: float) -> datetime:
    """Return the instant so many seconds later, as far as the calendar goes."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)

"""Instants and durations in words, relative to the moment that was judged."""

from datetime import UTC, datetime

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_YEAR = 365.25 * _DAY


def utc(instant: datetime) -> datetime:
    """Return the instant in UTC; a naive one is taken as UTC."""
    if instant.tzinfo is UTC:
        return instant
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def absolute(instant: datetime) -> str:
    """Write as ``2026-11-22 18:42 UTC``."""
    naive = utc(instant).replace(tzinfo=None)
    return f"{naive.isoformat(sep=' ', timespec='minutes')} UTC"


def days_between(as_of: datetime, instant: datetime) -> int:
    """Return the whole days from ``as_of`` to ``instant``, rounded down: -1 an hour after it."""
    return (utc(instant) - utc(as_of)).days


def whole_days(as_of: datetime, instant: datetime) -> int:
    """Return the whole days from ``as_of`` to ``instant``, never more than there are.

    That is towards zero, as `relative` counts: -1 where that reads ``24 hours ago``.
    """
    left = utc(instant) - utc(as_of)
    return left.days if left.days >= 0 else -(-left).days


def relative(instant: datetime, as_of: datetime) -> str:
    """Write as ``in 27 days`` or ``3 days ago``; never more time than there is."""
    seconds = (utc(instant) - utc(as_of)).total_seconds()
    return f"in {_span(seconds)}" if seconds >= 0 else f"{_span(-seconds)} ago"


def _span(seconds: float) -> str:
    """Write a positive duration in the one unit that a person would choose."""
    if seconds < 2 * _MINUTE:
        return _count(int(seconds), "second")
    if seconds < 2 * _HOUR:
        return _count(int(seconds // _MINUTE), "minute")
    if seconds < 2 * _DAY:
        return _count(int(seconds // _HOUR), "hour")
    if seconds < 2 * _YEAR:
        return _count(int(seconds // _DAY), "day")
    tenths = int(seconds / _YEAR * 10)
    return f"{tenths // 10} years" if tenths % 10 == 0 else f"{tenths / 10} years"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def counted(number: int, unit: str) -> str:
    """Write as ``1 target`` or ``3 targets``."""
    return _count(number, unit)


def milliseconds(seconds: float) -> str:
    """Write a duration as a terminal shows it: ``0.4 ms``, ``12 ms``, ``3.0 s``."""
    if seconds < 0.001:  # noqa: PLR2004 - below a millisecond, one digit tells more than none
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"

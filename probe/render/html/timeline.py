"""When certificates expire, as columns: overdue, in days, by month, by quarter, and later."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from math import fsum
from typing import NamedTuple

from probe.render.times import counted, utc

_MONTHS = 12
_LATEST = datetime(9990, 1, 1, tzinfo=UTC)  # later there are not enough years to draw
_QUARTERS = 4
_NAMES = "January February March April May June July August September October November December"
_TALLEST = 118  # CSS pixels
_LEAST = 5
_WIDE = 1.6  # as wide as so many months: what is no month has a longer label
_BASE = 140


class Column(NamedTuple):
    """One column: ``x``, ``middle`` and ``width`` are percent, ``y`` and ``height`` pixels.

    The label of a ``minor`` one is left out where there is little room. One that is ``cut`` is
    higher than it is drawn.
    """

    label: str
    year: str
    words: str
    number: int
    tone: str
    minor: bool
    x: str
    middle: str
    width: str
    y: str
    height: str
    cut: bool


class Timeline(NamedTuple):
    """The picture, and what it shows in words."""

    columns: tuple[Column, ...]
    description: str
    unknown: int
    noun: str


class _Span(NamedTuple):
    label: str
    year: str
    words: str
    tone: str
    until: datetime | None  # exclusive
    wide: bool = False
    minor: bool = False


def timeline(
    expiries: Iterable[datetime | None], now: datetime, *, noun: str = "target"
) -> Timeline:
    """Count what expires when, seen from ``now``; None is what no certificate is known of."""
    known: list[datetime] = []
    unknown = 0
    for instant in expiries:
        if instant is None:
            unknown += 1
        else:
            known.append(utc(instant))
    known.sort()
    spans = list(_spans(min(utc(now), _LATEST)))
    counts = [0] * len(spans)
    index = 0
    for instant in known:
        while (until := spans[index].until) is not None and instant >= until:
            index += 1
        counts[index] += 1
    # Most certificates expire later: drawn to scale they would leave nothing to see of the rest.
    highest = max(counts[:-1]) or counts[-1]
    shares = [_WIDE if span.wide else 1.0 for span in spans]
    # fsum: since Python 3.12 sum rounds otherwise, and a page would look different there.
    step = 100 / fsum(shares)
    columns = tuple(
        _column(span, count, fsum(shares[:index]) * step, shares[index] * step, highest)
        for index, (span, count) in enumerate(zip(spans, counts, strict=True))
    )
    return Timeline(columns, _described(columns, unknown, noun), unknown, noun)


def _spans(now: datetime) -> Iterator[_Span]:
    yield _Span("past", "", "already expired", "bad", now, wide=True)
    week, month = now + timedelta(days=7), now + timedelta(days=30)
    yield _Span("7 d", "", "within 7 days", "bad", week, wide=True)
    yield _Span("30 d", "", "within 8 to 30 days", "warn", month, wide=True)
    yield from _months(month)
    yield _Span("later", "", "later", "faint", None, wide=True)


def _months(start: datetime) -> Iterator[_Span]:
    """Yield a year month by month, and another in quarters."""
    year, number = start.year, start.month
    names = _NAMES.split()
    shown = 0
    for index in range(_MONTHS + _QUARTERS):
        length = 1 if index < _MONTHS else 3
        after_year, after = divmod(year * 12 + number - 1 + length, 12)
        last = names[after - 1 if length > 1 else number - 1]
        words = f"{names[number - 1]} {year}"
        if length > 1:
            words += f" to {last} {after_year if after else after_year - 1}"
        elif not index:
            words += ", after the 30 days"
        until = start.replace(
            year=after_year, month=after + 1, day=1, hour=0, minute=0, second=0, microsecond=0
        )
        tone = "plain" if length == 1 else "faint"
        crowded = index == 0 and number >= 11  # noqa: PLR2004 - the next year's label is beside it
        label = "" if year == shown or crowded else str(year)
        minor = number % 2 == 0 if length == 1 else not label
        yield _Span(names[number - 1][:3], label, words, tone, until, minor=minor)
        shown, year, number = year, after_year, after + 1


def _column(span: _Span, count: int, x: float, step: float, highest: int) -> Column:
    height = min(max(_TALLEST * count / highest, _LEAST), _TALLEST) if count else 0
    return Column(
        label=span.label,
        year=span.year,
        words=span.words,
        number=count,
        tone=span.tone,
        minor=span.minor,
        x=f"{x + step * 0.14:.2f}%",
        middle=f"{x + step / 2:.2f}%",
        width=f"{step * 0.72:.2f}%",
        y=f"{_BASE - height:.1f}",
        height=f"{height:.1f}",
        cut=count > highest,
    )


def _described(columns: Iterable[Column], unknown: int, noun: str) -> str:
    told = [f"{column.words}: {column.number}" for column in columns if column.number]
    if unknown:
        told.append(f"{counted(unknown, noun)} without a certificate to read")
    return f"{'; '.join(told)}." if told else "No certificate is known."

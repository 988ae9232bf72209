from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.render.times import (
    absolute,
    counted,
    days_between,
    milliseconds,
    relative,
    utc,
    whole_days,
)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(0), "in 0 seconds"),
        (timedelta(seconds=1), "in 1 second"),
        (timedelta(minutes=90), "in 90 minutes"),
        (timedelta(hours=47, minutes=59), "in 47 hours"),
        (timedelta(days=27, hours=23), "in 27 days"),
        (timedelta(days=-3, hours=-5), "3 days ago"),
        (timedelta(minutes=-2), "2 minutes ago"),
        (timedelta(days=729), "in 729 days"),
        (timedelta(days=731), "in 2 years"),
        (timedelta(days=1600), "in 4.3 years"),
    ],
)
def test_relative(ahead, words):
    assert relative(NOW + ahead, NOW) == words


def test_the_years_of_honest_and_odd_certificates_can_be_told():
    assert relative(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), NOW) == "in 7972.9 years"
    assert absolute(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01 00:00 UTC"


@given(st.timedeltas(timedelta(days=-9000), timedelta(days=9000)))
def test_direction_is_never_wrong(ahead):
    words = relative(NOW + ahead, NOW)
    assert words.startswith("in ") == (ahead >= timedelta(0))
    assert words.endswith(" ago") == (ahead < timedelta(0))


def test_absolute_is_utc():
    berlin = timezone(timedelta(hours=1))
    assert absolute(datetime(2026, 11, 22, 3, 0, tzinfo=berlin)) == "2026-11-22 02:00 UTC"
    assert utc(datetime(2026, 11, 22, 2, 0)) == NOW  # noqa: DTZ001 - naive on purpose


def test_days_round_down():
    assert days_between(NOW, NOW + timedelta(days=7, hours=-1)) == 6
    assert days_between(NOW, NOW - timedelta(hours=1)) == -1


@pytest.mark.parametrize(
    ("hours", "days"), [(0, 0), (23, 0), (24, 1), (47, 1), (-1, 0), (-24, -1), (-47, -1), (-48, -2)]
)
def test_whole_days_are_never_more_than_there_are(hours, days):
    assert whole_days(NOW, NOW + timedelta(hours=hours)) == days


def test_counts():
    assert [counted(n, "target") for n in (0, 1, 2)] == ["0 targets", "1 target", "2 targets"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0004, "0.4 ms"), (0.0124, "12 ms"), (0.9994, "999 ms"), (1, "1.0 s"), (61.25, "61.2 s")],
)
def test_durations(seconds, words):
    assert milliseconds(seconds) == words

"""What the values of options may be."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.cli import values

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31T12:00", datetime(2027, 1, 31, 12, tzinfo=UTC)),
        ("2027-01-31T12:00Z", datetime(2027, 1, 31, 12, tzinfo=UTC)),
        ("2027-01-31 12:00+02:00", datetime(2027, 1, 31, 10, tzinfo=UTC)),
        ("20270131T120000Z", datetime(2027, 1, 31, 12, tzinfo=UTC)),
        ("+30d", NOW + timedelta(days=30)),
        ("-12h", NOW - timedelta(hours=12)),
        ("+2w", NOW + timedelta(days=14)),
        ("+1y", NOW + timedelta(days=365)),
        ("+90m", NOW + timedelta(minutes=90)),
        ("+0s", NOW),
    ],
)
def test_a_time_is_a_date_an_instant_or_a_distance(text, expected):
    assert values.instant(text, NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "30d",
        "+d",
        "+30",
        "+30x",
        "+999999y",
        "2027-02-30",
        "2027-13-01",
        "1700000000",
        "+\uff13d",
        "0001-01-01T00:00+23:00",
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ArgumentTypeError, match="is no time"):
        values.instant(text, NOW)


@given(st.text(max_size=20))
def test_any_text_is_a_time_in_utc_or_refused(text):
    try:
        found = values.instant(text, NOW)
    except ArgumentTypeError:
        return
    assert found.utcoffset() == timedelta(0)


def test_a_distance_into_the_past_is_no_option():
    assert values.joined(["scan", "--as-of", "-30d", "x"]) == ["scan", "--as-of=-30d", "x"]
    assert values.joined(["scan", "--as-of", "-v", "-30d"]) == ["scan", "--as-of", "-v", "-30d"]


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "86401", "soon", ""])
def test_seconds_are_positive_and_finite(text):
    with pytest.raises(ArgumentTypeError):
        values.seconds(text)
    assert values.seconds("0.5") == 0.5


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "100001", "many", "", "٣"])
def test_a_count_is_a_whole_number(text):
    with pytest.raises(ArgumentTypeError):
        values.count(text)
    assert values.count("100000") == 100000


@pytest.mark.parametrize("text", ["", "1", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "a/b"])
def test_a_shard_is_one_of_its_parts(text):
    with pytest.raises(ArgumentTypeError):
        values.shard(text)
    assert values.shard(" 4/4 ") == (4, 4)


@pytest.mark.parametrize("text", ["", "json", "=file", "json=", "json=-"])
def test_an_output_is_a_format_and_a_file(text):
    with pytest.raises(ArgumentTypeError):
        values.output(text)
    assert values.output("json=a=b.json") == ("json", Path("a=b.json"))

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.chains import AS_OF

from probe.render.html.timeline import timeline

INSTANTS = st.datetimes(timezones=st.just(UTC))


def counted(*instants, now=AS_OF):
    return {one.words: one.number for one in timeline(instants, now).columns if one.number}


def after(**span):
    return AS_OF + timedelta(**span)


def test_each_certificate_is_in_the_column_of_its_time():
    assert counted(after(seconds=-1), after(days=-900)) == {"already expired": 2}
    assert counted(AS_OF, after(days=6.9)) == {"within 7 days": 2}
    assert counted(after(days=7), after(days=29.9)) == {"within 8 to 30 days": 2}
    assert counted(after(days=30)) == {"December 2026, after the 30 days": 1}
    assert counted(datetime(2027, 1, 1, tzinfo=UTC)) == {"January 2027": 1}
    assert counted(datetime(2027, 12, 1, tzinfo=UTC)) == {"December 2027 to February 2028": 1}
    assert counted(datetime(2028, 11, 30, tzinfo=UTC)) == {"September 2028 to November 2028": 1}
    assert counted(datetime(2028, 12, 1, tzinfo=UTC)) == {"later": 1}


@given(st.lists(st.none() | INSTANTS, max_size=20), INSTANTS)
def test_every_certificate_is_in_one_column(instants, now):
    drawn = timeline(instants, now)
    assert sum(one.number for one in drawn.columns) + drawn.unknown == len(instants)
    assert len(drawn.columns) == 20
    starts = [float(one.x.rstrip("%")) for one in drawn.columns]
    assert starts == sorted(starts)
    assert starts[-1] + float(drawn.columns[-1].width.rstrip("%")) <= 100


def test_the_words_say_what_the_picture_shows():
    drawn = timeline([after(days=-1), after(days=3), None], AS_OF)
    assert drawn.description == (
        "already expired: 1; within 7 days: 1; 1 target without a certificate to read."
    )
    assert timeline([], AS_OF).description == "No certificate is known."


def test_one_among_thousands_can_still_be_seen():
    drawn = timeline([after(days=1), *[after(days=100)] * 5000, *[after(days=2000)] * 9000], AS_OF)
    heights = [float(one.height) for one in drawn.columns if one.number]
    assert min(heights) >= 5
    assert max(heights) == pytest.approx(118)
    assert [one.words for one in drawn.columns if one.cut] == ["later"]
    assert not any(one.cut for one in timeline([after(days=2000)], AS_OF).columns)

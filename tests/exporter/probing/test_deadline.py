import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.exporter.probing import deadline


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("10", 9.5),
        ("9.75", 9.25),
        (" 5 ", 4.5),
        ("0.6", 0.5),
        ("0.001", 0.5),
        ("1e9", 300.0),
        ("0", None),
        ("-3", None),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("ten", None),
        ("", None),
        (None, None),
        ("1" * 5000, 300.0),
    ],
)
def test_what_a_scrape_grants(header, seconds):
    assert deadline.of(header) == seconds


@given(st.text() | st.floats().map(str))
def test_is_always_sane(header):
    seconds = deadline.of(header)
    assert seconds is None or (math.isfinite(seconds) and 0.5 <= seconds <= 300)

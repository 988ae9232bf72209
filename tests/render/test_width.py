import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from probe.render.escape import escape
from probe.render.width import char_width, cut, pad, width, wrap

SAFE = st.text(st.characters(codec="utf-8"), max_size=200).map(escape)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("\uff46\uff55", 4), ("✓", 1)],
)
def test_counts_columns(text, columns):
    assert width(text) == columns


def test_pads_by_columns():
    assert pad("日本", 6) == "日本  "
    assert pad("longer", 3) == "longer"


def test_cuts_by_columns():
    assert cut("mp01.corp.contoso.com", 10) == "mp01.corp…"
    assert cut("mp01", 4) == "mp01"
    assert cut("日本日本", 4) == "日…"
    assert cut("mp01.corp.contoso.com", 10, "...") == "mp01.co..."
    assert cut("mp01", 2, "...") == ".."


def test_breaks_names_after_punctuation():
    assert wrap("see https://learn.microsoft.com/en-us/configmgr/core", 24) == [
        "see",
        "https://learn.microsoft.",
        "com/en-us/configmgr/core",
    ]


def test_first_line_can_be_shorter():
    assert wrap("one two three", 20, first=4) == ["one", "two three"]
    assert wrap("unbreakable", 11, first=4) == ["", "unbreakable"]


@pytest.mark.parametrize("columns", [1, 0, -3])
def test_no_room_is_no_endless_loop(columns):
    assert wrap("a bc", columns) == ["a", "b", "c"]
    assert wrap("", columns) == [""]
    assert wrap("a", columns, first=-5) == ["", "a"]


@given(SAFE, st.integers(2, 40), st.integers(0, 40))
def test_wrapped_text_fits_and_loses_nothing(text, columns, first):
    first = min(first, columns)
    lines = wrap(text, columns, first=first)
    assert all(width(line) <= (columns if i else first) for i, line in enumerate(lines))
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(SAFE, st.integers(2, 40))
def test_a_mark_is_never_parted_from_its_letter(text, columns):
    for line in wrap(text, columns)[1:]:
        assert not line or char_width(line[0]) > 0


@given(SAFE, st.integers(1, 40))
@example("日0", 2)
def test_what_is_cut_fits(text, columns):
    assert width(cut(text, columns)) <= columns

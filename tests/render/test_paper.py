import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.render.paper import Paper, Style
from probe.render.width import width

SGR = re.compile("\x1b\\[[0-9;]+m")
TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)


def test_indents_further_lines_to_where_the_text_began():
    paper = Paper(60)
    paper.row([("  label  ", Style.FAINT)], "word " * 15)
    first, second = str(paper).splitlines()
    assert first.startswith("  label  word")
    assert second == " " * 9 + "word word word word word"


def test_follow_stands_before_further_lines():
    paper = Paper(60)
    paper.row([("└─ ", Style.FAINT)], "word " * 15, follow=[("   │ ", Style.FAINT)])
    assert str(paper).splitlines()[1].startswith("   │ word")


def test_sets_text_at_the_right_margin_or_under_it():
    paper = Paper(60)
    paper.row([], "short", right=("side", Style.FAINT))
    paper.row([], "x" * 58, right=("side", Style.FAINT))
    assert str(paper).splitlines() == ["short" + " " * 51 + "side", "x" * 58, "side"]


def test_colours_words_and_not_the_space_around_them():
    paper = Paper(60, colour=True)
    paper.row([("  ✗ ", Style.BAD)], "red", Style.BAD)
    assert str(paper) == "\x1b[1;31m  ✗\x1b[0m \x1b[1;31mred\x1b[0m\n"


def test_writes_no_colour_unless_told():
    paper = Paper(60)
    paper.row([("✗ ", Style.BAD)], "red", Style.BAD)
    assert str(paper) == "✗ red\n"


def test_blank_lines_never_double_and_never_lead():
    paper = Paper(60)
    paper.blank()
    paper.row([], "a")
    paper.blank()
    paper.blank()
    paper.row([], "b")
    assert str(paper) == "a\n\nb\n"


def test_nothing_written_is_nothing():
    assert str(Paper(60)) == ""


def test_ascii_has_forms_for_our_marks_and_escapes_for_the_rest():
    paper = Paper(60, unicode=False)
    paper.row([("└─ ✗ ", Style.BAD)], "Größe → “x”…")
    assert str(paper) == '`- x Gr\\xf6\\xdfe -> "x"...\n'


def test_very_long_text_is_cut_and_counted():
    paper = Paper(100)
    paper.row([], "a" * 100_000)
    assert "(100000 characters)" in str(paper)
    assert paper.height < 15


@pytest.mark.parametrize(("asked", "used"), [(10, 60), (100, 100), (1000, 160)])
def test_uses_sensible_widths(asked, used):
    assert Paper(asked).width == used


def test_cells_are_cut_and_filled():
    paper = Paper(60)
    paper.cells((("mp01.corp.contoso.com", Style.PLAIN, 8), ("rest " * 30, Style.PLAIN, 0)))
    (line,) = str(paper).splitlines()
    assert line.startswith("mp01.co…rest rest")
    assert width(line) == 60


def test_flowing_items_stay_whole():
    paper = Paper(60)
    paper.flow((f"item {number} of many", Style.PLAIN) for number in range(5))
    assert str(paper).splitlines() == [
        "item 0 of many  item 1 of many  item 2 of many",
        "item 3 of many  item 4 of many",
    ]


def test_what_is_for_copying_stays_on_its_line():
    paper = Paper(60)
    paper.verbatim("    ", "https://learn.microsoft.com/" + "x" * 100)
    paper.verbatim("    ", "")
    assert paper.height == 1


@given(TEXT, TEXT, TEXT, st.integers(60, 160), st.booleans(), st.booleans())
def test_every_line_fits_and_holds_no_escape_but_ours(text, lead, side, columns, colour, unicode):
    paper = Paper(columns, colour=colour, unicode=unicode)
    before = [("  ", Style.PLAIN), (lead, Style.BAD)]
    paper.row(before, text, Style.WARN, right=(side, Style.FAINT))
    paper.row([], text, follow=before)
    paper.cells(((lead, Style.GOOD, 20), (text, Style.PLAIN, 0)))
    for line in str(paper).split("\n"):
        bare = SGR.sub("", line) if colour else line
        assert "\x1b" not in bare
        assert width(bare) <= columns
        if not unicode:
            assert line.isascii()

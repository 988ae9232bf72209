from hypothesis import given
from hypothesis import strategies as st

from probe.render.metrics.label import LONGEST, label, written


def test_nothing_is_the_empty_label():
    assert label(None) == label("") == ""


def test_what_could_act_or_hide_is_spelled_out():
    assert label("a\nb\x1b[2J\u202e\ud800") == r"a\nb\x1b[2J\u202e\ud800"


def test_long_text_ends_in_an_ellipsis():
    assert label("x" * LONGEST) == "x" * LONGEST
    assert label("x" * (LONGEST + 1)) == "x" * (LONGEST - 1) + "…"
    assert label("\x00" * 1_000_000).endswith("…")
    assert len(label("\x00" * 1_000_000)) == LONGEST


@given(st.text(st.characters()))
def test_every_text_becomes_one_short_line_of_utf8(text):
    value = label(text)
    value.encode()
    assert len(value) <= LONGEST
    assert value.isprintable()


@given(st.text())
def test_escaping_can_be_undone(text):
    escaped = written(text)
    undone = escaped.replace(r"\\", "\0\0").replace(r"\n", "\n").replace(r"\"", '"')
    if "\0" not in text:
        assert undone.replace("\0\0", "\\") == text
    assert "\n" not in escaped

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.render import escape as escaping
from probe.render.escape import encodable, escape, inert_json

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("mp01.corp.contoso.com", "mp01.corp.contoso.com"),
        ("\x1b[2J\x1b]0;owned\x07", r"\x1b[2J\x1b]0;owned\x07"),
        ("\x9b31mred", r"\x9b31mred"),
        ("a\r\nb\tc\0", r"a\r\nb\tc\x00"),
        ("moc.\u202eosotnoc", r"moc.\u202eosotnoc"),
        ("\u2066isolated\u2069", r"\u2066isolated\u2069"),
        ("con\u200btoso\ufeff", r"con\u200btoso\ufeff"),
        ("soft\xadhyphen\xa0space", r"soft\xadhyphen\xa0space"),
        ("line\u2028paragraph\u2029", r"line\u2028paragraph\u2029"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("filler\u3164\u2800", r"filler\u3164\u2800"),
        ("lone\udcff", r"lone\udcff"),
        ("\u0301mark first", "\\u0301mark first"),
        ("Z" + "\u0301" * 5, "Z" + "\u0301" * 3 + r"\u0301\u0301"),
        ("Größe · 日本 · עברית", "Größe · 日本 · עברית"),
        ("CORP\\svc", "CORP\\svc"),
        ("", ""),
    ],
)
def test_shows_what_was_hidden_and_leaves_the_rest(hostile, shown):
    assert escape(hostile) == shown


@given(ANYTHING)
def test_nothing_shown_can_act_or_hide(text):
    shown = escape(text)
    assert shown == "".join(shown.splitlines())
    assert all(c.isprintable() for c in shown)
    assert not {unicodedata.bidirectional(c) for c in shown} & {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
        "BN",
    }
    shown.encode()


@given(ANYTHING)
def test_is_idempotent(text):
    assert escape(escape(text)) == escape(text)


@given(ANYTHING)
def test_ascii_is_ascii(text):
    shown = escape(text, ascii_only=True)
    assert shown.isascii()
    assert shown.isprintable()


@given(ANYTHING)
def test_what_is_encodable_differs_only_in_surrogates(text):
    encodable(text).encode()
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert encodable(text) == text


@given(
    st.text(
        st.sampled_from("a\x7f\x80\xad\xe9\u061c\u2190\u2026\u202e\u2066\ufeff\U000e0041"),
        max_size=9,
    )
)
def test_what_may_act_in_json_is_never_overlooked(text):
    encoded = text.encode()
    assert inert_json(encoded) == escaping._ACTIVE.sub(escaping._spell_json, encoded)


def test_no_character_that_may_act_in_json_is_overlooked():
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000)))).encode()
    found = {one[0] for one in escaping._ACTIVE.finditer(every)}
    assert len(found) > 60
    assert all(map(escaping._may_act, found))

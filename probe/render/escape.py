r"""Make text from strangers safe to show: what could move a cursor or hide becomes visible.

Names in certificates, DNS answers and HTTP reason phrases are hostile. Control characters can
rewrite the screen (ECMA-48), bidirectional controls can reorder what is read (UAX #9), invisible
characters can make two names look alike. All of them become escapes as Python spells them, such
as ``\x1b`` and ``\u202e``; everything else stays, so a name in any script remains readable.
"""

import re
import unicodedata

# Letters, marks and symbols by category, yet drawn as nothing (Default_Ignorable_Code_Point of
# the Unicode Character Database, and the blank Braille pattern). `str.isprintable` passes them.
_INVISIBLE = frozenset(
    {
        "\u034f",
        "\u115f",
        "\u1160",
        "\u17b4",
        "\u17b5",
        "\u180b",
        "\u180c",
        "\u180d",
        "\u180f",
        "\u2800",
        "\u3164",
        "\uffa0",
        *map(chr, range(0xFE00, 0xFE10)),
        *map(chr, range(0xE0100, 0xE01F0)),
    }
)

# In UTF-8: DEL and the C1 controls, the soft hyphen, the Arabic letter mark, what is invisible or
# changes direction in U+200B to U+206F, the byte order mark, and tags.
_ACTIVE = re.compile(
    rb"\x7f|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]"
    rb"|\xef\xbb\xbf|\xf3\xa0[\x80-\x87][\x80-\xbf]"
)

# What they begin with, but for E2 80 and E2 81: harmless arrows begin with E2, too.
_ACTIVE_STARTS = (b"\x7f", b"\xc2", b"\xd8", b"\xef", b"\xf3")
_PUNCTUATION = b"\xe2"

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

# More marks than this on one letter are no orthography; they climb over the neighbouring lines.
_MARKS = 3


def escape(text: str, *, ascii_only: bool = False) -> str:
    """Return ``text`` on one line, with nothing in it that acts on a terminal or cannot be seen.

    With ``ascii_only`` every character outside ASCII is escaped too, for encodings without it.
    """
    if text.isascii():
        if text.isprintable():
            return text
    elif ascii_only:
        return "".join(c if c.isascii() and c.isprintable() else _spell(c) for c in text)
    out = []
    marks = _MARKS  # a mark with no letter before it would sit on what we print ourselves
    for char in text:
        if unicodedata.category(char) in {"Mn", "Me"}:
            marks += 1
        else:
            marks = 0
        visible = char.isprintable() and char not in _INVISIBLE and marks <= _MARKS
        out.append(char if visible else _spell(char))
    return "".join(out)


def _spell(char: str) -> str:
    """Spell one character as Python would in a literal."""
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if code < 0x100:  # noqa: PLR2004 - the range of \x
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004 - likewise


def encodable(text: str) -> str:
    """Return ``text`` with lone surrogates spelled out, so that UTF-8 can carry it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(_spell(c) if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


def inert_json(encoded: bytes) -> bytes:
    r"""Return JSON that parses to the same, with ``\uXXXX`` for what a log viewer would act on.

    JSON itself demands that of the C0 controls only (RFC 8259, 7).
    """
    return _ACTIVE.sub(_spell_json, encoded) if _may_act(encoded) else encoded


def _may_act(encoded: bytes) -> bool:
    """Whether anything may be active: to look for single octets first takes 4 us, and not 50.

    A target takes 20 KiB of JSON, and nearly always has arrows in it and nothing else.
    """
    if encoded.isascii():
        return b"\x7f" in encoded
    if any(start in encoded for start in _ACTIVE_STARTS):
        return True
    at = encoded.find(_PUNCTUATION)
    while at >= 0:
        if encoded[at + 1] in (0x80, 0x81):
            return True
        at = encoded.find(_PUNCTUATION, at + 1)
    return False


def _spell_json(found: re.Match[bytes]) -> bytes:
    units = found[0].decode().encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)).encode()

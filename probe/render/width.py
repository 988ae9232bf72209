"""How many columns a terminal gives a text, and cutting and wrapping it by columns.

Everything here expects text that went through `probe.render.escape.escape`.
"""

import unicodedata
from collections.abc import Iterator

# After these a long name, address or path may be broken, before anything else is.
_BREAK_AFTER = frozenset(".,;/&?=:@-_+ \\")


def char_width(char: str) -> int:
    """Return the columns of one character: 0 for marks, 2 for wide East Asian ones (UAX #11)."""
    if char.isascii():
        return 1
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def width(text: str) -> int:
    """Return the columns of ``text``."""
    return len(text) if text.isascii() else sum(map(char_width, text))


def pad(text: str, columns: int) -> str:
    """Fill ``text`` with spaces up to ``columns``."""
    return text + " " * max(0, columns - width(text))


def _head(text: str, columns: int) -> int:
    """Return how many characters of ``text`` fit ``columns`` (at least one, marks included)."""
    used = 0
    for index, char in enumerate(text):
        used += char_width(char)
        if used > columns and index > 0 and char_width(char) > 0:
            return index
    return len(text)


def cut(text: str, columns: int, mark: str = "…") -> str:
    """Shorten ``text`` to ``columns``, ending in ``mark`` when something was left out."""
    if width(text) <= columns:
        return text
    if columns <= width(mark):
        return mark[:columns]
    head = text[: _head(text, columns - width(mark))]
    return head + mark if width(head) + width(mark) <= columns else mark


def wrap(text: str, columns: int, first: int | None = None) -> list[str]:
    """Break ``text`` into lines of at most ``columns``; ``first`` is for the first line.

    Lines break at spaces; a word longer than a line is broken after punctuation, else anywhere,
    but never between a letter and its marks. Returns at least one line, possibly empty. Less
    than one column counts as one.
    """
    columns = max(columns, 1)
    lines: list[str] = []
    line = ""
    room = columns if first is None else first
    for word in text.split():
        rest = word
        gap = " " if line else ""
        if width(line) + len(gap) + width(rest) <= room:
            line += gap + rest
            continue
        if line or room < columns:
            lines.append(line)
            room = columns
        *full, line = _broken(rest, columns)
        lines += full
    lines.append(line)
    return lines


def _broken(word: str, columns: int) -> Iterator[str]:
    """Yield the pieces of a word that may be longer than a line."""
    while width(word) > columns:
        end = _head(word, columns)
        start = max(1, end - columns // 2)
        best = next((i for i in range(end, start, -1) if word[i - 1] in _BREAK_AFTER), end)
        if best < len(word) and char_width(word[best]) == 0:
            best = end
        yield word[:best]
        word = word[best:]
    yield word

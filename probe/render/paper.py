"""Lines of a terminal: made safe, wrapped to the width, coloured last.

Text is escaped and measured before any colour is added, so that no escape sequence is ever cut
and none but ours is ever written. Where the output cannot carry Unicode, our own marks and rules
have ASCII forms and everything else is escaped.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from probe.render.escape import escape
from probe.render.width import cut, pad, width, wrap

MIN_WIDTH = 60
MAX_WIDTH = 160

# Columns that are kept for a text, whatever stands before it.
_ROOM = 20

# No honest text is longer; a hostile one must not push everything else off the screen.
_LONGEST = 800


class Style(StrEnum):
    """What a piece of text means; the value is its SGR parameters (ECMA-48, 8.3.117).

    Only the first eight colours are used: they follow the theme of the user's terminal.
    """

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    GOOD = "32"
    BAD = "1;31"
    WARN = "33"
    NOTE = "36"
    OPEN = "35"


Span = tuple[str, Style]

_ASCII = str.maketrans(
    {
        "✓": "+",
        "✗": "x",
        "○": "o",
        "·": "-",
        "→": "->",
        "←": "<-",
        "…": "...",
        "─": "-",
        "│": "|",
        "└": "`",
        "├": "|",
        "\u2013": "-",
        "—": "-",
        "\u2018": "'",
        "\u2019": "'",
        "“": '"',
        "”": '"',
        "\u202f": " ",
        "≥": ">=",
        "≤": "<=",
    }
)


class Paper:
    """Collects lines of at most ``width`` columns."""

    def __init__(self, width: int, *, colour: bool = False, unicode: bool = True) -> None:
        """Write for a terminal of ``width`` columns (60 to 160 are used)."""
        self.width = max(MIN_WIDTH, min(width, MAX_WIDTH))
        self._colour = colour
        self._unicode = unicode
        self._lines: list[str] = []

    def __str__(self) -> str:
        """Return everything written, ending in a newline."""
        return "\n".join((*self._lines, "")) if self._lines else ""

    @property
    def height(self) -> int:
        """How many lines were written."""
        return len(self._lines)

    def safe(self, text: str) -> str:
        """Return ``text`` as it can be shown here."""
        if self._unicode:
            return escape(text)
        return escape(text.translate(_ASCII), ascii_only=True)

    def blank(self) -> None:
        """Leave a line empty, but never two, and never the first."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def row(
        self,
        lead: Sequence[Span] = (),
        text: str = "",
        style: Style = Style.PLAIN,
        *,
        follow: Sequence[Span] | None = None,
        right: Span | None = None,
    ) -> None:
        """Write ``text`` after ``lead``, its further lines indented to where it began.

        ``follow`` stands before the further lines instead of spaces. ``right`` is set at the
        right margin of the last line, or under it where there is no room.
        """
        lead = self._fitted(lead)
        indent = sum(width(part) for part, _ in lead)
        follow = [(" " * indent, Style.PLAIN)] if follow is None else self._fitted(follow)
        hang = sum(width(part) for part, _ in follow)
        columns = self.width - hang
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]}… ({len(text)} characters)"
        lines = wrap(self.safe(text), columns, first=self.width - indent)
        side = (self.safe(right[0]), right[1]) if right else ("", Style.PLAIN)
        for number, line in enumerate(lines):
            spans = [*(follow if number else lead), (line, style)]
            if number + 1 == len(lines) and side[0]:
                used = sum(width(part) for part, _ in spans)
                room = self.width - used - width(side[0])
                if room > 1:
                    spans += [(" " * room, Style.PLAIN), side]
                    side = ("", Style.PLAIN)
            self._write(spans)
        if side[0]:
            for line in wrap(side[0], columns):
                self._write([*follow, (line, side[1])])

    def flow(self, items: Iterable[Span]) -> None:
        """Write items one after the other, each whole, on as many lines as they need."""
        line: list[Span] = []
        used = -2  # the first item on a line needs no gap
        for text, style in items:
            safe = self.safe(text)
            if line and used + 2 + width(safe) > self.width:
                self._write(line)
                line, used = [], -2
            line += [("  " if line else "", Style.PLAIN), (safe, style)]
            used += 2 + width(safe)
        self._write(line)

    def verbatim(self, lead: str, text: str) -> None:
        """Write an address or a command for copying: on one line, however long it is."""
        if text:
            self._write([(lead, Style.FAINT), (self.safe(text), Style.FAINT)])

    def cells(self, cells: Iterable[tuple[str, Style, int]]) -> None:
        """Write one line of columns: each text cut and filled to its columns; 0 is the rest."""
        spans: list[Span] = []
        used = 0
        for text, style, columns in cells:
            room = min(columns or self.width, self.width - used)
            shown = cut(self.safe(text), room, self.safe("…")) if room > 0 else ""
            spans.append((pad(shown, columns), style))
            used += columns or width(shown)
        self._write(spans)

    def _fitted(self, spans: Iterable[Span]) -> list[Span]:
        """Return spans made safe, and cut where they would leave no room for a text."""
        room = self.width - _ROOM
        fitted = []
        for text, style in spans:
            part = cut(self.safe(text), max(room, 0), self.safe("…"))
            room -= width(part)
            fitted.append((part, style))
        return fitted

    def _write(self, spans: Iterable[Span]) -> None:
        text = "".join(self._paint(part, style) for part, style in spans)
        self._lines.append(text.rstrip(" "))

    def _paint(self, text: str, style: Style) -> str:
        if not (self._colour and style and text.strip()):
            return text
        bare = text.rstrip(" ")
        return f"\x1b[{style}m{bare}\x1b[0m{text[len(bare) :]}"

"""A small document that is written as plain text or as Markdown, so that both say the same."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from probe.render.escape import escape
from probe.render.width import pad
from probe.render.width import width as columns

# What Markdown would take for markup in running text. `<` alone opens HTML.
_MARKUP = re.compile(r"([\\`*_\[\]<|])")
_SCHEME = "https://"


class Link(NamedTuple):
    """Text that leads to a page beside this one, or to a public one."""

    text: str
    to: str


Inline = str | Link


class Heading(NamedTuple):
    """A heading; level 1 is the page's."""

    level: int
    text: str


class Paragraph(NamedTuple):
    """Running text."""

    parts: tuple[Inline, ...]


class Items(NamedTuple):
    """A list of points."""

    points: tuple[tuple[Inline, ...], ...]


class Code(NamedTuple):
    """A command, as it is typed."""

    text: str


class Table(NamedTuple):
    """Rows under a header. In plain text the last column is wrapped."""

    header: tuple[str, ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


Block = Heading | Paragraph | Items | Code | Table


def markdown(blocks: Sequence[Block]) -> str:
    """Write the document as Markdown (CommonMark with tables), a line a paragraph."""
    return "\n\n".join(map(_markdown, blocks)) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {_marked((text,))}"
        case Paragraph(parts):
            return _marked(parts)
        case Items(points):
            return "\n".join(f"- {_marked(point)}" for point in points)
        case Code(text):
            return f"```\n{escape(text)}\n```"
        case Table(header, rows):
            lines = [
                header,
                ["---"] * len(header),
                *([_marked(cell) for cell in row] for row in rows),
            ]
            return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _marked(parts: Sequence[Inline]) -> str:
    return "".join(
        f"[{_plain_marked(part.text)}]({part.to})"
        if isinstance(part, Link)
        else _plain_marked(part)
        for part in parts
    )


def _plain_marked(text: str) -> str:
    return _MARKUP.sub(r"\\\1", escape(text))


def text(blocks: Sequence[Block], width: int) -> str:
    """Write the document as plain text of at most ``width`` columns, where words allow it."""
    lines: list[str] = []
    for block in blocks:
        if lines and not (isinstance(block, Table) and not lines[-1]):
            lines.append("")
        lines.extend(_text(block, width))
    return "\n".join(lines) + "\n"


def _text(block: Block, width: int) -> Iterator[str]:
    match block:
        case Heading(_, title):
            yield escape(title)
        case Paragraph(parts):
            yield from _wrapped(parts, width, "  ", "  ")
        case Items(points):
            for point in points:
                yield from _wrapped(point, width, "  - ", "    ")
        case Code(command):
            yield f"  {escape(command)}"
        case Table(header, rows):
            yield from _table(header, rows, width)


def _table(
    header: Sequence[str], rows: Sequence[Sequence[Sequence[Inline]]], width: int
) -> Iterator[str]:
    cells = [[escape(part) for part in header], *([_plain(cell) for cell in row] for row in rows)]
    widths = [max(columns(row[index]) for row in cells) for index in range(len(header) - 1)]
    indent = sum(widths) + 2 * len(widths)
    room = max(width - indent, 20)
    for row in cells:
        head = "".join(f"{pad(cell, size)}  " for cell, size in zip(row[:-1], widths, strict=True))
        first, *more = textwrap.wrap(row[-1], room, break_long_words=False) or [""]
        yield f"{head}{first}".rstrip()
        yield from (" " * indent + line for line in more)


def _wrapped(parts: Sequence[Inline], width: int, first: str, then: str) -> list[str]:
    return textwrap.wrap(
        _plain(parts),
        width,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(parts: Sequence[Inline]) -> str:
    return "".join(_spelled(part) if isinstance(part, Link) else escape(part) for part in parts)


def _spelled(link: Link) -> str:
    """Spell a link out where it leads to a public page; others lead to pages beside this one."""
    if link.to.startswith(_SCHEME) and link.text != link.to:
        return f"{escape(link.text)} <{link.to}>"
    return escape(link.text)

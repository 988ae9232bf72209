"""Where text goes: colour, width and characters that the reader's end can show."""

import os
import shutil
import sys
from typing import TextIO

_WIDTH = 100
_BLOCKS = "✓─│"


def colour(stream: TextIO, *, refused: bool) -> bool:
    """Whether to colour: on a terminal that can, unless --no-color or NO_COLOR say no."""
    if refused or os.environ.get("NO_COLOR") or not stream.isatty():
        return False
    if sys.platform == "win32":  # the old console host shows escape sequences as they are
        return bool(os.environ.get("WT_SESSION") or os.environ.get("TERM"))
    return os.environ.get("TERM", "dumb") != "dumb"


def width(stream: TextIO) -> int:
    """Return the columns of a terminal, or what suits a file."""
    if not stream.isatty():
        return _WIDTH
    return shutil.get_terminal_size((_WIDTH, 24)).columns


def unicode(stream: TextIO) -> bool:
    """Whether the stream's encoding has more than ASCII to draw with."""
    try:
        _BLOCKS.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

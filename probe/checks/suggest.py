"""What would be right: the nearest known word, and mistakes of type in the words of TOML."""

import difflib
import re
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "…"?)`` for the known word most like ``word``, or nothing."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f' (did you mean "{found[0]}"?)' if found else ""


_TYPES = {
    "str": "text",
    "int": "integer",
    "float": "number",
    "bool": "true or false",
    "array": "list",
    "object": "table",
}


def in_plain_words(message: str) -> str:
    """Return what msgspec says of a value, with the types called as in a TOML file."""
    return re.sub("`(\\w+)`", lambda word: _TYPES.get(word[1], word[0]), message)

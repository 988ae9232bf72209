"""What is wrong with an inventory: every problem with its file and key path, not only the first."""

import difflib
from collections.abc import Iterable

import msgspec

_SHOWN = 80


class Problem(msgspec.Struct, frozen=True):
    """One thing to mend: read as ``file: key: message``. ``key`` is empty for the whole file."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        """Read as ``file: key: message``, without what is not known."""
        return ": ".join(part for part in (self.file, self.key, self.message) if part)


class InventoryError(ValueError):
    """An inventory that cannot be used; ``problems`` lists everything found wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Place(msgspec.Struct, frozen=True):
    """Where something stands: a file, and a key path in it (``system[2]`` or ``line 4``)."""

    file: str
    prefix: str = ""
    joint: str = "."

    def key(self, step: str) -> str:
        """Return the key path of ``step`` below this place."""
        return f"{self.prefix}{self.joint}{step}" if self.prefix else step

    def problem(self, step: str, message: str) -> Problem:
        """Return a problem with ``step`` below this place, or with the place itself ("")."""
        return Problem(self.file, self.key(step) if step else self.prefix, message)

    def __str__(self) -> str:
        """Read as ``file: key``."""
        return f"{self.file}: {self.prefix}" if self.prefix else self.file


def quote(text: str) -> str:
    """Return ``text`` in double quotes, cut when long, with what is not printable escaped."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return '"' + repr(shown)[1:-1].replace("\\'", "'") + '"'


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "…"?)`` for the known word most like ``word``, or nothing."""
    folded = word.strip().lower().replace(" ", "-")
    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(folded, names, n=1, cutoff=0.6)
    if not near:
        near = difflib.get_close_matches(folded.replace("-", "_"), names, n=1, cutoff=0.6)
    return f' (did you mean "{names[near[0]]}"?)' if near else ""

"""A bar on standard error while targets are probed."""

import sys
import time
from types import TracebackType
from typing import Self

_EVERY = 0.1  # seconds between drawings
_WIDTH = 30
_LINES = 20  # where there is no terminal, at most so many


class Progress:
    """A context manager to be called with the targets done and their total; ``what`` names them.

    Drawn when standard error is a terminal; with ``wanted`` True plain lines otherwise, with
    False never.
    """

    def __init__(self, *, wanted: bool | None, quiet: bool = False, what: str = "targets") -> None:
        self._what = what
        self._stream = sys.stderr
        terminal = self._stream.isatty()
        self._shown = (terminal and not quiet) if wanted is None else wanted
        self._terminal = terminal
        self._next = 0.0
        self._drawn = False

    def __enter__(self) -> Self:
        """Draw nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` targets are finished."""
        if not self._shown or total < 2:  # noqa: PLR2004 - one target needs no bar
            return
        if not self._terminal:
            if done * _LINES // total != (done - 1) * _LINES // total:
                self._stream.write(f"{done} of {total} {self._what}\n")
                self._stream.flush()
            return
        now = time.monotonic()
        if now < self._next and done < total:
            return
        self._next = now + _EVERY
        self._drawn = True
        filled = _WIDTH * done // total
        bar = "#" * filled + "-" * (_WIDTH - filled)
        self._stream.write(f"\r[{bar}] {done} of {total} {self._what}\x1b[K")
        self._stream.flush()

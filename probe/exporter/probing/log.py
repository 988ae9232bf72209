"""The log of one probe, and of no other: lines go where the current context says."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from probe.render.escape import escape

_MOST: Final = 1000
_lines: ContextVar[list[str] | None] = ContextVar("probe_log", default=None)
_FORMAT: Final = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")


class _Capture(logging.Handler):
    """Keeps a line for the probe in whose context it was logged; tasks inherit that context."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line, with hostile text made visible."""
        lines = _lines.get()
        if lines is not None and len(lines) < _MOST:
            lines += [escape(line) for line in _FORMAT.format(record).splitlines()]


class Logs:
    """Captures while probes ask for it. Other handlers keep to what they showed before."""

    def __init__(self, name: str = "probe") -> None:
        self._logger = logging.getLogger(name)
        self._handler = _Capture()
        self._level = self._logger.level
        self._captures = 0
        self._others: list[tuple[logging.Handler, int]] = []

    @contextmanager
    def capture(self) -> Iterator[list[str]]:
        """Yield the list that the lines of this context are added to."""
        lines: list[str] = []
        token = _lines.set(lines)
        if not self._captures:
            self._begin()
        self._captures += 1
        try:
            yield lines
        finally:
            _lines.reset(token)
            self._captures -= 1
            if not self._captures:
                self._end()

    def _begin(self) -> None:
        self._level = self._logger.level
        self._others = [(handler, handler.level) for handler in self._logger.handlers]
        for handler, level in self._others:
            # What the logger kept from them until now, they do themselves.
            handler.setLevel(max(level, self._level))
        self._logger.addHandler(self._handler)
        self._logger.setLevel(logging.DEBUG)

    def _end(self) -> None:
        self._logger.setLevel(self._level)
        self._logger.removeHandler(self._handler)
        for handler, level in self._others:
            handler.setLevel(level)

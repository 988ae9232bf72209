"""Warnings and the log on standard error; standard output is the report's."""

import logging
import sys

from probe.render.escape import escape

_FORMAT = "cmprobe: %(levelname)s: %(message)s"


class _Line(logging.Formatter):
    """One line a record, with hostile text made visible; tracebacks below as they are."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own
        """Return the line of a record."""
        return escape(super().formatMessage(record))


def configure(*, verbose: int, quiet: bool) -> None:
    """Send this program's log to standard error: warnings, with -v more, with -q only errors."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line(_FORMAT))
    logger = logging.getLogger("probe")
    logger.handlers[:] = [handler]
    logger.propagate = False
    levels = {0: logging.WARNING, 1: logging.INFO}
    logger.setLevel(logging.ERROR if quiet else levels.get(verbose, logging.DEBUG))

"""Signals that come in a burst are one wish: a run that is ending already is left to end.

Whoever presses Ctrl-C thrice wants the run to stop, and its report. Only a signal that comes
later says that even that takes too long.
"""

import atexit
import contextlib
import signal
import time
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any, Final

SECONDS: Final = 1.0
"""How long after the first signal others are ignored."""

SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Hold signals to this thread back for a moment; processes started in it never get them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def endure(handlers: Mapping[int, Any], since: float) -> None:
    """Ignore signals until `SECONDS` after ``since`` (`time.monotonic`); later ``handlers`` act.

    When the interpreter ends it gives every signal its default action, and one that came then
    would be the exit status: so they are ignored from there on.
    """

    def again(number: int, _frame: FrameType | None) -> None:
        if time.monotonic() - since < SECONDS:
            return
        for each, handler in handlers.items():
            signal.signal(each, handler)
        signal.raise_signal(number)

    for number in handlers:
        signal.signal(number, again)
    atexit.register(_ignore, tuple(handlers))


def _ignore(numbers: tuple[int, ...]) -> None:
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)

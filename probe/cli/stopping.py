"""SIGINT and SIGTERM where no event loop runs: what was finished is kept."""

import contextlib
import signal
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

from probe.cli import patience

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """A signal came; no handler of ordinary errors must swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` at the first signal.

    Others that come with it are ignored; one that comes a second later acts as it would without
    this.
    """
    stopped = False
    try:
        before: dict[int, Any] = {number: signal.getsignal(number) for number in _SIGNALS}

        def give_back() -> None:
            for number, handler in before.items():
                signal.signal(number, handler)

        def stop(number: int, _frame: FrameType | None) -> None:
            nonlocal stopped
            stopped = True
            patience.endure(before, time.monotonic())
            raise Stopped(number)

        for number in _SIGNALS:
            signal.signal(number, stop)
    except ValueError:  # not the main thread: signals are somebody else's
        yield
        return
    try:
        yield
    finally:
        if not stopped:
            give_back()

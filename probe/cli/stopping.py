"""SIGINT and SIGTERM where no event loop runs: what was finished is kept."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """A signal came; no handler of ordinary errors must swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` at the first signal; a second one acts as it would without this."""
    try:
        before = {number: signal.getsignal(number) for number in _SIGNALS}

        def give_back() -> None:
            for number, handler in before.items():
                signal.signal(number, handler)

        def stop(number: int, _frame: FrameType | None) -> None:
            give_back()
            raise Stopped(number)

        for number in _SIGNALS:
            signal.signal(number, stop)
    except ValueError:  # not the main thread: signals are somebody else's
        yield
        return
    try:
        yield
    finally:
        give_back()

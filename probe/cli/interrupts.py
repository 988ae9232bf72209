"""SIGINT and SIGTERM end a run early instead of losing what it has found."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Any

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
)


async def interruptible(work: Coroutine[Any, Any, object]) -> int | None:
    """Run ``work`` to its end, or cancel it at the first signal and return the signal's number.

    A second signal acts as if this function were not there.
    """
    task = asyncio.ensure_future(work)
    caught: list[int] = []

    def stop(number: int) -> None:
        caught.append(number)
        task.cancel()

    with _handled(stop):
        try:
            await task
        except asyncio.CancelledError:
            if not caught:
                raise
    return caught[0] if caught else None


@contextlib.contextmanager
def _handled(stop: Callable[[int], None]) -> Iterator[None]:
    """Call ``stop`` in the loop at the first signal, and give the signals back afterwards."""
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}

    def first(number: int) -> None:
        give_back()
        stop(number)

    def outside(number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(first, number)

    def give_back() -> None:
        for number, handler in before.items():
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)
        before.clear()

    for number in _SIGNALS:
        handler = signal.getsignal(number)
        try:
            loop.add_signal_handler(number, first, number)
        except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            try:
                signal.signal(number, outside)
            except ValueError:
                continue
        before[number] = signal.SIG_DFL if handler is None else handler
    try:
        yield
    finally:
        give_back()

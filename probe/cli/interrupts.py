"""SIGINT and SIGTERM end a run early instead of losing what it has found."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Any

from probe.cli import patience


async def interruptible(work: Coroutine[Any, Any, object]) -> int | None:
    """Run ``work`` to its end, or cancel it at the first signal and return the signal's number.

    Others that come with it are ignored, also afterwards; one that comes a second later acts as
    if this function were not there.
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
    since: list[float] = []

    def caught(number: int) -> None:
        if not since:
            since.append(time.monotonic())
            stop(number)
        elif time.monotonic() - since[0] >= patience.SECONDS:
            _give_back(loop, before)
            signal.raise_signal(number)

    before = _listen(loop, caught)
    try:
        yield
    finally:
        with patience.held():
            _give_back(loop, before)
            if since:
                patience.endure(before, since[0])


def _listen(loop: asyncio.AbstractEventLoop, caught: Callable[[int], None]) -> dict[int, Any]:
    """Have ``caught`` called in the loop; returns the handlers that were there."""
    before: dict[int, Any] = {}

    def outside(number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(caught, number)

    for number in patience.SIGNALS:
        handler = signal.getsignal(number)
        try:
            loop.add_signal_handler(number, caught, number)
        except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            try:
                signal.signal(number, outside)
            except ValueError:
                continue
        before[number] = signal.SIG_DFL if handler is None else handler
    return before


def _give_back(loop: asyncio.AbstractEventLoop, before: dict[int, Any]) -> None:
    for number, handler in before.items():
        # Windows, or not the main thread: the loop has taken none that it could give back.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.remove_signal_handler(number)
        signal.signal(number, handler)

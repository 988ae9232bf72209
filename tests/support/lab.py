"""The embedded lab on a thread of its own, for tests of every room."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest


@contextmanager
def lab_in_background(directory: Path, now: datetime | None = None, *, timeout: float = 5.0):
    """Run a lab beside the test; yields the started `probe.lab.Lab`."""
    from probe.lab import Lab

    started: Future[tuple[Lab, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        stopping = asyncio.Event()
        try:
            async with Lab(directory, now or datetime.now(UTC), timeout=timeout) as lab:
                started.set_result((lab, asyncio.get_running_loop(), stopping))
                await stopping.wait()
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="lab")
    thread.start()
    lab, loop, stopping = started.result()
    try:
        yield lab
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()


@pytest.fixture(scope="session")
def contoso_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """One lab for the whole run. A target has 5 s, which only the silent one takes."""
    with lab_in_background(tmp_path_factory.mktemp("contoso")) as lab:
        yield lab

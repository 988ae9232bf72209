"""Errands from one process run by another: what several share is fetched once.

Both ends are this program, so what goes over the connection is pickled.
"""

import asyncio
import contextlib
import math
import threading
from multiprocessing.connection import Connection
from typing import Final

from probe.model.failure import Failure, Kind
from probe.net.revocation.choosing import place
from probe.net.revocation.errand import Errand, Fetched, Fetcher
from probe.net.revocation.shared import Kept, Shared, wait

_GONE: Final = "the process that fetches is gone"


class Remote:
    """Has errands run at the other end of a connection; on one event loop.

    A thread listens until the other end is closed.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._asked: dict[int, asyncio.Future[Fetched | None]] = {}
        self._count = 0
        threading.Thread(target=self._listen, daemon=True).start()

    async def fetch(self, errand: Errand) -> Fetched:
        """Have an errand run; raises nothing but cancellation."""
        self._count += 1
        number = self._count
        answer: asyncio.Future[Fetched | None] = self._loop.create_future()
        self._asked[number] = answer
        try:
            # An errand is small: the pipe takes it at once.
            self._connection.send((number, errand))
            fetched = await answer
        except OSError:
            fetched = None
        finally:
            self._asked.pop(number, None)
        if fetched is None:
            return Fetched(0.0, failure=Failure(errand.stage, Kind.INTERNAL, _GONE))
        return fetched

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError, RuntimeError):
            while True:
                number, fetched = self._connection.recv()
                self._loop.call_soon_threadsafe(self._take, number, fetched)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(self._end)

    def _take(self, number: int, fetched: Fetched | None) -> None:
        answer = self._asked.get(number)
        if answer is not None and not answer.done():
            answer.set_result(fetched)

    def _end(self) -> None:
        for number in list(self._asked):
            self._take(number, None)


class Desk:
    """Runs the errands of other processes, each errand once for all of them; on one event loop."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._loop = asyncio.get_running_loop()
        self._shared: Shared[Fetched] = Shared()
        self._tasks: set[asyncio.Task[None]] = set()

    def serve(self, connection: Connection) -> None:
        """Take errands from a connection, in a thread, until its other end is closed."""
        lock = threading.Lock()
        threading.Thread(target=self._listen, args=(connection, lock), daemon=True).start()

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._shared.close()

    def _listen(self, connection: Connection, lock: threading.Lock) -> None:
        with contextlib.suppress(EOFError, OSError, RuntimeError):
            while True:
                number, errand = connection.recv()
                self._loop.call_soon_threadsafe(self._begin, connection, lock, number, errand)

    def _begin(
        self, connection: Connection, lock: threading.Lock, number: int, errand: Errand
    ) -> None:
        task = self._loop.create_task(self._run(connection, lock, number, errand))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(
        self, connection: Connection, lock: threading.Lock, number: int, errand: Errand
    ) -> None:
        async def get() -> Kept[Fetched]:
            fetched = await self._fetcher.fetch(errand)
            return Kept(fetched, len(fetched.data), None)

        while (fetched := self._shared.known(errand)) is None:
            await wait([self._shared.ask(errand, get, place(errand.url))], math.inf)
        # A CRL is large, and its reader may be busy: that is a thread's to wait for.
        await asyncio.to_thread(_send, connection, lock, (number, fetched))


def _send(connection: Connection, lock: threading.Lock, answer: tuple[int, Fetched]) -> None:
    with lock, contextlib.suppress(OSError):
        connection.send(answer)

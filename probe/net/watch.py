"""Being told when sockets are ready: epoll beneath the event loop where there is one.

An event loop keeps a handle and a selector key for each socket and direction. A short connection
changes them three times, which is a quarter of what it costs without TLS (22 of 90 microseconds).
Here the loop watches one epoll, and that watches the sockets: a change is one call of the kernel.
"""

import asyncio
import select
import sys
from collections.abc import Callable
from typing import Final, Protocol
from weakref import WeakKeyDictionary

READ: Final = 1
WRITE: Final = 4
"""What to wait for, as epoll counts it (EPOLLIN and EPOLLOUT)."""

Ready = Callable[[], None]
"""Called each time a socket is ready, or broken: reading or writing then tells."""


class Watch(Protocol):
    """Sockets by descriptor, each with what it waits for and whom to tell."""

    def wait(self, descriptor: int, events: int, ready: Ready) -> None:
        """Wait for ``events`` and for nothing else from now on."""

    def forget(self, descriptor: int) -> None:
        """Stop waiting; to be called before the socket is closed."""


class Loop:
    """The event loop itself, where there is no epoll."""

    __slots__ = ("_loop",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def wait(self, descriptor: int, events: int, ready: Ready) -> None:
        """Wait for ``events`` and for nothing else from now on."""
        # What is added comes first: the loop then changes its entry instead of making another.
        if events & READ:
            self._loop.add_reader(descriptor, ready)
        if events & WRITE:
            self._loop.add_writer(descriptor, ready)
        if not events & READ:
            self._loop.remove_reader(descriptor)
        if not events & WRITE:
            self._loop.remove_writer(descriptor)

    def forget(self, descriptor: int) -> None:
        """Stop waiting; to be called before the socket is closed."""
        self._loop.remove_reader(descriptor)
        self._loop.remove_writer(descriptor)


if sys.platform == "linux":

    class Epoll:
        """An epoll of our own, itself watched by the event loop."""

        __slots__ = ("_epoll", "_told")

        def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
            self._epoll = select.epoll()
            self._told: dict[int, Ready] = {}
            loop.add_reader(self._epoll.fileno(), self._tell)

        def wait(self, descriptor: int, events: int, ready: Ready) -> None:
            """Wait for ``events`` and for nothing else from now on."""
            if descriptor in self._told:
                self._epoll.modify(descriptor, events)
            else:
                self._epoll.register(descriptor, events)
            self._told[descriptor] = ready

        def forget(self, descriptor: int) -> None:
            """Stop waiting; to be called before the socket is closed."""
            if self._told.pop(descriptor, None) is not None:
                self._epoll.unregister(descriptor)

        def _tell(self) -> None:
            told = self._told
            # All are looked up before the first is told: what it closes and opens may give its
            # number to another socket, which is not ready.
            for ready in [told[descriptor] for descriptor, _ in self._epoll.poll(0)]:
                try:
                    ready()
                except Exception as error:  # noqa: BLE001 - as the loop does: the others go on
                    asyncio.get_running_loop().call_exception_handler(
                        {"message": "a connection failed", "exception": error}
                    )

    _watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()

    def watching(loop: asyncio.AbstractEventLoop) -> Watch:
        """Return the watch of an event loop."""
        found = _watches.get(loop)
        if found is None:
            found = _watches[loop] = Epoll(loop)
        return found

else:

    def watching(loop: asyncio.AbstractEventLoop) -> Watch:
        """Return the watch of an event loop."""
        return Loop(loop)

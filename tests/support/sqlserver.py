"""SQL Servers of the lab on loopback, each alone, on a thread of its own."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from probe.lab.builder import Issued
from probe.lab.https import Tls, server_context
from probe.lab.listening import Conversation, Listeners, bind
from probe.lab.tds import STRICT, Encrypts, Login, Tds


def tds_context(issued: Issued, *, sent: tuple[bytes, ...] | None = None) -> ssl.SSLContext:
    return server_context(issued, issued.sent if sent is None else sent, tds=True)


def strict_context(issued: Issued) -> ssl.SSLContext:
    context = server_context(issued, issued.sent)
    context.set_alpn_protocols([STRICT])
    return context


def tds(issued: Issued, encrypts: Encrypts = Encrypts.OPTIONAL, **options) -> Conversation:
    return Tds(tds_context(issued), encrypts, **options)


def strict(issued: Issued) -> Conversation:
    return Tls(strict_context(issued), Login(Encrypts.FORCED))


@contextmanager
def served(factory: Callable[[], Conversation], address: str = "127.0.0.1") -> Iterator[int]:
    """Serve conversations until the block ends; yields the port."""
    started = threading.Event()
    found: list = []

    async def serve() -> None:
        stopping = asyncio.Event()
        listeners = Listeners()
        (bound,) = bind((address,))
        found.extend((bound.getsockname()[1], asyncio.get_running_loop(), stopping))
        await listeners.serve(bound, factory)
        started.set()
        await stopping.wait()
        await listeners.aclose()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="sql server")
    thread.start()
    started.wait(10)
    port, loop, stopping = found
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()

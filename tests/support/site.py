"""Web pages and TLS servers on loopback in a thread of their own, for tests of whole commands."""

import asyncio
import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support import pki

from probe.lab.builder import Issued


class Site:
    """``pages`` by path, with an ETag; ``hits`` are path and status of what was asked."""

    def __init__(self, directory: Path) -> None:
        self.pages: dict[str, bytes] = {}
        self.hits: list[tuple[str, int]] = []
        self.validators = True
        self.delay = 0.0
        self.at = ""
        self._directory = directory
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []

    def tls(self, issued: Issued) -> int:
        """Serve TLS with a certificate; returns the port."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki.write(self._directory, issued, f"tls{len(self._servers)}.pem"))

        async def hang_up(_reader, writer):
            writer.close()

        return self._do(self._listen(hang_up, context))

    async def _listen(self, handler, context=None) -> int:
        server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
        self._servers.append(server)
        return server.sockets[0].getsockname()[1]

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _answer(self, reader, writer) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ")[1]
            body = self.pages.get(path)
            etag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'
            status = 404 if body is None else 200
            if status == 200 and f"If-None-Match: {etag}".lower() in head.lower():
                status, body = 304, b""
            self.hits.append((path, status))
            await asyncio.sleep(self.delay)
            lines = [f"HTTP/1.1 {status} As It Is", f"Content-Length: {len(body or b'')}"]
            if self.validators:
                lines.append(f"ETag: {etag}")
            writer.write("\r\n".join((*lines, "", "")).encode() + (body or b""))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @contextmanager
    def running(self) -> Iterator["Site"]:
        thread = threading.Thread(target=self._loop.run_forever, name="site")
        thread.start()
        try:
            self.at = f"http://127.0.0.1:{self._do(self._listen(self._answer))}"
            yield self
        finally:
            self._do(self._close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


@contextmanager
def site(directory: Path) -> Iterator[Site]:
    """Run a site."""
    with Site(directory).running() as one:
        yield one

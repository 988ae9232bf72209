"""A server that accepts connections at every loopback address and never says a word."""

import asyncio
import contextlib
import socket
import sys


async def _serve() -> None:
    # Every address of 127.0.0.0/8; the namespace has no other.
    server = await asyncio.start_server(_listen, "0.0.0.0", 0, backlog=4096, limit=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


async def _listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    with contextlib.suppress(OSError):
        while await reader.read(1024):
            pass
    writer.close()


if __name__ == "__main__":
    asyncio.run(_serve())

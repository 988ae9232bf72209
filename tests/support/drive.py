"""Driving an exchange without a network: against a server in memory, or over real sockets."""

import socket
import ssl
from collections.abc import Iterable, Iterator
from itertools import chain, repeat

from probe.net.exchange import Exchange


class MemoryServer:
    """The standard library's TLS server over memory buffers."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self.shaken = False
        self.failed = False
        self.ended = False

    def receive(self, data: bytes) -> bytes:
        self._incoming.write(data)
        try:
            if not self.shaken:
                self._tls.do_handshake()
                self.shaken = True
            if not self._tls.read(1):
                self.ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLError:
            self.failed = True
        return self._outgoing.read()


def pieces(data: bytes, sizes: Iterator[int]) -> Iterator[bytes]:
    position = 0
    while position < len(data):
        size = next(sizes)
        yield data[position : position + size]
        position += size


def converse(client: Exchange, server: MemoryServer, sizes: Iterable[int] = ()) -> None:
    """Let both talk until the client is finished or nobody says anything more.

    What the server sends reaches the client in pieces of ``sizes``, then in whole.
    """
    cut = chain(sizes, repeat(1 << 20))
    to_server = client.begin()
    while to_server:
        to_client = server.receive(to_server)
        to_server = b""
        for piece in pieces(to_client, cut):
            if client.finished:
                break
            to_server += client.receive(piece)
    if client.finished:
        return
    if server.failed:
        client.closed(reset=False)
    else:
        client.expire()


def over_tcp(client: Exchange, port: int, seconds: float = 5.0, *, piece: int = 1 << 16) -> None:
    """Run an exchange over a blocking socket, reading at most ``piece`` octets at once."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as sock:
        try:
            sock.sendall(client.begin())
            while not client.finished:
                patience = getattr(client, "patience", None)
                sock.settimeout(patience or seconds)
                data = sock.recv(piece)
                if data:
                    sock.sendall(client.receive(data))
                else:
                    client.closed(reset=False)
        except TimeoutError:
            client.expire()
            sock.sendall(getattr(client, "farewell", b""))
        except ConnectionResetError:
            client.closed(reset=True)

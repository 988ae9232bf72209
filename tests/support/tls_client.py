"""Drives a sans-I/O TLS client: over a blocking socket, or against an SSLObject in process."""

import socket
import ssl
import time
from collections.abc import Iterable, Iterator


def drive(machine, port: int, *, address: str = "127.0.0.1", seconds: float = 5.0):
    """Run ``machine`` over a TCP connection to its end, politely; return it."""
    with socket.create_connection((address, port), timeout=seconds) as sock:
        drive_socket(machine, sock, seconds=seconds)
    return machine


def drive_socket(machine, sock: socket.socket, *, seconds: float = 5.0) -> None:
    """Run ``machine`` over a connected socket. ``seconds`` is the deadline for all of it."""
    deadline = time.monotonic() + seconds
    try:
        sock.sendall(machine.begin())
        while not machine.finished:
            patience = getattr(machine, "patience", None)
            left = deadline - time.monotonic() if patience is None else patience
            sock.settimeout(max(left, 0.001))
            data = sock.recv(65536)
            if not data:
                machine.closed(reset=False)
                break
            out = machine.receive(data)
            if out:
                sock.sendall(out)
    except TimeoutError:
        machine.expire()
        sock.sendall(getattr(machine, "farewell", b""))
    except (ConnectionResetError, BrokenPipeError):
        machine.closed(reset=True)
    if machine.finished:
        _let_go(sock)


def _let_go(sock: socket.socket) -> None:
    """Close our side and read what is on its way, so that the server sees no reset."""
    try:
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(1)
        while sock.recv(65536):
            pass
    except OSError:
        pass


class Server:
    """A TLS server in this process, on the standard library's engine over memory."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_side=True)
        self.completed = False
        self.closed_cleanly = False
        self.error: ssl.SSLError | None = None

    def receive(self, data: bytes) -> bytes:
        """Take octets from the client; return what the server sends."""
        self._in.write(data)
        try:
            if not self.completed:
                self.tls.do_handshake()
                self.completed = True
            # Nothing at all is what close_notify reads as.
            self.closed_cleanly = not self.tls.read(1)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self.error = error
        return self._out.read()


def converse(machine, server, cut=lambda data: (data,)) -> list[bytes]:
    """Run ``machine`` against a `Server`; return what the server sent, one item a turn.

    ``cut`` splits each of the server's answers into the pieces in which they arrive.
    """
    flights = []
    out = machine.begin()
    while out:
        flight = server.receive(out)
        flights.append(flight)
        out = b"".join(machine.receive(piece) for piece in cut(flight) if not machine.finished)
    return flights


def replay(machine, flights: Iterable[bytes], cut=lambda data: (data,)) -> None:
    """Feed recorded flights."""
    machine.begin()
    for flight in flights:
        for piece in cut(flight):
            machine.receive(piece)


def single_octets(data: bytes) -> Iterator[bytes]:
    """Cut into single octets."""
    return (data[i : i + 1] for i in range(len(data)))

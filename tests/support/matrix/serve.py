"""Running a case's server, and talking to it."""

import contextlib
import dataclasses
import itertools
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from support.matrix.case import Case
from support.matrix.identity import Store
from support.matrix.recipes import RECIPES, Place
from support.programs import free_port, running
from support.tls_client import drive_socket

_PATIENCE = 15.0
_STRIDE = 199
_OWN = itertools.cycle(range(20000 + os.getpid() % _STRIDE, 32768, _STRIDE))

COMPLAINTS = {
    "s_server": re.compile(r":error:|ERROR"),
    "nginx": re.compile(r"\[(warn|error|crit|alert|emerg)\]|SSL_"),
    "haproxy": re.compile(r"SSL handshake failure|ALERT|ERROR"),
    "apache": re.compile(r"SSL [Ll]ibrary [Ee]rror|\[ssl:(error|crit)\]"),
    "gnutls": re.compile(r"Error"),
    "caddy": re.compile(r"TLS handshake error|\"level\":\"error\""),
    "stunnel": re.compile(r"SSL_accept|SSL_read|SSL_write|error:|Connection reset"),
}
"""What a line says that complains of a client's handshake."""


def address() -> str:
    """This process's own loopback address: nobody else takes a port that was free there."""
    number = os.getpid() & 0xFFFF
    return f"127.77.{number >> 8}.{number & 0xFF or 1}"


def _port_everywhere() -> int:
    """Return a port that is free at every address, and that nobody is given who asks for any.

    Those are above 32767; the remainder by the stride is this process's own.
    """
    for port in _OWN:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
            return port
    raise AssertionError("unreachable")


class Running:
    """A server that runs. It may still be starting: the first to talk to it waits."""

    def __init__(self, case: Case, place: Place, process: subprocess.Popen[bytes]) -> None:
        self._case, self._place, self._process = case, place, process

    def talk(self, machine):
        """Drive ``machine`` over a connection of its own; return it."""
        with self._connect() as sock:
            drive_socket(machine, sock, seconds=5.0)
        return machine

    def said(self) -> str:
        """Return everything that the server wrote so far."""
        return (self._place.directory / "server.log").read_text("utf-8", errors="replace")

    def complaints(self) -> list[str]:
        """Return the lines that speak of failed handshakes."""
        pattern = COMPLAINTS[self._case.server]
        return [line for line in self.said().splitlines() if pattern.search(line)]

    def _connect(self) -> socket.socket:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                sock = socket.create_connection((self._place.address, self._place.port), timeout=5)
                if sock.getsockname() != sock.getpeername():
                    return sock
                # While nobody listens, TCP may connect a port of the ephemeral range to itself.
                sock.close()
            except ConnectionRefusedError:
                stopped = self._process.poll() is not None
                if stopped or time.monotonic() > until:
                    raise AssertionError(f"{self._case} does not start: {self.said()}") from None
                time.sleep(0.01)


@contextlib.contextmanager
def serve(case: Case, store: Store, directory: Path) -> Iterator[Running]:
    """Run the server of a case until the block ends."""
    own = address()
    files = store.files(case.key, case.chain)
    case = dataclasses.replace(case, options=tuple(map(store.fill_in, case.options)))
    # gnutls-serv knows no address to listen on; it takes the port on every one.
    port = _port_everywhere() if case.server == "gnutls" else free_port(own)
    with socket.create_server((own, 0), backlog=64) as backend:
        place = Place(directory, own, port, backend.getsockname()[1])
        command = RECIPES[case.server](case, files, place)
        home = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(directory))
        with running(command, port, directory=directory, environment=home, knock=False) as process:
            yield Running(case, place, process)

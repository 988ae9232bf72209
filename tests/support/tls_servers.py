"""OpenSSL's own test server as a process, for one test each."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator

from support.tls_client import drive_socket
from support.tls_identity import Identities


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class SServer:
    """A running ``openssl s_server``; `complaints` are what it wrote as errors."""

    def __init__(self, process: subprocess.Popen, port: int) -> None:
        self._process = process
        self.port = port

    def run(self, machine, *, seconds: float = 5.0):
        """Drive a machine against it, waiting until it listens; return the machine."""
        deadline = time.monotonic() + 10
        while True:
            try:
                sock = socket.create_connection(("127.0.0.1", self.port), timeout=seconds)
                break
            except ConnectionRefusedError:
                assert self._process.poll() is None, self.complaints()
                assert time.monotonic() < deadline
                time.sleep(0.005)
        with sock:
            drive_socket(machine, sock, seconds=seconds)
        return machine

    def complaints(self) -> list[str]:
        """Stop the server and return its error lines."""
        self._process.stdin.close()
        self._process.terminate()
        text = self._process.stderr.read()
        self._process.wait(timeout=10)
        return [line for line in text.splitlines() if ":error:" in line]


@contextlib.contextmanager
def s_server(identities: Identities, kind: str, *options: str) -> Iterator[SServer]:
    """Serve an identity with ``openssl s_server``."""
    port = free_port()
    chain, key = identities.paths(kind)
    arguments = ["-accept", f"127.0.0.1:{port}", "-cert", chain, "-key", key]
    if len(identities.sent(kind)) > 1:
        arguments += ["-cert_chain", identities.issuers(kind)]
    process = subprocess.Popen(
        ["openssl", "s_server", "-quiet", *map(str, arguments), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield SServer(process, port)
    finally:
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.kill()
        process.stderr.close()
        process.wait(timeout=10)

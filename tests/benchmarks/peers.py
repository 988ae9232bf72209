"""The other programs, on the same servers: processor seconds for each handshake or probe."""

import asyncio
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fleet import PORTS, address, host
from waiting import listening, spent, used

BLACKBOX: Final = "prometheus-blackbox-exporter"
_PORT: Final = 8490
_AT_ONCE: Final = 100


class Blackbox:
    """A running blackbox_exporter that is asked over HTTP, as Prometheus does."""

    def __init__(self, process: int) -> None:
        self._process = process

    def cost(self, port: int, count: int, module: str = "handshake") -> float:
        """Return the processor seconds of each of ``count`` probes; AssertionError if one fails."""
        before = used(self._process)
        asyncio.run(_ask(count, port, module))
        return (used(self._process) - before) / count

    def memory(self) -> int:
        """Return the resident octets."""
        status = Path(f"/proc/{self._process}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024


@contextmanager
def blackbox(folder: Path) -> Iterator[Blackbox | None]:
    """Run blackbox_exporter on loopback; None where it is not installed."""
    program = shutil.which(BLACKBOX)
    if program is None:
        yield None
        return
    configuration = folder / "blackbox.yml"
    configuration.write_text(
        f"""modules:
  handshake:
    prober: tcp
    timeout: 10s
    tcp: {{tls: true, tls_config: {{insecure_skip_verify: true, server_name: {host(0)}}}}}
"""
    )
    server = subprocess.Popen(
        [program, f"--config.file={configuration}", f"--web.listen-address=127.0.0.1:{_PORT}"],
        stderr=subprocess.DEVNULL,
    )
    try:
        listening(_PORT)
        yield Blackbox(server.pid)
    finally:
        server.terminate()
        server.wait()


async def _ask(count: int, port: int, module: str) -> None:
    numbers = list(range(count))

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", _PORT)
        while numbers:
            target = f"{address(numbers.pop())}:{port}"
            path = f"/probe?module={module}&target={target}"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            body = await _body(reader, head)
            assert b"\nprobe_success 1" in body, body.decode()
        writer.close()

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    lower = head.lower()
    if b"content-length:" in lower:
        return await reader.readexactly(int(lower.partition(b"content-length:")[2].split()[0]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


def s_time(kind: str, version: str, seconds: int) -> float | None:
    """Return the processor seconds of a handshake of ``openssl s_time``; None without it."""
    program = shutil.which("openssl")
    if program is None:
        return None
    port = PORTS[kind, version]
    command = [program, "s_time", "-connect", f"127.0.0.1:{port}", "-new", "-time", str(seconds)]
    # It tells how many connections there were, and of the processor the user's time only.
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken / int(output.partition(" connections in ")[0].split()[-1])


def sslscan(kind: str, runs: int) -> float | None:
    """Return the processor seconds of ``sslscan``, asked for nothing but the certificate."""
    program = shutil.which("sslscan")
    if program is None:
        return None
    off = ["ciphersuites", "fallback", "renegotiation", "compression", "heartbleed", "groups"]
    options = ["--show-certificate", *(f"--no-{one}" for one in off)]
    command = [program, *options, f"127.0.0.1:{PORTS[kind, '1.3']}"]
    return sum(spent(command) for _ in range(runs)) / runs


def sslyze(python: str | None, kind: str, count: int) -> float | None:
    """Return the processor seconds that one more target costs ``sslyze --certinfo``."""
    if python is None:
        return None
    few, many = (
        spent(
            [python, "-m", "sslyze", "--certinfo", "--mozilla_config=disable"]
            + [f"{address(number)}:{PORTS[kind, '1.3']}" for number in range(size)]
        )
        for size in (2, 2 + count)
    )
    return (many - few) / count

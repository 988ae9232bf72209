"""Servers from the operating system's packages, started on loopback for a test.

A test for a program that is not installed is skipped and says so; with CMPROBE_REQUIRE_ALL=1 it
fails instead.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import pki

from probe.lab import builder
from probe.lab.builder import Issued

_STARTING = 15.0
_PATHS = "/usr/sbin:/usr/local/sbin:/sbin"


def program(name: str) -> str:
    """Return the path of a program; skip the test, or fail it, when it is not installed."""
    found = shutil.which(name) or shutil.which(name, path=_PATHS)
    if found is None:
        missing(f"{name} is not installed")
    return found


def missing(reason: str):
    """Skip the test for want of a real part; fail it where every part is demanded."""
    if os.environ.get("CMPROBE_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port(address: str = "127.0.0.1", kind: int = socket.SOCK_STREAM) -> int:
    """Return a port that nobody listens on now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


@contextmanager
def running(
    command: Sequence[str | Path],
    port: int,
    *,
    directory: Path,
    address: str = "127.0.0.1",
    environment: dict[str, str] | None = None,
    knock: bool = True,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in the foreground until the block ends; it must accept on ``port`` soon.

    What it says is kept in ``server.log`` of its directory, and shown when it does not start.
    Without ``knock`` nobody waits, and no connection of ours is in its log.
    """
    log = directory / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env={**os.environ, **(environment or {})},
        )
        try:
            if knock:
                _wait(process, address, port, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, port: int, log: Path) -> None:
    until = time.monotonic() + _STARTING
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    said = log.read_text("utf-8", errors="replace")[-2000:]
    raise AssertionError(f"{process.args} does not accept on port {port}: {said}")


@contextmanager
def openssl_server(directory: Path, issued: Issued, *options: str) -> Iterator[int]:
    """Run ``openssl s_server`` with a certificate and its issuers; yields its port."""
    port = free_port()
    own = pki.write(directory, issued)
    issuers = directory / "issuers.pem"
    issuers.write_bytes(builder.pem(*issued.sent[1:]))
    given = ("-cert", own, "-key", own, "-cert_chain", issuers)
    command = (program("openssl"), "s_server", "-accept", f"127.0.0.1:{port}", *given, "-quiet")
    with running((*command, *options), port, directory=directory):
        yield port


@contextmanager
def nginx(directory: Path, server: str, *, http: str = "") -> Iterator[int]:
    """Run nginx with one ``server`` block, whose listening port stands as PORT; yields it."""
    port = free_port()
    path = program("nginx")
    configuration = directory / "nginx.conf"
    configuration.write_text(
        f"""daemon off; master_process off; pid {directory}/nginx.pid; error_log stderr notice;
        events {{ worker_connections 512; }}
        http {{ access_log off; client_body_temp_path {directory}; proxy_temp_path {directory};
          fastcgi_temp_path {directory}; uwsgi_temp_path {directory}; scgi_temp_path {directory};
          {http}
          server {{ {server} }} }}""".replace("PORT", str(port)),
        encoding="utf-8",
    )
    with running([path, "-p", directory, "-c", configuration], port, directory=directory):
        yield port


@contextmanager
def haproxy(
    directory: Path, bind: str, *, frontend: str = "http-request return status 200"
) -> Iterator[int]:
    """Run haproxy with one TLS listener; ``bind`` are the words after the address."""
    port = free_port()
    path = program("haproxy")
    configuration = directory / "haproxy.cfg"
    configuration.write_text(
        f"""global
    ssl-default-bind-options ssl-min-ver TLSv1.0
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 10s
frontend tls
    bind 127.0.0.1:{port} {bind}
    {frontend}
""",
        encoding="utf-8",
    )
    with running([path, "-db", "-f", configuration], port, directory=directory):
        yield port


@contextmanager
def apache(directory: Path, virtual_host: str) -> Iterator[int]:
    """Run Apache with one TLS virtual host; yields its port."""
    port = free_port()
    path = program("apache2")
    modules = Path("/usr/lib/apache2/modules")
    root = directory / "htdocs"
    root.mkdir(exist_ok=True)
    (root / "index.html").write_text("here", encoding="utf-8")
    loaded = (
        "mpm_event",
        "authz_core",
        "authn_core",
        "socache_shmcb",
        "ssl",
        "dir",
        "alias",
    )
    configuration = directory / "apache.conf"
    lines = [f"LoadModule {name}_module {modules}/mod_{name}.so" for name in loaded]
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    configuration.write_text(
        "\n".join(lines)
        + f"""
ServerName localhost
ServerRoot {directory}
PidFile {directory}/apache.pid
ErrorLog {directory}/error.log
LogLevel info ssl:info
{user}
Listen 127.0.0.1:{port}
StartServers 1
DocumentRoot {root}
<VirtualHost 127.0.0.1:{port}>
SSLEngine on
{virtual_host}
</VirtualHost>
""",
        encoding="utf-8",
    )
    _open_to_all(directory)
    with running([path, "-D", "FOREGROUND", "-f", configuration], port, directory=directory):
        yield port


@contextmanager
def knot(directory: Path, zone: str, records: str) -> Iterator[int]:
    """Run the Knot DNS server with one zone on loopback; yields its port (UDP and TCP)."""
    port = free_port()
    path = program("knotd")
    (directory / "zone").write_text(records, encoding="utf-8")
    configuration = directory / "knot.conf"
    configuration.write_text(
        f"""server:
    listen: 127.0.0.1@{port}
    rundir: {directory}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: {directory}
zone:
  - domain: {zone}
    file: {directory}/zone
    zonefile-sync: -1
    journal-content: none
log:
  - target: stderr
    any: info
""",
        encoding="utf-8",
    )
    with running([path, "-c", configuration], port, directory=directory):
        yield port


def _open_to_all(directory: Path) -> None:
    """Let a server that gives up root reach its files below pytest's private directories."""
    directory.chmod(0o755)
    for parent in directory.parents:
        if parent.name.startswith(("pytest-", "popen-")):  # the second is a worker of xdist
            parent.chmod(0o755)

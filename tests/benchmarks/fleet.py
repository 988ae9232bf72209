"""A fleet of web servers on loopback: one nginx worker, and a certificate of its own for each name.

Every leaf comes with two intermediates, all RSA-2048 or all ECDSA P-256. nginx reads the leaf that
the server name asks for at each handshake; session tickets and resumption are off. Each server has
an address of its own in 127.0.0.0/8, as servers do elsewhere.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Final

from waiting import listening

from probe.lab import builder, keys

KINDS: Final = ("rsa", "ec")
VERSIONS: Final = ("1.2", "1.3")
PORTS: Final = {pair: 8400 + at for at, pair in enumerate(product(KINDS, VERSIONS))}
"""The port of each kind of key and version of TLS."""

BOTH: Final = {"rsa": 8410, "ec": 8411}
"""The port of each kind of key where TLS 1.2 and 1.3 are spoken, as servers do by default."""

_KEYS: Final = 16
_MAKE: Final[dict[str, Callable[[int], keys.PrivateKey]]] = {
    "rsa": lambda index: keys.rsa_key(2048, index),
    "ec": lambda index: keys.ec_key(index=index),
}


def host(number: int) -> str:
    """Return the name of a server."""
    return f"mp{number:05}.bench.example"


def address(number: int) -> str:
    """Return the address of a server: 200 of them in each /24."""
    return f"127.{10 + number // 50000}.{number // 200 % 250}.{number % 200 + 1}"


def certificates(folder: Path, count: int) -> None:
    """Write ``count`` leaves of each kind with chain and key, and the roots."""
    for kind, make in _MAKE.items():
        place = folder / kind
        place.mkdir(parents=True)
        root = builder.root(f"CN=Bench {kind} Root,DC=bench,DC=example", key=make(0))
        policy = root.authority(f"CN=Bench {kind} Policy,DC=bench,DC=example", key=make(1))
        issuing = policy.authority(f"CN=Bench {kind} Issuing,DC=bench,DC=example", key=make(2))
        (folder / f"{kind}-root.pem").write_bytes(root.pem)
        for number in range(count):
            name = host(number)
            key = make(3 + number % _KEYS)
            leaf = issuing.issue(f"CN={name}", dns=[name], key=key)
            (place / f"{name}.pem").write_bytes(leaf.chain_pem)
            (place / f"{name}.key").write_bytes(leaf.key_pem)


def inventory(
    folder: Path, name: str, numbers: range, port: int, kind: str, timeout: float = 10.0
) -> Path:
    """Write an inventory of management points with their addresses."""
    trust = f'trust = ["{folder}/{kind}-root.pem"]'
    blocks = [f'[site]\ncode = "P01"\n{trust}\n\n[defaults]\ntimeout = {timeout}\n']
    blocks += [
        f'[[system]]\nfqdn = "{host(number)}"\naddress = "{address(number)}"\nport = {port}\n'
        'roles = ["management-point"]\n'
        for number in numbers
    ]
    path = folder / f"{name}.toml"
    path.write_text("\n".join(blocks))
    return path


@contextmanager
def nginx(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the servers."""
    program = shutil.which("nginx")
    if program is None:
        raise SystemExit("the benchmarks need nginx")
    servers = [_server(folder, kind, port, version) for (kind, version), port in PORTS.items()]
    servers += [_server(folder, kind, port, "1.2 TLSv1.3") for kind, port in BOTH.items()]
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"""daemon off; user root; worker_processes 1; worker_rlimit_nofile 65536;
pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 16384; }}
http {{
  access_log off; keepalive_timeout 5; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  ssl_session_tickets off; ssl_session_cache off;
  map $ssl_server_name $leaf {{ ~^mp $ssl_server_name; default {host(0)}; }}
  {"".join(servers)}
}}
"""
    )
    server = subprocess.Popen([program, "-p", folder, "-c", configuration])
    try:
        for port in (*PORTS.values(), *BOTH.values()):
            listening(port)
        yield server
    finally:
        server.terminate()
        server.wait()


def _server(folder: Path, kind: str, port: int, version: str) -> str:
    return f"""server {{
    listen 0.0.0.0:{port} ssl backlog=4096; ssl_protocols TLSv{version};
    ssl_certificate {folder}/{kind}/$leaf.pem; ssl_certificate_key {folder}/{kind}/$leaf.key;
    location / {{ return 200; }}
  }}
"""

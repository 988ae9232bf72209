"""Certificates a second and core: ``cmprobe inspect`` of a directory of client certificates.

Run as ``python tests/benchmarks/bench_inspect.py [COUNT] [--profile]``. The certificates are all
different and more than the caches hold, as those of a fleet are; their issuer is the same, as a
fleet's is. CPU time of this process, the best of three runs after one to warm up.
"""

import contextlib
import cProfile
import io
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from probe.cli.main import main
from probe.lab import builder, keys
from probe.lab.extensions import CLIENT_AUTH, TemplateV2

RUNS = 3
USAGE = 2


def directory(count: int, folder: Path, key: Callable[..., object]) -> Path:
    """Write ``count`` certificates and the files of their issuers."""
    root = builder.root(key=key(0))
    issuing = root.authority("CN=Contoso Issuing CA,DC=contoso,DC=com", key=key(1))
    (folder / "root.pem").write_bytes(root.pem)
    (folder / "issuing.pem").write_bytes(issuing.pem)
    clients = folder / "clients"
    clients.mkdir()
    for number in range(count):
        name = f"pc{number:05}.corp.contoso.com"
        issued = issuing.issue(
            f"CN={name}",
            dns=[name],
            eku=[CLIENT_AUTH],
            key=key(2 + number % 16),
            template=TemplateV2("1.3.6.1.4.1.311.21.8.1234.5678"),
        )
        (clients / f"{name}.cer").write_bytes(issued.der)
    return clients


def inspect(folder: Path, format_: str) -> None:
    """Run the command as a person would, its output kept off the terminal."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        status = main(
            [
                *("inspect", str(folder / "clients"), "--profile", "windows-client"),
                *(
                    "--trust",
                    str(folder / "root.pem"),
                    "--intermediate",
                    str(folder / "issuing.pem"),
                ),
                *("--as-of", datetime(2026, 6, 1, tzinfo=UTC).isoformat(), "--format", format_),
            ]
        )
    if status == USAGE:
        raise RuntimeError(f"status {status}: this measures nothing")


def rate(folder: Path, count: int, format_: str) -> float:
    """Return certificates a CPU second, the best of some runs."""
    best = float("inf")
    for _ in range(RUNS):
        begun = time.process_time()
        inspect(folder, format_)
        best = min(best, time.process_time() - begun)
    return count / best


def run(count: int, *, profile: bool) -> None:
    """Measure and print."""
    for name, key in (
        ("RSA", lambda n: keys.rsa_key(2048, n)),
        ("EC", lambda n: keys.ec_key(index=n)),
    ):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            directory(count, folder, key)
            inspect(folder, "text")  # warm
            if profile:
                with cProfile.Profile() as profiler:
                    inspect(folder, "json")
                pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
                continue
            for format_ in ("text", "json", "csv"):
                found = rate(folder, count, format_)
                figures = f"{found:8,.0f} certificates/s/core, {1e6 / found:6.1f} us each"
                sys.stdout.write(f"{name} {format_:<5} {figures}\n")


if __name__ == "__main__":
    run(
        next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 10_000),
        profile="--profile" in sys.argv,
    )

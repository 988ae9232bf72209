"""The exporter on a thread of its own, as `cmprobe serve` puts it together, and its client."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from probe import __version__
from probe.cli.options import parse
from probe.cli.serve import prepared
from probe.exporter.daemon import serve
from probe.inventory import load
from probe.model.target import Target


def write_inventory(path: Path, lab, *hosts: str, more: str = "") -> list[Target]:
    """Write an inventory of some hosts of the lab; return their targets, in that order."""
    known = {target.host.partition(".")[0]: target for target in load([lab.inventory]).targets}
    chosen = [known[host] for host in hosts]
    lines = [
        "[site]",
        'code = "P01"',
        f"trust = {list(chosen[0].trust)!r}",
        f'resolver = "{chosen[0].resolver}"',
        "[defaults]",
        "timeout = 3.0",
    ]
    for target in chosen:
        lines += [
            "[[system]]",
            f'fqdn = "{target.host}"',
            f"roles = {list(target.roles)!r}",
            f"port = {target.port}",
        ]
    path.write_text("\n".join(lines) + f"\n{more}")
    return chosen


class Exporter:
    """A running exporter: ``client`` asks it, ``end`` stops it as SIGTERM would."""

    def __init__(self, base: str, verify: object = True) -> None:
        self.url = base
        self.client = httpx.Client(base_url=base, timeout=20, verify=verify, trust_env=False)

    def get(self, path: str, **arguments) -> httpx.Response:
        return self.client.get(path, **arguments)

    def probe(self, target: str, headers: dict | None = None, **query: str) -> httpx.Response:
        return self.get("/probe", params={"target": target, **query}, headers=headers)


@contextmanager
def exporter(
    *arguments: str | Path, listen: str = "127.0.0.1:0", verify: object = True
) -> Iterator[Exporter]:
    """Run an exporter beside the test; yields it when it answers."""
    words: Sequence[str] = ["serve", *map(str, arguments), "--listen", listen, "-q"]
    job, bound, setup = prepared(parse(list(words), __version__))
    host, port = bound.getsockname()[:2]
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = Future()

    async def main() -> None:
        task = asyncio.ensure_future(serve(job, bound, setup))
        started.set_result((asyncio.get_running_loop(), task))
        await asyncio.wait([task])
        if not task.cancelled() and task.exception() is not None:
            raise task.exception()

    thread = threading.Thread(target=lambda: asyncio.run(main()), name="exporter")
    thread.start()
    loop, task = started.result()
    running = Exporter(f"{'https' if setup.web.tls else 'http'}://{host}:{port}", verify)
    try:
        yield running
    finally:
        running.client.close()
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


def until(holds, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def samples(text: str, name: str) -> list[dict[str, str]]:
    families = text_string_to_metric_families(text)
    return [{**s.labels, "": s.value} for f in families for s in f.samples if s.name == name]

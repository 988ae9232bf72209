"""What is measured of cmprobe, each in a process of its own: prints one JSON object.

``ours.py handshakes KIND VERSION COUNT`` | ``scan INVENTORY like|default WORKERS`` |
``held|kept|idle INVENTORY`` (memory with every target in flight, finished, or not begun).
"""

import asyncio
import ctypes
import gc
import json
import os
import resource
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec
from fleet import PORTS, address, host

from probe.cli import run
from probe.cli.main import main
from probe.cli.options import parse
from probe.inventory import load
from probe.model.report import Report
from probe.model.settings import Settings
from probe.net.connection import Connection
from probe.net.session import Session
from probe.pki import certificate, chain
from probe.scan.job import Job
from probe.tls.observer import Observer

_AT_ONCE = 100
_PAGE = os.sysconf("SC_PAGE_SIZE")


def handshakes(kind: str, version: str, count: int) -> dict[str, float]:
    """Do complete handshakes, so many at once, and nothing else."""

    async def work(session: Session, numbers: list[int], port: int) -> None:
        while numbers:
            number = numbers.pop()
            wire = await Connection.open(address(number), port, session.buffer)
            engine = Observer(host(number), alpn=("h2", "http/1.1"), shares=session.shares)
            await wire.run(engine)
            wire.close()
            result = engine.result(0.0)
            assert getattr(result, "key_proven", False), result

    async def together() -> float:
        session, numbers = Session(Settings()), list(range(count))
        begun = time.process_time()
        await asyncio.gather(
            *(work(session, numbers, PORTS[kind, version]) for _ in range(_AT_ONCE))
        )
        return time.process_time() - begun

    return {"cpu": asyncio.run(together()) / count}


def scan(inventory: str, mode: str, workers: str) -> dict[str, float]:
    """Scan, judge and write JSON; ``like`` leaves out version attempts and liveness request."""
    if mode == "like":
        run.Settings = partial(Settings, http=False, versions=False)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "report.json"
        arguments = [*_options(inventory), "--workers", workers, "--format", "json"]
        with output.open("w", encoding="utf-8") as stream:
            sys.stdout = stream
            main(arguments)
            sys.stdout = sys.__stdout__
        wall, cpu = time.monotonic() - begun, _processor()
        with output.open(encoding="utf-8") as stream:
            head = stream.readline().rstrip().removesuffix(',"results":[')
    summary = json.loads(head + "}")["summary"]
    return {**cpu, "wall": wall, "targets": summary["targets"], "reachable": summary["reachable"]}


def _processor() -> dict[str, float]:
    here = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = here.ru_utime + here.ru_stime
    return {"cpu": own + others.ru_utime + others.ru_stime, "own": own}


def held(inventory: str) -> dict[str, float]:
    """Return memory while every target of a silent fleet is in flight."""
    ready = _prepared(inventory)
    ready = msgspec.structs.replace(
        ready,
        settings=msgspec.structs.replace(ready.settings, concurrency=len(ready.targets)),
    )

    async def together() -> int:
        task = asyncio.ensure_future(run.probe(ready))
        await asyncio.sleep(3 + len(ready.targets) / 1000)
        memory = _resident()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return memory

    return {"bytes": asyncio.run(together()), "targets": len(ready.targets)}


def kept(inventory: str) -> dict[str, float]:
    """Return memory when a scan is over, without the caches, which are bounded."""
    ready = _prepared(inventory)
    before = _resident()
    done: list[Report] = []

    async def together() -> None:
        done.append((await run.probe(ready))[0])

    asyncio.run(together())
    certificate._cached.cache_clear()
    chain._explain.cache_clear()
    for steps in ready.plan._steps.values():
        for step in steps:
            step.forget()
    return {"bytes": _resident() - before, "targets": len(done[0].results)}


def idle(inventory: str) -> dict[str, float]:
    """Return memory when the targets are known, and nothing has been done with them."""
    ready = _prepared(inventory)
    return {"bytes": _resident(), "targets": len(ready.targets)}


def _options(inventory: str) -> list[str]:
    return ["scan", inventory, "--concurrency", str(_AT_ONCE), "--fetch", "none"]


def _prepared(inventory: str) -> Job:
    loaded = load([Path(inventory)])
    ready = run.prepare(loaded.targets, parse(_options(inventory), ""), loaded.vantage)
    settings = msgspec.structs.replace(ready.settings, http=False, versions=False)
    return msgspec.structs.replace(ready, settings=settings)


def _resident() -> int:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    if what == "handshakes":
        found = handshakes(arguments[0], arguments[1], int(arguments[2]))
    elif what == "scan":
        found = scan(*arguments)
    else:
        found = {"held": held, "kept": kept, "idle": idle}[what](*arguments)
    sys.stdout.write(json.dumps(found))

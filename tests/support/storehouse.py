"""A store of the exporter that holds a report, as if its targets had been scanned."""

import asyncio
from datetime import timedelta
from urllib.parse import urljoin

import httpx
from starlette.types import ASGIApp
from support.rulebook import CATALOGUE

from probe.exporter.store import Store
from probe.judge import Plan
from probe.model.report import Report
from probe.model.settings import Settings
from probe.model.target import Target
from probe.scan.job import Job


def store_of(report: Report, *more: Target) -> Store:
    """Return a store with the results of ``report``; ``more`` targets were not scanned yet."""
    by_target: dict[str, list] = {}
    for result in report.results:
        by_target.setdefault(result.target.id, []).append(result)
    targets = (*(results[0].target for results in by_target.values()), *more)
    job = Job(
        targets=targets,
        settings=Settings(),
        catalogue=CATALOGUE,
        plan=Plan(CATALOGUE),
        vantage=report.vantage,
    )
    store = Store(job)
    for target_id, results in by_target.items():
        due = report.as_of + timedelta(hours=1)
        store.put(target_id, store.made(tuple(results), scanned=report.as_of, due=due))
    return store


class Client:
    """Asks an application without a network; addresses are relative to its first page."""

    def __init__(self, app: ASGIApp, *, below: str = "") -> None:
        self._app = app
        self._below = below

    def get(
        self, address: str, method: str = "GET", *, accept: str = "text/html"
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, root_path=self._below)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.request(
                    method, urljoin("http://exporter.example/", address), headers={"Accept": accept}
                )

        return asyncio.run(ask())

"""A job whose results are made by hand."""

from datetime import UTC, datetime, timedelta

from support.chains import leaf
from support.reports import one, passing, seen, target

from probe.catalogue import load
from probe.exporter.store import Store
from probe.judge import Plan
from probe.model.report import Result
from probe.model.settings import Settings
from probe.model.target import Target
from probe.scan.job import Job

CATALOGUE = load()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def job(*targets: Target) -> Job:
    return Job(
        targets=targets,
        settings=Settings(),
        catalogue=CATALOGUE,
        plan=Plan(CATALOGUE),
        vantage="intranet",
    )


def untrusting(host: str, **fields) -> Target:
    """Return a target that needs no roots of this machine."""
    return target(host, trust=(), **fields)


def sound(subject: Target) -> tuple[Result, ...]:
    chain = leaf(subject.host, days=400)
    return (one(subject, seen(chain), *passing(chain)),)


def filled(*targets: Target) -> Store:
    """Return a store with a sound result of every target."""
    store = Store(job(*targets))
    for subject in targets:
        due = NOW + timedelta(hours=1)
        store.put(subject.id, store.made(sound(subject), scanned=NOW, due=due))
    return store

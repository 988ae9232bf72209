"""From targets and options to a report: the one place where the rooms are put together."""

from argparse import Namespace
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from probe.cli.catalogue import catalogue_of, check_profiles
from probe.cli.fetching import fetching
from probe.cli.interrupts import interruptible
from probe.cli.trust import source
from probe.cli.usage import UsageError
from probe.inventory import hosts
from probe.inventory.trust import TrustError, trust_store
from probe.judge import Plan
from probe.model.report import Report
from probe.model.settings import Family, Settings
from probe.model.target import Target
from probe.net.session import Session, SessionError
from probe.scan import Collection, Progress
from probe.scan import run as scan
from probe.scan.job import Job


def prepare(targets: Sequence[Target], options: Namespace, vantage: str | None = None) -> Job:
    """Return the job that the options describe; UsageError for whatever cannot be used."""
    catalogue = catalogue_of(options)
    plan = Plan(catalogue)
    chosen = tuple(_overridden(targets, options))
    check_profiles(catalogue, chosen)
    try:
        sources = {(target.trust, target.intermediates) for target in chosen}
        trust = {pair: trust_store(*pair) for pair in sources}
    except TrustError as error:
        raise UsageError(str(error)) from None
    return Job(
        targets=chosen,
        settings=_settings(options),
        catalogue=catalogue,
        plan=plan,
        vantage=vantage,
        as_of=options.as_of,
        trust=trust,
    )


def _overridden(targets: Sequence[Target], options: Namespace) -> Sequence[Target]:
    """Return the targets with --trust in place of theirs and --intermediate beside theirs."""
    if not options.trust and not options.intermediate:
        return targets
    trust = tuple(source(entry) for entry in options.trust or ())
    more = tuple(source(entry) for entry in options.intermediate or ())
    return [
        msgspec.structs.replace(
            target,
            trust=trust or target.trust,
            intermediates=tuple(dict.fromkeys((*target.intermediates, *more))),
        )
        for target in targets
    ]


def _settings(options: Namespace) -> Settings:
    resolver = options.resolver
    if resolver is not None:
        try:
            resolver = hosts.resolver(resolver)
        except ValueError as error:
            raise UsageError(f'--resolver: "{resolver}" {error}') from None
    if options.client_certificate is not None and options.tls_engine == "observer":
        raise UsageError("--client-certificate needs the OpenSSL engine: leave --tls-engine out")
    sources = fetching(options)
    settings = Settings(
        timeout=options.timeout,
        family=Family(options.family),
        resolver=resolver,
        proxy=options.proxy,
        client_certificate=options.client_certificate,
        tls_engine=options.tls_engine,
        **sources,
        **({} if options.concurrency is None else {"concurrency": options.concurrency}),
    )
    try:
        Session(settings)
    except SessionError as error:
        raise UsageError(str(error)) from None
    return settings


Scanning = Callable[[Job, datetime, Progress | None, Collection], Coroutine[Any, Any, object]]
"""Probes and judges the targets of a job at an instant, and fills the collection."""


def here(
    job: Job, as_of: datetime, progress: Progress | None, kept: Collection
) -> Coroutine[Any, Any, object]:
    """Scan in this process."""
    return scan(job.targets, job.settings, job.judge(as_of), progress, kept=kept)


async def probe(
    job: Job, progress: Progress | None = None, scanning: Scanning = here
) -> tuple[Report, int | None]:
    """Probe and judge every target; the report, and the signal that ended it early, if any."""
    started = datetime.now(UTC)
    as_of = job.as_of or started
    kept = Collection()
    signal = await interruptible(scanning(job, as_of, progress, kept))
    finished = datetime.now(UTC)
    report = job.report(kept.results, started=started, finished=finished, as_of=as_of)
    return report, signal

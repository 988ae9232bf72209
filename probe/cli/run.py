"""From targets and options to a report: the one place where the rooms are put together."""

import logging
from argparse import Namespace
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from probe import __version__
from probe.cli.catalogue import catalogue_of, check_profiles
from probe.cli.interrupts import interruptible
from probe.cli.trust import source
from probe.cli.usage import UsageError
from probe.inventory import hosts
from probe.inventory.trust import TrustError, trust_store
from probe.judge import Plan, assess, summarize
from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import AddressObservation
from probe.model.report import CatalogueInfo, Report, Result, Tool
from probe.model.rule import Catalogue
from probe.model.settings import Family, Fetch, Settings
from probe.model.stages import HandshakeFailed
from probe.model.target import Target
from probe.net.session import Session, SessionError
from probe.scan import Collection, Progress
from probe.scan import run as scan

_log = logging.getLogger(__name__)
_TOOL = Tool("cmprobe", __version__)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run whose settings, rules and trust have been looked at, and can be used."""

    targets: tuple[Target, ...]
    settings: Settings
    catalogue: Catalogue
    plan: Plan
    vantage: str | None = None
    as_of: datetime | None = None

    def judge(
        self, as_of: datetime
    ) -> Callable[[Target, Sequence[AddressObservation]], tuple[Result, ...]]:
        """Return the function that judges what was observed of a target."""

        def judged(target: Target, seen: Sequence[AddressObservation]) -> tuple[Result, ...]:
            store = trust_store(target.trust, target.intermediates)
            try:
                return assess(target, seen, self.plan, store, as_of)
            except Exception as error:  # noqa: BLE001 - a bug met in one target ends no scan
                _log.exception("%s could not be judged", target.id)
                return _unjudged(
                    assess(target, _unread(seen, error), self.plan, store, as_of), seen
                )

        return judged


def _unread(seen: Sequence[AddressObservation], error: Exception) -> list[AddressObservation]:
    """Return the observations as if no chain had come: a bug met in one ends no scan."""
    failure = Failure(Stage.TLS, Kind.INTERNAL, f"internal error: {type(error).__name__}")
    return [
        AddressObservation(
            one.address,
            msgspec.structs.replace(
                one.observation,
                handshake=HandshakeFailed(failure=failure, seconds=0.0, engine="none"),
            ),
        )
        for one in seen
    ]


def _unjudged(results: Sequence[Result], seen: Sequence[AddressObservation]) -> tuple[Result, ...]:
    """Return results with what was really observed."""
    return tuple(
        msgspec.structs.replace(result, observation=one.observation)
        for result, one in zip(results, seen, strict=True)
    )


def prepare(targets: Sequence[Target], options: Namespace, vantage: str | None = None) -> Run:
    """Return the run that the options describe; UsageError for whatever cannot be used."""
    catalogue = catalogue_of(options)
    plan = Plan(catalogue)
    chosen = tuple(_overridden(targets, options))
    check_profiles(catalogue, chosen)
    try:
        for sources in {(target.trust, target.intermediates) for target in chosen}:
            trust_store(*sources)
    except TrustError as error:
        raise UsageError(str(error)) from None
    return Run(
        targets=chosen,
        settings=_settings(options),
        catalogue=catalogue,
        plan=plan,
        vantage=vantage,
        as_of=options.as_of,
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
    settings = Settings(
        timeout=options.timeout,
        family=Family(options.family),
        resolver=resolver,
        proxy=options.proxy,
        client_certificate=options.client_certificate,
        tls_engine=options.tls_engine,
        fetch=Fetch(options.fetch),
        fetch_private=options.fetch_private,
        **({} if options.concurrency is None else {"concurrency": options.concurrency}),
    )
    try:
        Session(settings)
    except SessionError as error:
        raise UsageError(str(error)) from None
    return settings


Scanning = Callable[[Run, datetime, Progress | None, Collection], Coroutine[Any, Any, object]]
"""Probes and judges the targets of a run at an instant, and fills the collection."""


def here(
    run: Run, as_of: datetime, progress: Progress | None, kept: Collection
) -> Coroutine[Any, Any, object]:
    """Scan in this process."""
    return scan(run.targets, run.settings, run.judge(as_of), progress, kept=kept)


async def probe(
    run: Run, progress: Progress | None = None, scanning: Scanning = here
) -> tuple[Report, int | None]:
    """Probe and judge every target; the report, and the signal that ended it early, if any."""
    started = datetime.now(UTC)
    as_of = run.as_of or started
    kept = Collection()
    signal = await interruptible(scanning(run, as_of, progress, kept))
    results = kept.results
    report = Report(
        tool=_TOOL,
        catalogue=CatalogueInfo(run.catalogue.revision, run.catalogue.digest),
        vantage=run.vantage,
        started=started,
        finished=datetime.now(UTC),
        as_of=as_of,
        summary=summarize(results),
        results=results,
    )
    return report, signal

"""What is to be scanned and how it is judged, looked at and usable; and the report of it."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from probe import __version__
from probe.inventory.trust import trust_store
from probe.judge import Plan, assess, summarize
from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import AddressObservation
from probe.model.report import CatalogueInfo, Report, Result, Tool
from probe.model.rule import Catalogue
from probe.model.settings import Settings
from probe.model.stages import HandshakeFailed
from probe.model.target import Target
from probe.pki.trust import TrustStore

_log = logging.getLogger(__name__)
_TOOL = Tool("cmprobe", __version__)


Trusted = tuple[tuple[str, ...], tuple[str, ...]]
"""The trust sources of a target, and those of its intermediates."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Targets with settings, rules and trust that have been looked at, and can be used.

    ``trust`` holds stores as they were read for this job; others are read when they are needed.
    """

    targets: tuple[Target, ...]
    settings: Settings
    catalogue: Catalogue
    plan: Plan
    vantage: str | None = None
    as_of: datetime | None = None
    trust: dict[Trusted, TrustStore] = {}

    def judge(
        self, as_of: datetime
    ) -> Callable[[Target, Sequence[AddressObservation]], tuple[Result, ...]]:
        """Return the function that judges what was observed of a target."""

        def judged(target: Target, seen: Sequence[AddressObservation]) -> tuple[Result, ...]:
            store = self.trust.get((target.trust, target.intermediates))
            if store is None:
                store = trust_store(target.trust, target.intermediates)
            try:
                return assess(target, seen, self.plan, store, as_of)
            except Exception as error:  # noqa: BLE001 - a bug met in one target ends no scan
                _log.exception("%s could not be judged", target.id)
                return _unjudged(
                    assess(target, _unread(seen, error), self.plan, store, as_of), seen
                )

        return judged

    def report(
        self, results: Sequence[Result], *, started: datetime, finished: datetime, as_of: datetime
    ) -> Report:
        """Return the report of results, judged at ``as_of``."""
        return Report(
            tool=_TOOL,
            catalogue=CatalogueInfo(self.catalogue.revision, self.catalogue.digest),
            vantage=self.vantage,
            started=started,
            finished=finished,
            as_of=as_of,
            summary=summarize(results),
            results=tuple(results),
        )


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

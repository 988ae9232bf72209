"""The sources of revocation as samples: which answered, and until when a CRL holds."""

from collections.abc import Iterable, Iterator

from probe.model.failure import Kind, Stage
from probe.model.revocation import (
    RevocationAnswered,
    RevocationFailed,
    RevocationSkipped,
    RevocationSource,
    SourceKind,
)
from probe.render.metrics.connection import failed
from probe.render.metrics.families import CRL_NEXT_UPDATE, REVOCATION_REACHABLE, STAGE_SUCCESS
from probe.render.metrics.family import Rank
from probe.render.metrics.label import label
from probe.render.metrics.line import line
from probe.render.metrics.sample import Sample, timestamp

_LISTS = (SourceKind.CRL, SourceKind.DELTA)

OURS = frozenset({Kind.POLICY, Kind.INTERNAL})
"""Failures that say nothing of the source: we did not ask, or have a bug."""


def revocation(sources: Iterable[RevocationSource]) -> Iterator[Sample]:
    """Yield the worst of each URL: unreachable ones first, then what ends first."""
    reachable: dict[str, bool] = {}
    until: dict[str, float] = {}
    stages: dict[Stage, bool] = {}
    for source in sources:
        if isinstance(source, RevocationSkipped) or source.kind is SourceKind.STAPLE:
            continue
        if isinstance(source, RevocationFailed):
            yield failed(source.failure, Rank.REVOCATION)
            if source.failure.kind in OURS:
                continue
        answered = isinstance(source, RevocationAnswered)
        stage = Stage.CRL if source.kind in _LISTS else Stage.OCSP
        stages[stage] = stages.get(stage, True) and answered
        # As label values: two that are cut to the same text are one series.
        if url := label(source.url):
            reachable[url] = reachable.get(url, True) and answered
            if answered and source.kind in _LISTS and source.next_update:
                end = timestamp(source.next_update)
                until[url] = min(end, until.get(url, end))
    for url in sorted(reachable, key=lambda url: (reachable[url], until.get(url, 0.0))):
        yield Sample(Rank.REVOCATION, line(REVOCATION_REACHABLE, url), float(reachable[url]))
        if url in until:
            yield Sample(Rank.REVOCATION, line(CRL_NEXT_UPDATE, url), until[url])
    for stage, success in stages.items():
        yield Sample(Rank.STAGES, line(STAGE_SUCCESS, stage), float(success))

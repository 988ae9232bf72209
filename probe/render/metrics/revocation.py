"""The sources of revocation as samples: which answered, and until when a CRL holds."""

from collections.abc import Iterable, Iterator
from typing import TypeGuard

from probe.model.failure import Stage
from probe.model.revocation import (
    RevocationAnswered,
    RevocationFailed,
    RevocationSource,
    SourceKind,
)
from probe.render.metrics.connection import failed
from probe.render.metrics.families import CRL_NEXT_UPDATE, REVOCATION_REACHABLE, STAGE_SUCCESS
from probe.render.metrics.family import Rank
from probe.render.metrics.label import label
from probe.render.metrics.line import line
from probe.render.metrics.sample import Sample, timestamp

_STAGES = {
    SourceKind.CRL: Stage.CRL,
    SourceKind.DELTA: Stage.CRL,
    SourceKind.OCSP: Stage.OCSP,
}

Known = RevocationAnswered | RevocationFailed


def told(source: RevocationSource) -> TypeGuard[Known]:
    """Whether it is known if a source can be reached: it was asked, and not kept away by us."""
    if isinstance(source, RevocationFailed):
        return not source.ours
    return isinstance(source, RevocationAnswered)


def revocation(sources: Iterable[RevocationSource]) -> Iterator[Sample]:
    """Yield the worst of each URL and of each stage; a staple has neither."""
    asked = [source for source in sources if source.kind in _STAGES]
    for source in asked:
        if isinstance(source, RevocationFailed):
            yield failed(source.failure, Rank.REVOCATION)
    answers = [source for source in asked if told(source)]
    yield from _urls(answers)
    stages: dict[Stage, bool] = {}
    for source in answers:
        stage = _STAGES[source.kind]
        stages[stage] = stages.get(stage, True) and isinstance(source, RevocationAnswered)
    for stage, success in stages.items():
        yield Sample(Rank.STAGES, line(STAGE_SUCCESS, stage), float(success))


def _urls(answers: Iterable[Known]) -> Iterator[Sample]:
    """Yield the samples of each URL: unreachable ones first, then what ends first."""
    reachable: dict[str, bool] = {}
    until: dict[str, float] = {}
    for source in answers:
        # As label values: two that are cut to the same text are one series.
        url = label(source.url)
        answered = isinstance(source, RevocationAnswered)
        reachable[url] = reachable.get(url, True) and answered
        if answered and source.next_update and _STAGES[source.kind] is Stage.CRL:
            end = timestamp(source.next_update)
            until[url] = min(end, until.get(url, end))
    for url in sorted(reachable, key=lambda url: (reachable[url], until.get(url, 0.0))):
        yield Sample(Rank.REVOCATION, line(REVOCATION_REACHABLE, url), float(reachable[url]))
        if url in until:
            yield Sample(Rank.REVOCATION, line(CRL_NEXT_UPDATE, url), until[url])

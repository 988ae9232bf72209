"""At most so many series an endpoint, and what is left out when there are more."""

from collections.abc import Iterable

from probe.render.metrics.families import OMITTED
from probe.render.metrics.family import Rank
from probe.render.metrics.line import line
from probe.render.metrics.sample import Sample

MOST = 80
"""Series of an endpoint, whatever it sends and however many rules there are."""


def fitting(samples: Iterable[Sample]) -> list[Sample]:
    """Return the samples that there is room for, each set of labels once.

    Of equal labels the first counts. Those of the last ranks are left out first, and among equals
    those that come last; one series then tells how many.
    """
    unique: dict[str, Sample] = {}
    for sample in samples:
        unique.setdefault(sample.line.template, sample)
    kept = list(unique.values())
    if len(kept) <= MOST:
        return kept
    kept.sort(key=lambda sample: sample.rank)
    omitted = len(kept) - (MOST - 1)
    return [*kept[: MOST - 1], Sample(Rank.REACHED, line(OMITTED), float(omitted))]

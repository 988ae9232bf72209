"""Families of a few samples that are written as prometheus_client writes them."""

from collections.abc import Iterable

from prometheus_client import Metric

from probe.render.metrics.family import Family
from probe.render.metrics.label import LONGEST, label

Values = tuple[tuple[str, ...], float]
"""The label values of a sample, in the order of its family's labels, and its value."""


def plain(family: Family, samples: Iterable[Values], longest: int = LONGEST) -> Metric:
    """Return a family with its samples; of samples with equal labels the first counts."""
    metric = Metric(family.metric, family.help, family.kind, family.unit)
    known: dict[tuple[str, ...], float] = {}
    for values, value in samples:
        known.setdefault(tuple(label(one, longest) for one in values), value)
    for shown, value in known.items():
        metric.add_sample(family.name, dict(zip(family.labels, shown, strict=True)), value)
    return metric

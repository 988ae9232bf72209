"""A family with one sample, whose labels may be as long as the other exporters' are."""

from prometheus_client import Metric

from probe.render.metrics.established.describe import LONGEST
from probe.render.metrics.family import Family
from probe.render.metrics.plain import plain


def single(family: Family, value: float, *labels: str) -> Metric:
    """Return a family with one sample."""
    return plain(family, [(labels, value)], LONGEST)

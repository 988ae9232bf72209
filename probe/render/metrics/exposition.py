"""A registry as the body of a scrape, in the text format of Prometheus or in OpenMetrics.

prometheus_client chooses the format and writes it; only the samples of a fleet, which come by the
hundred thousand, are written by `FleetMetric.text`. Tests hold both to be the same octets.
"""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder

from probe.render.metrics.collector import FleetMetric

_EOF = b"# EOF\n"


def exposition(registry: CollectorRegistry, accept: str | None = None) -> tuple[bytes, str]:
    """Return the body and its content type; ``accept`` is the header of the request, if any."""
    encode, content_type = choose_encoder(accept or "")
    ending = _EOF if content_type.startswith("application/openmetrics-text") else b""
    parts = []
    for metric in registry.collect():
        parts.append(_alone(encode, _bare(metric), ending))
        if isinstance(metric, FleetMetric):
            parts.append(metric.text().encode())
    return b"".join((*parts, ending)), content_type


def _bare(metric: Metric) -> Metric:
    """Return a fleet's family without its samples; any other as it is."""
    if not isinstance(metric, FleetMetric):
        return metric
    return Metric(metric.name, metric.documentation, metric.type, metric.unit)


def _alone(encode: Callable[["_One"], bytes], metric: Metric, ending: bytes) -> bytes:
    """Write one family; for a fleet's, that is its HELP and TYPE."""
    return encode(_One(metric)).removesuffix(ending)


class _One(CollectorRegistry):
    """A registry of one metric."""

    def __init__(self, metric: Metric) -> None:
        super().__init__()
        self._metric = metric

    def collect(self) -> Iterable[Metric]:
        """Yield it."""
        return (self._metric,)

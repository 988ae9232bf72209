"""A registry as the body of a scrape, in the text format of Prometheus or in OpenMetrics.

prometheus_client chooses the format and writes it; only the samples of a fleet, which come by the
hundred thousand, are written by `FleetMetric.text`. Tests hold both to be the same octets.
"""

import contextlib
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder

from probe.render.metrics.collector import FleetMetric

# Others would be answered with their own number, whatever it is.
_VERSIONS = ("0.0.1", "0.0.4", "1.0.0")
_EOF = b"# EOF\n"


def exposition(registry: CollectorRegistry, accept: str | None = None) -> tuple[bytes, str]:
    """Return the body and its content type; ``accept`` is the header of the request, if any."""
    encode, kind = _chosen(accept or "")
    ending = _EOF if kind.startswith("application/openmetrics-text") else b""

    def write(metric: Metric) -> bytes:
        return encode(_One(metric)).removesuffix(ending)

    parts = [
        _of_fleet(write, metric) if isinstance(metric, FleetMetric) else write(metric)
        for metric in registry.collect()
    ]
    return b"".join((*parts, ending)), kind


def content_type(accept: str | None = None) -> str:
    """Return the content type that a header gets; it gets itself where it is asked for again."""
    return _chosen(accept or "")[1]


def _chosen(accept: str) -> tuple[Callable[[CollectorRegistry], bytes], str]:
    with contextlib.suppress(TypeError, ValueError):  # a version that is no number
        encode, kind = choose_encoder(accept)
        if any(f" version={version};" in kind for version in _VERSIONS):
            return encode, kind
    return choose_encoder("")


def _of_fleet(write: Callable[[Metric], bytes], metric: FleetMetric) -> bytes:
    """Write a fleet's family: HELP, TYPE and UNIT by ``write``, the samples by the family."""
    head = write(Metric(metric.name, metric.documentation, metric.type, metric.unit))
    if metric.name.encode() not in head:
        return write(metric)  # asked for with ``escaping=dots``, which spells every name anew
    return head + metric.text().encode()


class _One(CollectorRegistry):
    """A registry of one metric."""

    def __init__(self, metric: Metric) -> None:
        super().__init__()
        self._metric = metric

    def collect(self) -> Iterable[Metric]:
        """Yield it."""
        return (self._metric,)

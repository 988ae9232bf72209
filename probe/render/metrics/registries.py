"""Whole expositions: of a report for ``--format prometheus``, and the registry of one probe."""

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, Metric

from probe.model.report import Report, Result
from probe.render.files import shown
from probe.render.metrics.collector import Fleet, FleetCollector, endpoint_metrics
from probe.render.metrics.established import established
from probe.render.metrics.exposition import exposition
from probe.render.metrics.health import Health
from probe.render.metrics.series import series


def report_prometheus(report: Report) -> str:
    """Return the report in the text format, as the textfile collector of node_exporter reads it.

    A certificate file is a target without site and address: it has the series about certificates
    and requirements, and none about a connection.
    """
    results = shown(report)
    health = Health(
        version=report.tool.version,
        catalogue=report.catalogue.revision,
        targets=report.summary.targets,
        scan_duration_seconds=(report.finished - report.started).total_seconds(),
        scan_last_success=report.finished,
    )
    fleet = Fleet([series(one, report.vantage, report.finished) for one in results], health)
    registry = CollectorRegistry()
    registry.register(FleetCollector(lambda: fleet))
    body, _ = exposition(registry)
    return body.decode()


def probe_registry(
    results: Sequence[Result], vantage: str | None, seconds: float
) -> CollectorRegistry:
    """Return a fresh registry with the results of one target, which took ``seconds`` to probe."""
    registry = CollectorRegistry()
    registry.register(_Probe(results, vantage, seconds))
    return registry


class _Probe:
    """Our own families of one target, and those of the exporters that others use."""

    def __init__(self, results: Sequence[Result], vantage: str | None, seconds: float) -> None:
        self._series = [series(result, vantage) for result in results]
        self._results = results
        self._seconds = seconds

    def collect(self) -> Iterator[Metric]:
        yield from established(self._results, seconds=self._seconds)
        yield from endpoint_metrics(self._series)

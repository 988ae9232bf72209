"""The families of blackbox_exporter and ssl_exporter, so that their alerts and dashboards go on.

They tell of one target as those exporters do, with three differences: certificates are told of
also when nothing verifies or the server refuses us after sending them, a chain to a trusted root
stays verified when it expires, and where a name has several addresses, all were looked at and the
worst is told.
"""

from collections.abc import Iterator, Sequence

from prometheus_client import Metric

from probe.model.report import Result
from probe.render.metrics.established.blackbox import blackbox
from probe.render.metrics.established.sslexporter import ssl_exporter
from probe.render.metrics.established.view import View


def established(results: Sequence[Result], *, seconds: float) -> Iterator[Metric]:
    """Yield the families for the results of one target, which took ``seconds`` to probe."""
    view = View(results)
    yield from blackbox(view, seconds)
    yield from ssl_exporter(view)

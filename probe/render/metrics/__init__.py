"""Results as metrics for Prometheus. Pure: a Result becomes samples, samples become text.

`probe.render.metrics.families` is the one table of what there is; HELP texts, docs/metrics.md
and the collector come from it. `series` turns a result into samples once, when it is stored;
`FleetCollector` gives them to any registry, and `exposition` writes a registry for a scrape.
"""

from probe.render.metrics.collector import Fleet, FleetCollector
from probe.render.metrics.established import established
from probe.render.metrics.exposition import content_type, exposition
from probe.render.metrics.health import Health
from probe.render.metrics.registries import probe_registry, report_prometheus
from probe.render.metrics.series import Series, series

__all__ = [
    "Fleet",
    "FleetCollector",
    "Health",
    "Series",
    "content_type",
    "established",
    "exposition",
    "probe_registry",
    "report_prometheus",
    "series",
]

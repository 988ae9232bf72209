"""What cmprobe tells of itself."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from prometheus_client import Metric

from probe.render.metrics.family import Family, Kind
from probe.render.metrics.plain import plain
from probe.render.metrics.sample import timestamp


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The exporter's own state; what is None has no series.

    ``scan_duration_seconds`` is of the last scan, of what was due. ``scan_internal_errors`` is how
    many targets could not be scanned for a bug of ours. ``inventory_reload_success`` is whether
    the last attempt to read the inventory succeeded, and ``inventory_loaded`` is when one did.
    ``catalogue`` is the revision of the rules.
    """

    version: str
    targets: int
    catalogue: str = ""
    scan_duration_seconds: float | None = None
    scan_last_success: datetime | None = None
    scan_internal_errors: int | None = None
    inventory_reload_success: bool | None = None
    inventory_loaded: datetime | None = None


BUILD = Family(
    name="cmprobe_build_info",
    help="The version of cmprobe and the revision of its rules.",
    kind=Kind.INFO,
    labels=("version", "catalogue"),
    endpoint=False,
    when="always",
)
TARGETS = Family(
    name="cmprobe_targets",
    help="How many targets the inventory has.",
    endpoint=False,
    when="always",
)
SCAN_DURATION = Family(
    name="cmprobe_scan_duration_seconds",
    help="How long the last scan of what was due took.",
    unit="seconds",
    endpoint=False,
    when="a scan has finished",
    detail="`cmprobe serve` scans what is due, maybe a few targets; its first scan is of all.",
)
SCAN_SUCCESS = Family(
    name="cmprobe_scan_last_success_timestamp_seconds",
    help="When the last scan finished.",
    unit="seconds",
    endpoint=False,
    when="a scan has finished",
    detail="A scan succeeds when it looked at every target that was due, whatever it found there.",
)
SCAN_ERRORS = Family(
    name="cmprobe_scan_internal_errors",
    help="How many targets could not be scanned or judged for an internal error.",
    endpoint=False,
    when="`cmprobe serve`",
    detail="Each is a bug of cmprobe, and in its log. They are tried again every half minute, and "
    "what was known of them stays.",
)
RELOAD = Family(
    name="cmprobe_inventory_reload_success",
    help="Whether the last attempt to read the inventory succeeded.",
    endpoint=False,
    when="`cmprobe serve`",
    detail="While it did not, the inventory before it is in use.",
)
LOADED = Family(
    name="cmprobe_inventory_loaded_timestamp_seconds",
    help="When the inventory in use was read.",
    unit="seconds",
    endpoint=False,
    when="`cmprobe serve`",
)

OWN: tuple[Family, ...] = (BUILD, TARGETS, SCAN_DURATION, SCAN_SUCCESS, SCAN_ERRORS, RELOAD, LOADED)


def health_metrics(health: Health) -> Iterator[Metric]:
    """Yield the families of `OWN` that have a value."""
    values: dict[Family, float | None] = {
        BUILD: 1.0,
        TARGETS: float(health.targets),
        SCAN_DURATION: health.scan_duration_seconds,
        SCAN_SUCCESS: _instant(health.scan_last_success),
        SCAN_ERRORS: _count(health.scan_internal_errors),
        RELOAD: None
        if health.inventory_reload_success is None
        else float(health.inventory_reload_success),
        LOADED: _instant(health.inventory_loaded),
    }
    for family, value in values.items():
        if value is not None:
            labels = (health.version, health.catalogue) if family is BUILD else ()
            yield plain(family, [(labels, value)])


def _count(count: int | None) -> float | None:
    return None if count is None else float(count)


def _instant(instant: datetime | None) -> float | None:
    return None if instant is None else timestamp(instant)

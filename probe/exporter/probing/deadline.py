"""How long a probe may take: what Prometheus grants a scrape, less what the answer needs."""

import math
from typing import Final

HEADER: Final = "x-prometheus-scrape-timeout-seconds"
MARGIN: Final = 0.5
"""Seconds for the way there and back."""

LEAST: Final = 0.5
MOST: Final = 300.0


def of(header: str | None) -> float | None:
    """Return the seconds that a header leaves; None without one, or when it is no duration."""
    try:
        granted = float((header or "").strip()[:32])
    except ValueError:
        return None
    if not math.isfinite(granted) or granted <= 0:
        return None
    return min(max(granted - MARGIN, LEAST), MOST)

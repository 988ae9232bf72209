"""Imports that a scan will need, made before any clock runs.

httpx is large: imported when the first server is asked, it would stand in the times of whatever
else is under way.
"""

from collections.abc import Iterable
from importlib import import_module

from probe.model.roles import ROLES
from probe.model.settings import Settings
from probe.model.target import Target


def warm(targets: Iterable[Target], settings: Settings) -> None:
    """Import what these targets need and many scans do not."""
    if settings.http and any(
        ROLES[role].liveness_path for target in targets for role in target.roles if role in ROLES
    ):
        import_module("probe.net.http")

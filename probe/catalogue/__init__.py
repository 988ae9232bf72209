"""rules/ (TOML) to Rule and Profile; refuses a rule whose parameters do not fit its check."""

from probe.catalogue.errors import CatalogueError
from probe.catalogue.load import load, problems
from probe.catalogue.shipped import export, shipped

__all__ = ["CatalogueError", "export", "load", "problems", "shipped"]

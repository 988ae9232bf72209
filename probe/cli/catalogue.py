"""The catalogue that ``--rules`` names."""

from argparse import Namespace
from pathlib import Path

from probe.catalogue import CatalogueError, load
from probe.cli.usage import UsageError
from probe.model.rule import Catalogue


def catalogue_of(options: Namespace) -> Catalogue:
    """Return the catalogue of ``--rules``, or the shipped one; UsageError."""
    try:
        return load(None if options.rules is None else Path(options.rules))
    except CatalogueError as error:
        raise UsageError(str(error)) from None

"""The catalogue that ``--rules`` names, and whether it has what is asked of it."""

from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from probe.catalogue import CatalogueError, load
from probe.cli.parser import nearest
from probe.cli.usage import UsageError
from probe.model.rule import Catalogue
from probe.model.target import Target


def catalogue_of(options: Namespace) -> Catalogue:
    """Return the catalogue of ``--rules``, or the shipped one; UsageError."""
    try:
        return load(None if options.rules is None else Path(options.rules))
    except CatalogueError as error:
        raise UsageError(str(error)) from None


def check_profiles(catalogue: Catalogue, targets: Iterable[Target]) -> None:
    """Raise UsageError for every place that wants a profile which the catalogue has not."""
    known = catalogue.profiles
    missing = {
        f'{target.origin}: the catalogue has no profile "{profile}"{nearest(profile, known)}'
        for target in targets
        for profile in target.profiles
        if profile not in known
    }
    if missing:
        raise UsageError("\n".join(sorted(missing)))

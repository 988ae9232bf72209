"""Where the shipped catalogue is, and how to copy it out to change it."""

import shutil
from pathlib import Path

from probe.catalogue.errors import CatalogueError

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped() -> Path:
    """Return the directory of the shipped catalogue.

    The packaged copy comes first: beside an installed package, a directory ``rules`` would be
    somebody else's.
    """
    packaged = _PACKAGE / "_rules"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "rules"


def export(directory: Path) -> Path:
    """Copy the shipped catalogue to ``directory``, which must be new or empty.

    `CatalogueError` when there is something in it, OSError when it cannot be written.
    """
    if directory.exists() and not directory.is_dir():
        raise CatalogueError(str(directory), "", "is a file: name a new directory")
    if directory.is_dir() and any(directory.iterdir()):
        raise CatalogueError(str(directory), "", "is not empty: nothing is overwritten")
    source = shipped()
    for file in sorted(source.rglob("*.toml")):
        target = directory / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return directory

"""The files of a catalogue: found, read once, hashed, parsed as TOML."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from probe.catalogue.errors import CatalogueError

HEAD = "catalogue.toml"
RULES = "requirements"
PROFILES = "profiles"
_LARGEST = 1 << 20  # octets; a rule is a page of text


class File(NamedTuple):
    """One TOML file: its path for messages, the id that its name stands for, its octets."""

    path: str
    id: str
    octets: bytes


class Files(NamedTuple):
    """The files of a catalogue, in the order of their names."""

    head: File
    rules: tuple[File, ...]
    profiles: tuple[File, ...]

    @property
    def digest(self) -> str:
        """``sha256:…`` over names and contents, whatever the directory is called."""
        hashed = hashlib.sha256()
        kinds = ((self.head,), self.rules, self.profiles)
        for folder, files in zip(("", RULES, PROFILES), kinds, strict=True):
            for file in files:
                hashed.update(f"{folder}/{file.id}\0{len(file.octets)}\0".encode())
                hashed.update(file.octets)
        return f"sha256:{hashed.hexdigest()}"


def read(directory: Path) -> Files:
    """Read every file of the catalogue in ``directory``; `CatalogueError` where one is missing."""
    if not directory.is_dir():
        raise CatalogueError(str(directory), "", "there is no such directory")
    head = directory / HEAD
    if not head.is_file():
        raise CatalogueError(str(head), "", "missing: a catalogue names its revision there")
    found = Files(_read(head), _folder(directory / RULES), _folder(directory / PROFILES))
    if not found.rules:
        raise CatalogueError(str(directory / RULES), "", "there is no rule here (*.toml)")
    return found


def _folder(directory: Path) -> tuple[File, ...]:
    return tuple(_read(path) for path in sorted(directory.glob("*.toml")))


def _read(path: Path) -> File:
    try:
        if path.stat().st_size > _LARGEST:
            raise CatalogueError(str(path), "", f"is larger than {_LARGEST:,} octets")
        return File(str(path), path.stem, path.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CatalogueError(str(path), "", f"cannot be read: {reason}") from None


def parse(file: File) -> dict[str, Any]:
    """Parse a file's TOML; `CatalogueError` says where it is not TOML or not UTF-8."""
    try:
        return tomllib.loads(file.octets.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 (octet {error.start + 1})"
        raise CatalogueError(file.path, "", message) from None
    except (ValueError, RecursionError) as error:
        raise CatalogueError(file.path, "", f"is not TOML: {error}") from None

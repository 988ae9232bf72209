"""Paths to the octets of certificate files: directories walked, sizes bounded, errors kept."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from probe.cli.usage import UsageError
from probe.pki.container import LARGEST


class Candidate(msgspec.Struct, frozen=True):
    """A file that may hold certificates; ``named`` is whether it was named itself.

    ``problem`` is why a directory's contents are not known.
    """

    path: str
    named: bool
    problem: str | None = None


def candidates(paths: Iterable[str]) -> list[Candidate]:
    """Return the files of ``paths``, directories recursively; UsageError for a missing path.

    Hidden files and directories, links to directories, and what is no file are left out of a
    directory.
    """
    found: dict[str, Candidate] = {}
    for path in paths:
        try:
            directory = stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - a Path would drop "./"
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UsageError(f"cmprobe inspect: {path}: {reason}") from None
        for candidate in _walk(path) if directory else (Candidate(path, named=True),):
            found.setdefault(os.path.realpath(candidate.path), candidate)
    return list(found.values())


def _walk(directory: str) -> Iterator[Candidate]:
    problems: list[Candidate] = []

    def note(error: OSError) -> None:
        problem = f"the directory cannot be read: {error.strerror}"
        problems.append(Candidate(str(error.filename), named=True, problem=problem))

    for root, directories, files in os.walk(directory, onerror=note):
        directories[:] = sorted(name for name in directories if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(root, name)  # noqa: PTH118 - thousands of them
            if not name.startswith(".") and _is_file(path):
                yield Candidate(path, named=False)
    yield from problems


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - thousands of them
    except OSError:
        return True  # a dangling link: to be told


def octets(path: str) -> bytes | str:
    """Return the contents of a file, or why they cannot be had."""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        return f"the file cannot be opened: {error.strerror or error}"
    if len(data) > LARGEST:
        return f"the file is larger than {LARGEST >> 20} MiB"
    return data

"""Paths to the octets of certificate files: directories walked, sizes bounded, errors kept."""

import os
import stat
from collections.abc import Iterable, Iterator
from io import FileIO

import msgspec

from probe.cli.usage import UsageError
from probe.pki.container import LARGEST

_TOO_LARGE = f"the file is larger than {LARGEST >> 20} MiB"


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
            real = os.path.realpath(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UsageError(f"cmprobe inspect: {path}: {reason}") from None
        if not directory:
            found.setdefault(real, Candidate(path, named=True))
            continue
        for candidate in _walk(path):
            # The same file by two ways; a link to a file is a file of its own, as a copy is.
            below = candidate.path[len(path) :].lstrip(os.sep)
            found.setdefault(os.path.join(real, below), candidate)  # noqa: PTH118 - thousands of them
    return list(found.values())


def _walk(directory: str) -> Iterator[Candidate]:
    """Yield the files of a directory, then those of its directories, by name."""
    directories: list[str] = []
    try:
        with os.scandir(directory) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    directories.append(entry.path)
                elif entry.is_file() or not os.path.exists(entry.path):  # a dangling link is told  # noqa: PTH110 - thousands of them
                    yield Candidate(entry.path, named=False)
    except OSError as error:
        problem = f"the directory cannot be read: {error.strerror or error}"
        yield Candidate(directory, named=True, problem=problem)
    for path in directories:
        yield from _walk(path)


def octets(path: str) -> bytes | str:
    """Return the contents of a file, or why they cannot be had."""
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - thousands of them
            state = os.fstat(stream.fileno())
            if not stat.S_ISREG(state.st_mode):
                return _piped(stream)
            if state.st_size > LARGEST:
                return _TOO_LARGE
            return stream.read(state.st_size + 1) or b""
    except OSError as error:
        return f"the file cannot be opened: {error.strerror or error}"


def _piped(stream: FileIO) -> bytes | str:
    """Read what has no size, such as a pipe, up to the limit."""
    data = bytearray()
    while part := stream.read(1 << 16):
        data += part
        if len(data) > LARGEST:
            return _TOO_LARGE
    return bytes(data)

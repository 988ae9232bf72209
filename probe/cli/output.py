"""Reports to standard output and to files: written whole or not at all."""

import contextlib
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from probe.cli import terminal
from probe.cli.parser import nearest
from probe.cli.pipes import abandon
from probe.cli.usage import UsageError
from probe.model.report import Report
from probe.model.rule import Catalogue, Severity
from probe.render import FORMATS, pieces, render

_TEXT = "text"
_BLOCK = 1 << 17


class Outputs(msgspec.Struct, frozen=True):
    """The format of standard output, and the files beside it."""

    format: str
    files: tuple[tuple[str, Path], ...]


def chosen(options: Namespace) -> Outputs:
    """Return what a command was asked to write; UsageError before anything has been done."""
    format_ = _known(options.format or _TEXT, "--format")
    files: list[tuple[str, Path]] = []
    for name, path in options.output or ():
        _known(name, "--output")
        real = _final(path)
        writable(real, f"--output: {path}")
        if real in [other for _, other in files]:
            raise UsageError(f"--output: {path}: is named twice")
        files.append((name, real))
    return Outputs(format_, tuple(files))


def writable(path: Path, named: str) -> None:
    """Raise UsageError where no file can be written; ``named`` begins its message."""
    if not path.parent.is_dir():
        raise UsageError(f"{named}: the directory does not exist")
    if path.is_dir():
        raise UsageError(f"{named}: is a directory")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"{named}: the directory cannot be written to")


def _known(name: str, option: str) -> str:
    if name not in FORMATS:
        hint = nearest(name, FORMATS) or f" (one of {', '.join(FORMATS)})"
        raise UsageError(f'{option}: unknown format "{name}"{hint}')
    return name


def _final(path: Path) -> Path:
    """Return where a path leads in the end: a link stays, its goal is replaced."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"--output: {path}: {error}") from None


def deliver(outputs: Outputs, report: Report, catalogue: Catalogue, options: Namespace) -> None:
    """Write the report everywhere; UsageError at the end when a file could not be written."""

    def rendered(format_: str) -> Iterable[bytes]:
        return pieces(format_, report, catalogue, verbose=verbose, fail_on=fail_on)

    verbose = min(options.verbose, 2)
    fail_on = Severity(getattr(options, "fail_on", Severity.ERROR))
    if outputs.format == _TEXT:
        say(_for_terminal(report, catalogue, options, verbose))
    else:
        _pour(rendered(outputs.format))
    failed = []
    for format_, path in outputs.files:
        try:
            write(path, rendered(format_))
        except OSError as error:
            failed.append(f"--output: {path}: {error.strerror or error}")
    if failed:
        raise UsageError("\n".join(failed))


def _for_terminal(report: Report, catalogue: Catalogue, options: Namespace, verbose: int) -> str:
    stream = sys.stdout
    return render(
        _TEXT,
        report,
        catalogue,
        colour=terminal.colour(stream, refused=options.no_color),
        width=terminal.width(stream),
        verbose=verbose,
        unicode=terminal.unicode(stream),
    )


def _pour(octets: Iterable[bytes]) -> None:
    """Write to standard output what programs read, as it comes."""
    stream = sys.stdout
    with _to_reader():
        stream.flush()
        buffer = getattr(stream, "buffer", None)
        for block in _blocks(octets):
            if buffer is None:
                stream.write(block.decode())
            else:
                buffer.write(block)
        stream.flush()


def _blocks(octets: Iterable[bytes]) -> Iterator[bytes]:
    """Gather pieces, so that they are written with few calls."""
    waiting: list[bytes] = []
    size = 0
    for piece in octets:
        waiting.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    yield b"".join(waiting)


def say(text: str, *, exact: bool = False) -> None:
    """Write to standard output; a reader that has gone away is no error.

    What the encoding has not is spelled out. ``exact`` text is for programs: always UTF-8.
    """
    stream = sys.stdout
    with contextlib.suppress(AttributeError, ValueError):
        encoding = "utf-8" if exact else stream.encoding
        stream.reconfigure(encoding=encoding, errors="backslashreplace")  # type: ignore[union-attr]  # TextIOWrapper
    with _to_reader():
        stream.write(text if text.endswith("\n") else text + "\n")
        stream.flush()


@contextlib.contextmanager
def _to_reader() -> Iterator[None]:
    """Write to standard output; UsageError where it cannot be written to."""
    try:
        yield
    except BrokenPipeError:
        abandon()
    except OSError as error:
        abandon()
        raise UsageError(f"standard output: {error.strerror or error}") from None


def write(path: Path, octets: Iterable[bytes]) -> None:
    """Write a file: a new one beside it takes its place when it is complete. OSError.

    What is there already and is no file (a pipe, a device) is written to as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            file.writelines(_blocks(octets))
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("xb") as file:
            file.writelines(_blocks(octets))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise

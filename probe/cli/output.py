"""Reports to standard output and to files: written whole or not at all."""

import contextlib
import os
import sys
from argparse import Namespace
from pathlib import Path

import msgspec

from probe.cli import terminal
from probe.cli.parser import nearest
from probe.cli.pipes import abandon
from probe.cli.usage import UsageError
from probe.model.report import Report
from probe.model.rule import Catalogue, Severity
from probe.render import FORMATS, render

_TEXT = "text"


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
        if not real.parent.is_dir():
            raise UsageError(f"--output: {path}: the directory does not exist")
        if real.is_dir():
            raise UsageError(f"--output: {path}: is a directory")
        if not os.access(real.parent, os.W_OK):
            raise UsageError(f"--output: {path}: the directory cannot be written to")
        if real in [other for _, other in files]:
            raise UsageError(f"--output: {path}: is named twice")
        files.append((name, real))
    return Outputs(format_, tuple(files))


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
    said = _rendered(outputs.format, report, catalogue, options, standard_output=True)
    say(said, exact=outputs.format != _TEXT)
    failed = []
    for format_, path in outputs.files:
        try:
            write(path, _rendered(format_, report, catalogue, options, standard_output=False))
        except OSError as error:
            failed.append(f"--output: {path}: {error.strerror or error}")
    if failed:
        raise UsageError("\n".join(failed))


def _rendered(
    format_: str,
    report: Report,
    catalogue: Catalogue,
    options: Namespace,
    *,
    standard_output: bool,
) -> str:
    stream = sys.stdout
    return render(
        format_,
        report,
        catalogue,
        colour=standard_output and terminal.colour(stream, refused=options.no_color),
        width=terminal.width(stream) if standard_output else 100,
        verbose=min(options.verbose, 2),
        unicode=not standard_output or terminal.unicode(stream),
        fail_on=Severity(getattr(options, "fail_on", Severity.ERROR)),
    )


def say(text: str, *, exact: bool = False) -> None:
    """Write to standard output; a reader that has gone away is no error.

    What the encoding has not is spelled out. ``exact`` text is for programs: always UTF-8.
    """
    stream = sys.stdout
    with contextlib.suppress(AttributeError, ValueError):
        encoding = "utf-8" if exact else stream.encoding
        stream.reconfigure(encoding=encoding, errors="backslashreplace")  # type: ignore[union-attr]  # TextIOWrapper
    try:
        stream.write(text if text.endswith("\n") else text + "\n")
        stream.flush()
    except BrokenPipeError:
        abandon()
    except OSError as error:
        abandon()
        raise UsageError(f"standard output: {error.strerror or error}") from None


def write(path: Path, text: str) -> None:
    """Write a file of UTF-8: a new one beside it takes its place when it is complete. OSError.

    What is there already and is no file (a pipe, a device) is written to as it is.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("x", encoding="utf-8", newline="\n", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise

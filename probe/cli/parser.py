"""argparse that answers a mistake with one line, and with the nearest known word."""

import argparse
import os
import sys

from probe.cli.usage import UsageError

# Importing typing would take a tenth of the time that `cmprobe --version` takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

_WIDTH = 80


class Parser(argparse.ArgumentParser):
    """A parser that never abbreviates options and raises UsageError instead of exiting."""

    def __init__(self, **settings: "Any") -> None:  # noqa: ANN401 - argparse's own
        super().__init__(allow_abbrev=False, formatter_class=_Formatter, **settings)

    def error(self, message: str) -> "NoReturn":
        """Raise UsageError for what argparse refuses."""
        raise UsageError(f"{self.prog}: {message} (see {self.prog} --help)")

    def refuse_rest(self, rest: list[str]) -> None:
        """Raise UsageError for arguments that nothing took."""
        for argument in rest:
            if argument.startswith("-") and argument != "-":
                option = argument.partition("=")[0]
                hint = nearest(option, self._option_string_actions)
                raise UsageError(f'{self.prog}: unknown option "{option}"{hint}')
        if rest:
            raise UsageError(f'{self.prog}: unexpected argument "{rest[0]}"')


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal. argparse makes one for every option, and would import shutil."""

    def __init__(self, prog: str) -> None:
        try:
            columns = os.get_terminal_size().columns
        except OSError:
            columns = 0
        super().__init__(prog, width=(columns or _WIDTH) - 2)


class Version(argparse.Action):
    """Print the version and end; argparse's own would lay it out like help."""

    def __init__(self, option_strings: list[str], dest: str, version: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version")
        self._version = version

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print ``cmprobe VERSION``."""
        sys.stdout.write(f"{parser.prog} {self._version}\n")
        parser.exit()


def nearest(word: str, known: "Iterable[str]") -> str:
    """Return `` (did you mean "…"?)`` for the known word most like ``word``, or nothing."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    near = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f' (did you mean "{near[0]}"?)' if near else ""

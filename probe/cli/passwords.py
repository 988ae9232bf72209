"""Passwords of certificate files: from a file, the environment or a person; never shown again."""

import getpass
import os
import sys
from pathlib import Path

from probe.cli.usage import UsageError
from probe.render.escape import escape

VARIABLE = "CMPROBE_PFX_PASSWORD"
_LARGEST = 1 << 16
_ATTEMPTS = 3


class Passwords:
    """The passwords that may open a file, and a way to ask for another one."""

    def __init__(self, given: tuple[str, ...], *, ask: bool) -> None:
        self._known = list(given)
        self._ask = ask

    def __repr__(self) -> str:
        """Say how many there are."""
        return f"Passwords({len(self._known)})"

    @property
    def known(self) -> tuple[str, ...]:
        """What can be tried."""
        return tuple(self._known)

    @property
    def attempts(self) -> range:
        """How often a person may be asked for one file."""
        return range(_ATTEMPTS if self._ask else 0)

    def ask(self, path: str) -> str | None:
        """Ask on the terminal; None when there is nobody to ask, or no answer (then for good)."""
        if not self._ask:
            return None
        try:
            answer = getpass.getpass(f"Password of {escape(path)} (none: leave it out): ")
        except (EOFError, OSError):
            answer = ""
        if not answer:
            self._ask = False
            return None
        self._known.insert(0, answer)
        return answer


def passwords_of(file: str | None) -> Passwords:
    """Return the passwords of ``--password-file`` or the environment, else ask on a terminal."""
    if file is not None:
        return Passwords(_from_file(Path(file)), ask=False)
    if VARIABLE in os.environ:
        return Passwords((os.environ[VARIABLE],), ask=False)
    return Passwords((), ask=sys.stdin.isatty() and sys.stderr.isatty())


def _from_file(path: Path) -> tuple[str, ...]:
    """Return each line of a file; an empty file holds the empty password. UsageError."""
    try:
        with path.open("rb") as stream:
            octets = stream.read(_LARGEST + 1)
        if len(octets) > _LARGEST:
            raise UsageError(f"--password-file: {path}: is too large for a list of passwords")
        return tuple(dict.fromkeys(octets.decode("utf-8-sig").splitlines())) or ("",)
    except OSError as error:
        raise UsageError(f"--password-file: {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--password-file: {path}: is not UTF-8") from None

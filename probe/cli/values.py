"""The values of options: text to what is meant, or a message that says what would be right."""

import re
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LONGEST = 86400
_MOST = 100_000
_PROCESSES = 64
_RELATIVE = re.compile(r"(?P<sign>[+-])(?P<number>[0-9]{1,6})(?P<unit>[smhdwy])", re.ASCII)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}


def seconds(text: str) -> float:
    """Return a duration in seconds, more than 0 and at most a day."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= _LONGEST:
        raise ArgumentTypeError(f'"{text}" is not a number of seconds from above 0 to {_LONGEST}')
    return value


def count(text: str) -> int:
    """Return a whole number from 1 to 100000."""
    if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) or not 1 <= int(text) <= _MOST:
        raise ArgumentTypeError(f'"{text}" is not a whole number from 1 to {_MOST}')
    return int(text)


def workers(text: str) -> int | None:
    """Return a number of processes from 1 to 64, None for ``auto``."""
    if text == "auto":
        return None
    if not re.fullmatch(r"[0-9]{1,2}", text, re.ASCII) or not 1 <= int(text) <= _PROCESSES:
        raise ArgumentTypeError(f'"{text}" is neither auto nor a number from 1 to {_PROCESSES}')
    return int(text)


def instant(text: str, now: datetime | None = None) -> datetime:
    """Return a time in UTC: ISO 8601 (a date is its first instant, no zone is UTC), or relative.

    Relative is a sign, a number and s, m (minutes), h, d, w or y (365 days), such as ``+30d``.
    """
    relative = _RELATIVE.fullmatch(text.strip())
    try:
        if relative:
            offset = int(relative["sign"] + relative["number"]) * _UNITS[relative["unit"]]
            return (now or datetime.now(UTC)) + offset
        value = datetime.fromisoformat(text.strip())
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(
            f'"{text}" is no time: write a date (2027-01-31), a time (2027-01-31T12:00Z) '
            "or a distance from now (+30d, -12h)"
        ) from None


def shard(text: str) -> tuple[int, int]:
    """Return I and N of ``I/N``, the I-th of N parts."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text.strip(), re.ASCII)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ArgumentTypeError(f'"{text}" is not I/N with 1 <= I <= N, such as 2/4')
    return int(found[1]), int(found[2])


def output(text: str) -> tuple[str, Path]:
    """Return format and file of ``FORMAT=FILE``."""
    format_, equals, file = text.partition("=")
    if not equals or not format_ or not file:
        raise ArgumentTypeError(f'"{text}" is not FORMAT=FILE, such as json=report.json')
    if file == "-":
        raise ArgumentTypeError(f"a file is wanted: for standard output use --format {format_}")
    return format_, Path(file)


def joined(arguments: list[str]) -> list[str]:
    """Return the arguments with ``--as-of -30d`` as one: argparse takes -30d for an option."""
    found: list[str] = []
    for argument in arguments:
        if found and found[-1] == "--as-of" and _RELATIVE.fullmatch(argument):
            found[-1] = f"--as-of={argument}"
        else:
            found.append(argument)
    return found

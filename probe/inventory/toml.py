"""The text of an inventory file, and what TOML makes of it."""

import re
import tomllib
from pathlib import Path
from typing import Any

from probe.inventory.problems import InventoryError, Problem

_AT = re.compile(
    r"^(?P<message>.*?) ?\(at line (?P<line>\d+), column (?P<column>\d+)\)$", re.DOTALL
)
_END = re.compile(r"^(?P<message>.*?) ?\(at end of document\)$", re.DOTALL)
_BOMS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def text(path: Path) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark.

    InventoryError when it cannot be read, is empty or is not UTF-8.
    """
    file = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _error(file, "", f"cannot be read: {error.strerror or error}") from None
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            raise _error(file, "", f"is {name}, not UTF-8: save it as UTF-8")
    try:
        decoded = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        octet = data[error.start]
        raise _error(
            file, f"line {line}", f"is not UTF-8 (octet 0x{octet:02x}): save it as UTF-8"
        ) from None
    if not decoded.strip():
        raise _error(file, "", "is empty: it defines no system")
    return decoded


def parse(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; InventoryError with line and column when it is not one."""
    file = str(path)
    document = text(path)
    try:
        return tomllib.loads(document)
    except RecursionError:
        raise _error(file, "", "is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise _syntax(file, document, str(error)) from None
    except ValueError:  # int() refuses what is long enough to be an attack
        raise _error(file, "", "holds a number with too many digits") from None


def _syntax(file: str, document: str, message: str) -> InventoryError:
    """Return a syntax error with its line and column moved to the front."""
    at = _AT.match(message)
    if at:
        return _error(
            file,
            f"line {at['line']}, column {at['column']}",
            f"is not valid TOML: {at['message']}",
        )
    end = _END.match(message)
    if end:
        lines = document.split("\n")
        key = f"line {len(lines)}, column {len(lines[-1]) + 1}"
        return _error(file, key, f"is not valid TOML: {end['message']} (at the end of the file)")
    return _error(file, "", f"is not valid TOML: {message}")


def _error(file: str, key: str, message: str) -> InventoryError:
    return InventoryError([Problem(file, key, message)])

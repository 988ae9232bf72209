"""The state file: written whole or not at all, and never believed to be one of ours."""

import contextlib
import logging
import os
from pathlib import Path

from probe.exporter.state.octets import LARGEST, Kept, StateError, decode

_log = logging.getLogger(__name__)


def read(path: Path) -> list[Kept]:
    """Return what a state file holds; nothing, and a line in the log, where it cannot be used."""
    try:
        return decode(_octets(path))
    except FileNotFoundError:
        return []
    except OSError as error:
        _log.warning("%s: the state cannot be read: %s", path, error.strerror or error)
    except StateError as error:
        _log.warning("%s: %s: starting without it", path, error)
    return []


def _octets(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise StateError("is no file")
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise StateError(f"is larger than {LARGEST >> 20} MiB")
    return data


def write(path: Path, data: bytes) -> bool:
    """Put ``data`` in place of the file, durably; False, and a line in the log, if it cannot be.

    Only its owner may read it: it tells where every server is.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.unlink(missing_ok=True)
        binary = getattr(os, "O_BINARY", 0)  # Windows
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _settle(path.parent)
    except OSError as error:
        _log.error("%s: the state cannot be written: %s", path, error.strerror or error)
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        return False
    return True


def _settle(directory: Path) -> None:
    """Have the new name outlive a crash, where directories can be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""A new private key to a file: for its owner alone, whole or not at all, never over a file."""

import contextlib
import errno
import os
from pathlib import Path

_OWNER_ONLY = 0o600
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def write_key(path: Path, octets: bytes) -> None:
    """Write a file that did not exist; FileExistsError where something is, other OSError.

    The octets are written to a new file beside it, readable by its owner only (on Windows: by
    whom the directory says), which then gets its name. The name is given by a link, which
    replaces nothing; where there are no links the file itself is made with O_EXCL.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    _create(partial, octets)
    try:
        _name(partial, path, octets)
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()


def _name(partial: Path, path: Path, octets: bytes) -> None:
    if os.name == "nt":
        partial.rename(path)  # which replaces nothing there
        return
    try:
        path.hardlink_to(partial)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _create(path, octets)


def _create(path: Path, octets: bytes) -> None:
    """Make a file with ``octets``; nothing of it stays when it could not be written whole."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise

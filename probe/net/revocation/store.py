"""CRLs kept in a directory from one scan to the next, by the hash of their URL.

Nothing in it is believed: a file counts if it is ours alone, whole and about the URL asked for,
and whoever takes a CRL out of it verifies its signature as that of one just fetched. Files are
replaced in one step, so that several processes may share a directory. Its errors are logged, and
cost nothing but the time saved.
"""

import hashlib
import logging
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from probe.net.revocation.errand import CRL_LIMIT, Fetched, Validators

_log = logging.getLogger(__name__)

MOST_OCTETS: Final = 256 * 1024 * 1024
MOST_FILES: Final = 4096
"""Beyond either, what was not confirmed for longest is dropped."""

_FIRST_LINE: Final = b"cmprobe-cache/1"
_LONGEST_HEAD: Final = 8192
_NAME: Final = re.compile(r"[0-9a-f]{64}\.crl")
_NEW: Final = ".new-"
_ABANDONED: Final = 3600.0
"""Seconds after which an unfinished file has no process any more."""

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
_OTHERS_WRITE: Final = 0o022


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says of its octets."""

    url: str
    server: str | None
    fetched: datetime
    etag: str
    modified: str
    public: bool
    size: int
    sha256: str


class Store:
    """A directory of CRLs; made if it is not there. OSError if it cannot be used."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(13, os.strerror(13), str(directory))
        self._directory = directory
        self._told = False

    def load(self, url: str, server: str | None) -> Fetched | None:
        """Return what is kept of a URL, None where there is nothing that counts.

        ``at`` is when the server gave it or confirmed it last.
        """
        found = None
        with self._careful(), suppress(FileNotFoundError):
            path = self._path(url, server)
            read = _read(path)
            found = None if read is None else _checked(*read, url, server)
            if found is None:
                path.unlink()
        return found

    def save(self, url: str, server: str | None, fetched: Fetched) -> None:
        """Keep what was fetched, and drop what is too much."""
        head = _Head(
            url,
            server,
            fetched.at,
            fetched.validators.etag,
            fetched.validators.modified,
            fetched.public,
            len(fetched.data),
            hashlib.sha256(fetched.data).hexdigest(),
        )
        with self._careful():
            # Readable by its owner alone, which is what counts when it is read again.
            handle, name = tempfile.mkstemp(prefix=_NEW, dir=self._directory)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.writelines(
                        (_FIRST_LINE, b"\n", msgspec.json.encode(head), b"\n", fetched.data)
                    )
                os.utime(name, (fetched.at.timestamp(),) * 2)
                Path(name).replace(self._path(url, server))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._tidy()

    def confirm(self, url: str, server: str | None) -> None:
        """Note that the server has confirmed now what is kept."""
        with self._careful(), suppress(FileNotFoundError):
            os.utime(self._path(url, server))

    def _path(self, url: str, server: str | None) -> Path:
        name = hashlib.sha256(f"{server or ''}\n{url}".encode("utf-8", "surrogatepass")).hexdigest()
        return self._directory / f"{name}.crl"

    def _tidy(self) -> None:
        """Drop the oldest beyond the limits, and what was never finished."""
        kept = []
        with os.scandir(self._directory) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    state = entry.stat(follow_symlinks=False)
                    if _NAME.fullmatch(entry.name):
                        kept.append((state.st_mtime, state.st_size, entry.path))
                    elif entry.name.startswith(_NEW) and _abandoned(state.st_mtime):
                        Path(entry.path).unlink(missing_ok=True)
        kept.sort(reverse=True)
        octets = 0
        for count, (_, size, path) in enumerate(kept, 1):
            octets += size
            if count > 1 and (octets > MOST_OCTETS or count > MOST_FILES):
                octets -= size
                Path(path).unlink(missing_ok=True)

    @contextmanager
    def _careful(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            level = logging.DEBUG if self._told else logging.WARNING
            self._told = True
            _log.log(level, "the cache %s: %s", self._directory, error.strerror or error)


def _abandoned(modified: float) -> bool:
    return modified + _ABANDONED < time.time()


def _read(path: Path) -> tuple[bytes, float] | None:
    """Return a file's octets and time; None for what we never wrote."""
    handle = os.open(path, _FLAGS)
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode) or state.st_size > CRL_LIMIT + _LONGEST_HEAD:
            return None
        if hasattr(os, "geteuid") and (
            state.st_uid != os.geteuid() or state.st_mode & _OTHERS_WRITE
        ):
            return None
        return file.read(CRL_LIMIT + _LONGEST_HEAD), state.st_mtime


def _checked(octets: bytes, modified: float, url: str, server: str | None) -> Fetched | None:
    """Return what a file holds, None unless all of it fits together."""
    first, _, rest = octets.partition(b"\n")
    line, _, data = rest.partition(b"\n")
    if first != _FIRST_LINE or len(line) > _LONGEST_HEAD:
        return None
    try:
        head = msgspec.json.decode(line, type=_Head)
        confirmed = max(head.fetched, datetime.fromtimestamp(int(modified), UTC))
    except (msgspec.MsgspecError, UnicodeError, OverflowError, ValueError, TypeError, OSError):
        return None
    if (
        (head.url, head.server, head.size) != (url, server, len(data))
        or confirmed > datetime.now(UTC) + timedelta(minutes=1)
        or head.sha256 != hashlib.sha256(data).hexdigest()
    ):
        return None
    validators = Validators.of({"etag": head.etag, "last-modified": head.modified})
    return Fetched(0.0, data, public=head.public, validators=validators, at=confirmed)

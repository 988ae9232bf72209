"""The platform's hosts file, which comes before DNS where no resolver is named."""

import os
import sys
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path


def path() -> Path:
    """Return where this platform keeps it."""
    if sys.platform == "win32":
        return Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32/drivers/etc/hosts"
    return Path("/etc/hosts")


def read(file: Path) -> dict[str, tuple[str, ...]]:
    """Return the addresses of each name in lower case; nothing for a file that is not there.

    Lines that cannot be read are passed over, as platforms do.
    """
    found: dict[str, tuple[str, ...]] = {}
    try:
        text = file.read_text("utf-8", errors="replace")
    except OSError:
        return found
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) < 2:  # noqa: PLR2004 - an address and at least one name
            continue
        try:
            address = str(ip_address(words[0]))
        except ValueError:
            continue
        for name in words[1:]:
            key = name.lower().rstrip(".")
            if address not in found.get(key, ()):
                found[key] = (*found.get(key, ()), address)
    return found


@lru_cache(maxsize=1)
def table() -> dict[str, tuple[str, ...]]:
    """Return the platform's hosts file, read once."""
    return read(path())

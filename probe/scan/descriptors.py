"""How many targets the file descriptors of this process suffice for."""

import logging
import sys
from typing import Final

log = logging.getLogger(__name__)

_EACH: Final = 4
"""Descriptors of a target at once: two hellos for versions, HTTP, and a DNS question."""

_SPARE: Final = 64
"""Descriptors for files, the event loop and name servers."""


def suffice(targets: int) -> int:
    """Raise the process's limit for so many targets in flight; return how many it allows.

    One is always allowed. Windows has no such limit.
    """
    if sys.platform == "win32":
        return targets
    import resource  # noqa: PLC0415 - not on every platform

    wanted = targets * _EACH + _SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
        except (OSError, ValueError) as error:
            log.debug("the limit of file descriptors stays: %s", error)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return targets
    allowed = max(1, (soft - _SPARE) // _EACH)
    log.warning(
        "%d file descriptors are too few for %d targets at once: taking %d", soft, targets, allowed
    )
    return allowed

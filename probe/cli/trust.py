"""The trust store that ``--trust`` and ``--intermediate`` name."""

import os
from argparse import Namespace

from probe.cli.usage import UsageError
from probe.inventory.trust import SYSTEM, TrustError, trust_store
from probe.pki.trust import TrustStore


def store_of(options: Namespace) -> TrustStore:
    """Return the store; the platform's roots when no root is named. UsageError."""
    trust = tuple(map(source, options.trust or (SYSTEM,)))
    intermediates = tuple(map(source, options.intermediate or ()))
    try:
        return trust_store(trust, intermediates)
    except TrustError as error:
        raise UsageError(str(error)) from None


def source(entry: str) -> str:
    """Return a trust source as an inventory has it: an absolute path, or "system"."""
    return entry if entry == SYSTEM else os.path.abspath(entry)  # noqa: PTH100 - links stay

"""Processes in place of `probe.cli.worker.work`, for tests: started by name, so they stand here."""

import os

from probe.cli.worker import work
from probe.net.revocation.errand import Fetched
from probe.net.revocation.store import Store


def dying(connection, part) -> None:
    """Do all but one target, and die without a word about it."""
    *first, _ = part.targets.items()
    part.targets.clear()
    part.targets.update(first)
    if first:
        work(_Endless(connection), part)
    os._exit(9)


def hammering(directory, data: bytes, seed: int) -> None:
    """Keep and load CRLs in a directory that others use; ends with status 1 if one is spoilt."""
    store = Store(directory)
    for at in range(60):
        kept = data + bytes((seed,)) * (1000 * (at % 7))
        store.save(f"http://pki/{at % 3}.crl", None, Fetched(0.1, kept))
        found = store.load(f"http://pki/{(at + 1) % 3}.crl", None)
        assert found is None or found.data.startswith(data)


class _Endless:
    """A connection over which the end is never told."""

    def __init__(self, connection) -> None:
        self._connection = connection
        self.recv_bytes = connection.recv_bytes

    def send_bytes(self, octets: bytes) -> None:
        if octets:
            self._connection.send_bytes(octets)

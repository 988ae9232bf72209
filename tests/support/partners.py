"""Processes in place of `probe.cli.worker.work`, for tests: started by name, so they stand here."""

import os

from probe.cli.worker import work


def dying(connection, part) -> None:
    """Do all but one target, and die without a word about it."""
    *first, _ = part.targets.items()
    part.targets.clear()
    part.targets.update(first)
    if first:
        work(_Endless(connection), part)
    os._exit(9)


class _Endless:
    """A connection over which the end is never told."""

    def __init__(self, connection) -> None:
        self._connection = connection
        self.recv_bytes = connection.recv_bytes

    def send_bytes(self, octets: bytes) -> None:
        if octets:
            self._connection.send_bytes(octets)

"""A scan that is interrupted while a target is nearly through."""

import asyncio

from probe.model.observation import AddressObservation


class Cut(asyncio.CancelledError):
    """A cancellation that carries what was seen until then; it still cancels whom it meets."""

    def __init__(self, seen: tuple[AddressObservation, ...]) -> None:
        super().__init__()
        self.seen = seen

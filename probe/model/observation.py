"""Everything the network showed of one target at one address."""

import msgspec

from probe.model.stages import (
    Connection,
    Browser,
    Handshake,
    Http,
    PreloginStage,
    Proxy,
    Resolution,
    Skipped,
    Versions,
)

_NOT_REACHED = Skipped(because="an earlier stage did not succeed")
_NOT_USED = Skipped(because="not used for this target")


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One connection's story, stage by stage; judged nowhere, kept as seen."""

    resolution: Resolution
    connection: Connection = _NOT_REACHED
    proxy: Proxy = _NOT_USED
    prelogin: PreloginStage = _NOT_USED
    handshake: Handshake = _NOT_REACHED
    versions: Versions = _NOT_REACHED
    browser: Browser = _NOT_USED
    http: Http = _NOT_REACHED


class AddressObservation(msgspec.Struct, frozen=True):
    """An observation and the address it was made at (None: the name did not resolve)."""

    address: str | None
    observation: Observation

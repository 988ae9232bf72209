"""Everything the network showed of one target at one address."""

import msgspec

from probe.model.revocation import IssuerSource, RevocationSource
from probe.model.stages import (
    Browser,
    Connection,
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
    """One connection's story, stage by stage; judged nowhere, kept as seen.

    ``revocation`` has a record for every source that the certificates sent name; it is empty when
    none does, or when nothing was to be fetched. ``issuers`` are those fetched by AIA.
    """

    resolution: Resolution
    browser: Browser = _NOT_USED
    connection: Connection = _NOT_REACHED
    proxy: Proxy = _NOT_USED
    prelogin: PreloginStage = _NOT_USED
    handshake: Handshake = _NOT_REACHED
    versions: Versions = _NOT_REACHED
    http: Http = _NOT_REACHED
    revocation: tuple[RevocationSource, ...] = ()
    issuers: tuple[IssuerSource, ...] = ()


class AddressObservation(msgspec.Struct, frozen=True):
    """An observation and the address it was made at (None: the name did not resolve)."""

    address: str | None
    observation: Observation

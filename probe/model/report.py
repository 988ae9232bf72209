"""The one thing that every output renders."""

from datetime import datetime

import msgspec

from probe.model.certificate import Presented
from probe.model.file import CertificateFile
from probe.model.finding import Finding
from probe.model.observation import Observation
from probe.model.path import Alternative, Link
from probe.model.stages import Chain
from probe.model.target import Target

SCHEMA = "cmprobe-report/1"


class Tool(msgspec.Struct, frozen=True):
    """Who made the report."""

    name: str
    version: str


class CatalogueInfo(msgspec.Struct, frozen=True):
    """Which catalogue judged."""

    revision: str
    digest: str


class Failures(msgspec.Struct, frozen=True):
    """Failed findings by severity."""

    error: int = 0
    warning: int = 0
    notice: int = 0


class Summary(msgspec.Struct, frozen=True):
    """The report in numbers; ``reachable`` counts targets with a chain from any address.

    A certificate file is a target too, reachable when it could be read.
    """

    targets: int = 0
    reachable: int = 0
    findings: Failures = Failures()
    indeterminate: int = 0


class Result(msgspec.Struct, frozen=True):
    """One target at one address (None: the name did not resolve).

    ``links`` are those of the best path from the first certificate, as this run's roots have it;
    ``alternatives`` are other paths.
    """

    target: Target
    address: str | None
    observation: Observation
    findings: tuple[Finding, ...]
    links: tuple[Link, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


class DecodedChain(Chain):
    """Certificates as they came that are at hand as they were decoded, too."""

    __slots__ = ("presented",)

    def __init__(self, presented: tuple[Presented, ...]) -> None:
        """Keep what was decoded, and its octets."""
        super().__init__(tuple([one.der for one in presented]))
        self.presented = presented


class FileResult(msgspec.Struct, frozen=True):
    """One certificate of a file, with the issuers that the file holds for it.

    They are kept as they were decoded: thousands of different ones would be decoded again.
    """

    file: CertificateFile
    presented: tuple[Presented, ...]
    findings: tuple[Finding, ...]
    links: tuple[Link, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def chain(self) -> Chain:
        """The octets of the certificate and its issuers."""
        return DecodedChain(self.presented)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run. Times are UTC; ``as_of`` is the instant that validity was judged at.

    A run looks at endpoints (``results``) or at certificate files (``files``).
    """

    schema: str = SCHEMA
    tool: Tool
    catalogue: CatalogueInfo
    vantage: str | None = None
    started: datetime
    finished: datetime
    as_of: datetime
    summary: Summary
    results: tuple[Result, ...] = ()
    files: tuple[FileResult, ...] = ()

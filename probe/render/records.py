"""The shapes of the JSON report where they differ from the model's own structs.

One definition gives both the JSON and its published schema. Times are RFC 3339 text in UTC.
"""

from typing import Annotated

import msgspec

from probe.model.certificate import CertificateTemplate
from probe.model.file import CertificateFile
from probe.model.finding import Finding
from probe.model.path import Alternative, Link
from probe.model.report import CatalogueInfo, Summary, Tool
from probe.model.revocation import IssuerSource, RevocationSource
from probe.model.stages import (
    Browser,
    Chain,
    Connection,
    Handshake,
    Http,
    PreloginStage,
    Proxy,
    Resolution,
)
from probe.model.stages import Versions as VersionsStage
from probe.model.target import Names, Transport

LINE_SCHEMA = "cmprobe-result/1"

Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Hex = Annotated[str, msgspec.Meta(pattern="^-?[0-9a-f]+$")]


class KeyRecord(msgspec.Struct, frozen=True, gc=False):
    """A public key: rsa, rsa-pss, ec, ed25519, ed448, dsa or unknown; bits null if unknown."""

    type: str
    bits: int | None


class CertificateRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A certificate as it was sent; ``position`` 0 came first.

    ``serial`` is hexadecimal without leading zeros. ``eku`` and ``key_usage`` are null when the
    extension is absent. ``dns_names`` holds at most 10,000 names; ``dns_names_total`` is there
    only if there were more. ``problems`` names the parts that could not be decoded.
    """

    position: int
    sha256: Hex
    sha1: Hex
    subject: str
    issuer: str
    serial: Hex
    not_before: Time
    not_after: Time
    signature_algorithm: str
    signature_hash: str | None
    key: KeyRecord
    common_name: str | None
    dns_names: tuple[str, ...]
    dns_names_total: int | msgspec.UnsetType = msgspec.UNSET
    eku: tuple[str, ...] | None
    key_usage: tuple[str, ...] | None
    template: CertificateTemplate | None
    problems: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    pem: str


class UndecodableRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Octets that came where a certificate was expected; ``error`` says why they are none."""

    position: int
    sha256: Hex
    sha1: Hex
    error: str
    pem: str


class TargetRecord(msgspec.Struct, frozen=True, gc=False):
    """What was probed; ``names`` has the keys that the inventory gives."""

    id: str
    host: str
    port: int
    transport: Transport
    site: str | None
    roles: tuple[str, ...]
    profiles: tuple[str, ...]
    names: Names


class ObservationRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Every stage, each tagged by ``status``: ok, failed or skipped."""

    resolution: Resolution
    browser: Browser
    connection: Connection
    proxy: Proxy
    prelogin: PreloginStage
    handshake: Handshake
    versions: VersionsStage
    http: Http
    revocation: tuple[RevocationSource, ...] = ()
    issuers: tuple[IssuerSource, ...] = ()


class ResultRecord(msgspec.Struct, frozen=True, gc=False):
    """One target at one address; ``address`` is null when the name did not resolve."""

    target: TargetRecord
    address: str | None
    observation: ObservationRecord
    findings: tuple[Finding, ...]
    links: tuple[Link, ...]
    alternatives: tuple[Alternative, ...]


class FileResultRecord(msgspec.Struct, frozen=True, gc=False):
    """One certificate of a file; ``chain`` starts with it and goes on with its issuers."""

    file: CertificateFile
    chain: Chain
    findings: tuple[Finding, ...]
    links: tuple[Link, ...]
    alternatives: tuple[Alternative, ...]


class FileLineRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of JSON Lines about a file."""

    schema: str = LINE_SCHEMA
    vantage: str | None
    finished: Time
    as_of: Time
    file: CertificateFile
    chain: Chain
    findings: tuple[Finding, ...]
    links: tuple[Link, ...]
    alternatives: tuple[Alternative, ...]


class LineRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of JSON Lines: a result that can stand alone in a log."""

    schema: str = LINE_SCHEMA
    vantage: str | None
    finished: Time
    as_of: Time
    target: TargetRecord
    address: str | None
    observation: ObservationRecord
    findings: tuple[Finding, ...]
    links: tuple[Link, ...]
    alternatives: tuple[Alternative, ...]


class HeadRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A report without its results."""

    schema: str
    tool: Tool
    catalogue: CatalogueInfo
    vantage: str | None
    started: Time
    finished: Time
    as_of: Time
    summary: Summary


class ReportRecord(HeadRecord, frozen=True, kw_only=True):
    """One run of cmprobe."""

    results: tuple[ResultRecord, ...]

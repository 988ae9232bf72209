"""The shape of an inventory file: one definition for its validation and its JSON Schema."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from probe.model.roles import ROLES
from probe.model.target import Accepts, Transport

LONGEST_TIMEOUT = 86400
"""Seconds: a day. More is a mistake, and infinity would hang a scan."""

RoleId = Annotated[str, Meta(extra_json_schema={"enum": list(ROLES)})]
ProfileId = Annotated[str, Meta(min_length=1)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Timeout = Annotated[
    float, Meta(gt=0, le=LONGEST_TIMEOUT, description="Seconds for a whole target.")
]
Trust = Annotated[
    tuple[str, ...],
    Meta(description='Root certificates: files or directories relative to this file, or "system".'),
]
Intermediates = Annotated[
    tuple[str, ...],
    Meta(description="Intermediate certificates: files or directories relative to this file."),
]
Resolver = Annotated[str, Meta(description="The DNS server to ask: IP or IP:PORT.")]


class SiteTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[site]``: what holds for every system of the file."""

    code: Annotated[str, Meta(min_length=1, description="The site code, as text.")] | None = None
    name: str | None = None
    trust: Trust | None = None
    intermediates: Intermediates | None = None
    resolver: Resolver | None = None
    vantage: (
        Annotated[
            str, Meta(min_length=1, description="Where this probe stands: intranet, internet, …")
        ]
        | None
    ) = None


class DefaultsTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[defaults]``: what holds where a system says nothing."""

    timeout: Timeout | None = None
    ports: Annotated[dict[str, Port], Meta(description="The port of a role.")] = {}


class TemplateEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One AD CS template that certificates may come from: its OID, its V1 name, or both."""

    oid: str | None = None
    name: str | None = None


class SystemTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[system]]``: one site system, its names, roles and ports."""

    fqdn: Annotated[str, Meta(description="The intranet FQDN.")] | None = None
    internet_fqdn: str | None = None
    computer_name: str | None = None
    service_name: Annotated[str, Meta(description="The service name of a CMG.")] | None = None
    cluster_fqdn: (
        Annotated[str, Meta(description="The virtual name of a failover cluster instance.")] | None
    ) = None
    accepts: (
        Annotated[Accepts, Meta(description="From where clients connect to this system.")] | None
    ) = None
    roles: tuple[RoleId, ...] = ()
    profiles: Annotated[
        tuple[ProfileId, ...],
        Meta(description="Profiles of your own catalogue, beside those of the roles."),
    ] = ()
    transport: Transport | None = None
    instance: Annotated[str, Meta(min_length=1, description="The SQL Server instance.")] | None = (
        None
    )
    browser_port: (
        Annotated[Port, Meta(description="The UDP port of SQL Server Browser; default: 1434.")]
        | None
    ) = None
    address: (
        Annotated[str, Meta(description="Connect to this IP address; the name stays the SNI.")]
        | None
    ) = None
    port: Annotated[Port, Meta(description="The port of every role of this system.")] | None = None
    ports: Annotated[dict[str, Port], Meta(description="The port of a role.")] = {}
    trust: Trust | None = None
    intermediates: Intermediates | None = None
    expected_thumbprint: (
        Annotated[str, Meta(description="SHA-1 or SHA-256 of the certificate that is meant.")]
        | None
    ) = None
    alternative_selection: Annotated[
        bool, Meta(description="Clients choose their certificate by other criteria.")
    ] = False


class InventoryFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cmprobe inventory: site systems and what is known about them."""

    site: SiteTable = SiteTable()
    defaults: DefaultsTable = DefaultsTable()
    templates: Annotated[
        dict[str, tuple[TemplateEntry, ...]],
        Meta(description="By profile: the templates that its certificates must come from."),
    ] = {}
    discover: Annotated[dict[str, Any], Meta(description="Settings of cmprobe discover.")] = {}
    system: tuple[SystemTable, ...] = ()

"""Which of a system's names a role is reached by, and from where it is reached.

One place for `cmprobe check` and for inventories: the host of a target is the internet FQDN
when it accepts only internet connections, the service name of a cloud management gateway, the
cluster FQDN of a failover cluster, else the intranet FQDN.
"""

import msgspec

from probe.model.roles import ROLES
from probe.model.target import Accepts, Names

CLOUD = frozenset({"cloud-management-gateway", "cloud-distribution-point"})
"""Roles in Azure: one public name, the service name."""

PUBLIC = CLOUD | {"ibcm-proxy"}
"""Roles that exist for clients on the internet."""

CLUSTER = "sql-failover-cluster"
_INTERNET = "internet"

# What people call the roles for short; for suggestions only.
ABBREVIATIONS = {
    "mp": "management-point",
    "dp": "distribution-point",
    "sup": "software-update-point",
    "wsus": "software-update-point",
    "smp": "state-migration-point",
    "crp": "certificate-registration-point",
    "cmg": "cloud-management-gateway",
    "cloud-gateway": "cloud-management-gateway",
    "cdp": "cloud-distribution-point",
    "sql": "sql-server",
    "database": "sql-server",
    "fci": "sql-failover-cluster",
    "ibcm": "ibcm-proxy",
    "proxy": "ibcm-proxy",
    "adminservice": "sms-provider",
    "admin-service": "sms-provider",
    "ssrs": "reporting-point",
    "iis": "tls",
    "https": "tls",
}


class NoHostError(ValueError):
    """Nothing to connect to: ``key`` is the name that is missing."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        super().__init__(message)


def complete(names: Names, roles: tuple[str, ...]) -> Names:
    """Return ``names`` with what follows from them and the roles where nothing is said.

    A system with only public roles and one name has just the name that its clients use,
    whichever key it was given as. ``accepts`` follows from the names that are there.
    """
    if roles and CLOUD.issuperset(roles) and names.service_name is None:
        only = names.internet_fqdn or names.intranet_fqdn
        names = msgspec.structs.replace(names, service_name=only, intranet_fqdn=None)
    elif roles and PUBLIC.issuperset(roles) and not (names.internet_fqdn or names.service_name):
        names = msgspec.structs.replace(
            names, internet_fqdn=names.intranet_fqdn, intranet_fqdn=None
        )
    if names.accepts is None:
        names = msgspec.structs.replace(names, accepts=_accepts(names, roles))
    return names


def _accepts(names: Names, roles: tuple[str, ...]) -> Accepts:
    """Return from where a system is reached, judged by its roles and names."""
    if roles and PUBLIC.issuperset(roles):
        return Accepts.INTERNET
    inside = names.intranet_fqdn or names.computer_name or names.cluster_fqdn
    if names.internet_fqdn and inside:
        return Accepts.BOTH
    if (names.internet_fqdn or names.service_name) and not inside:
        return Accepts.INTERNET
    return Accepts.INTRANET


def host(role: str, names: Names, vantage: str | None) -> str:
    """Return the name that a probe at ``vantage`` connects to for ``role``; NoHostError."""
    if role in CLOUD:
        return _first(
            "service_name",
            f'the role "{role}" is reached by its service name',
            names.service_name,
            names.internet_fqdn,
        )
    inside = (names.intranet_fqdn, names.computer_name)
    outside = (names.internet_fqdn, names.service_name)
    if role == CLUSTER:
        reason = f'the role "{role}" is reached by its cluster FQDN'
        return _first("cluster_fqdn", reason, names.cluster_fqdn, *inside, *outside)
    if ROLES[role].sql:
        return _first("fqdn", "a SQL Server is reached by its FQDN", *inside, *outside)
    if names.accepts is Accepts.INTERNET:
        reason = "the system accepts only internet connections"
        return _first("internet_fqdn", reason, *outside)
    if names.accepts is Accepts.BOTH and vantage and vantage.casefold() == _INTERNET:
        reason = 'the system accepts both and the vantage is "internet"'
        return _first("internet_fqdn", reason, *outside)
    reason = "a system is reached by its FQDN"
    return _first("fqdn", reason, *inside, *outside)


def _first(key: str, reason: str, *candidates: str | None) -> str:
    for candidate in candidates:
        if candidate:
            return candidate
    raise NoHostError(key, f"missing: {reason}, so there is nothing to connect to")

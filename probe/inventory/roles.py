"""From roles to endpoints: which are reached together, over which transport, judged by what."""

from functools import lru_cache

from probe.inventory.naming import ABBREVIATIONS
from probe.inventory.problems import nearest, quote
from probe.model.roles import ROLES
from probe.model.target import Transport

ANY = "any"
"""The profile that holds for every endpoint."""

PROFILES = (
    "any",
    "iis-site-system",
    "cmg",
    "cloud-distribution-point",
    "sql-server",
    "sql-failover-cluster",
    "site-system-monitoring",
    "ndes-policy-module",
    "distribution-point-client",
    "ibcm-proxy",
    "windows-client",
    "task-sequence-media",
    "macos-client",
    "mobile-device",
    "root-ca",
)
"""The published profiles, for the keys of ``[templates]``."""


def unknown(role: str) -> str | None:
    """Return what is wrong with a role id, or None when it is one."""
    if role in ROLES:
        return None
    full = ABBREVIATIONS.get(role.strip().lower().removeprefix("the ").replace(" ", "-"))
    hint = f' (did you mean "{full}"?)' if full else nearest(role, ROLES)
    return f"unknown role {quote(role)}{hint or '; known: ' + ', '.join(ROLES)}"


@lru_cache(maxsize=4096)
def profiles(roles: tuple[str, ...]) -> tuple[str, ...]:
    """Return the profiles that an endpoint of these roles is judged by, "any" first."""
    own = (ROLES[role].profile for role in roles)
    return tuple(dict.fromkeys([ANY, *(profile for profile in own if profile)]))


def transport(role: str, chosen: Transport | None, *, beside_sql: bool) -> Transport:
    """Return a role's transport: the chosen one, else auto for SQL roles and TLS for others.

    On a system that has SQL roles too (``beside_sql``), TDS is chosen for those alone.
    """
    sql = ROLES[role].sql
    if chosen is None or (beside_sql and not sql):
        return Transport.AUTO if sql else Transport.TLS
    return chosen

"""What a request to ``/probe`` asks for, and whether it may."""

from collections.abc import Sequence

import msgspec
from starlette.datastructures import QueryParams

from probe.exporter.probing.allowed import Allowed
from probe.exporter.store import Store
from probe.inventory import check_target, hosts
from probe.inventory.problems import nearest, quote
from probe.inventory.roles import profiles, unknown
from probe.model.target import Target

_KNOWN = ("target", "role", "debug")
_TOLERATED = "module"  # what scrape configurations for other exporters send
_SWITCH = {"true": True, "1": True, "false": False, "0": False, "": False}
_LISTED = 5


class Refusal(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """An answer without a probe: 400 names the parameter that is wrong, 403 what is not allowed."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Asked(msgspec.Struct, frozen=True):
    """One probe. ``checked``: each address has to be allowed before it is connected to.

    ``listed``: the target is one of the inventory.
    """

    target: Target
    checked: bool
    debug: bool
    listed: bool = True


class Desk:
    """Decides on requests. ``trust`` and ``intermediates`` are for targets of no inventory."""

    def __init__(
        self,
        store: Store,
        allowed: Allowed,
        trust: tuple[str, ...] = ("system",),
        intermediates: tuple[str, ...] = (),
    ) -> None:
        self._store = store
        self._allowed = allowed
        self._trust = trust
        self._intermediates = intermediates

    def read(self, query: QueryParams) -> Asked:
        """Return what is to be probed. Refusal."""
        values = _values(query)
        switch = values.get("debug", "").lower()
        if switch not in _SWITCH:
            raise Refusal(400, f"debug: {quote(switch)} is neither true nor false")
        role = values.get("role")
        message = None if role is None else unknown(role)
        if message:
            raise Refusal(400, f"role: {message}")
        typed = values.get("target", "").strip()
        if not typed:
            raise Refusal(400, "target: is missing: /probe?target=HOST[:PORT]")
        listed = self._listed(typed, role)
        if listed is not None:
            return Asked(listed, checked=False, debug=_SWITCH[switch])
        target = self._unlisted(typed, role)
        checked = self._checked(target)
        return Asked(target, checked=checked, debug=_SWITCH[switch], listed=False)

    def _listed(self, typed: str, role: str | None) -> Target | None:
        """Return the target of the inventory that is meant; None when none is. Refusal."""
        found = self._store.target(typed) or self._store.target(typed.lower())
        if found is not None:
            return _narrowed(found, role)
        try:
            host, port = hosts.split(typed)
            host = hosts.address(host) if hosts.is_address(host) else hosts.host_name(host)
        except ValueError as error:
            raise Refusal(400, f"target: {quote(typed)} {error}") from None
        if port is not None:
            found = self._store.target(hosts.join(host, port))
            return None if found is None else _narrowed(found, role)
        at = self._store.at(host)
        fitting = [one for one in at if role is None or role in one.roles]
        if len(fitting) > 1:
            raise Refusal(400, f"target: {quote(typed)} is one of {_names(fitting)}: which one?")
        if at and not fitting:
            raise Refusal(400, f"role: none of {_names(at)} has the role {role}")
        return _narrowed(fitting[0], role) if fitting else None

    def _unlisted(self, typed: str, role: str | None) -> Target:
        host, port = hosts.split(typed)
        try:
            return check_target(
                host,
                port,
                (role or "tls",),
                trust=self._trust,
                intermediates=self._intermediates,
            )
        except ValueError as error:
            raise Refusal(400, f"target: {quote(typed)} {error}") from None

    def _checked(self, target: Target) -> bool:
        """Return whether addresses have to be checked; Refusal for what may not be at all."""
        literal = hosts.is_address(target.host)
        if self._allowed.address(target.host) if literal else self._allowed.name(target.host):
            return False
        if literal or not self._allowed.networks:
            raise Refusal(403, not_allowed(target.id))
        if self._store.job.settings.proxy is not None:
            raise Refusal(403, f"{not_allowed(target.id)}: the proxy chooses the address")
        return True


def not_allowed(what: str) -> str:
    """Return the words for what may not be probed."""
    return f"target: {what} is not in the inventory, and no --probe-allow allows it"


def _values(query: QueryParams) -> dict[str, str]:
    """Return each parameter that is known, given once. Refusal."""
    found: dict[str, str] = {}
    for key, value in query.multi_items():
        if key in found:
            raise Refusal(400, f"{key}: is given twice")
        if key not in _KNOWN and key != _TOLERATED:
            known = ", ".join(_KNOWN)
            raise Refusal(
                400, f"{quote(key)}: is no parameter{nearest(key, _KNOWN) or f' ({known})'}"
            )
        found[key] = value
    return found


def _narrowed(target: Target, role: str | None) -> Target:
    """Return a target as one of its roles alone has it. Refusal."""
    if role is None or target.roles == (role,):
        return target
    if role not in target.roles:
        has = ", ".join(target.roles)
        raise Refusal(400, f"role: {target.id} has the roles {has} in the inventory, not {role}")
    others = set(profiles(target.roles)) - set(profiles((role,)))
    own = tuple(profile for profile in target.profiles if profile not in others)
    return msgspec.structs.replace(target, roles=(role,), profiles=own)


def _names(targets: Sequence[Target]) -> str:
    named = ", ".join(target.id for target in targets[:_LISTED])
    return f"{named}, …" if len(targets) > _LISTED else named

"""The Target of `cmprobe check`: no inventory, so the name that was typed is the one meant."""

from collections.abc import Sequence

from probe.inventory import hosts, naming, values
from probe.inventory.roles import profiles, transport, unknown
from probe.model.roles import ROLES
from probe.model.target import Accepts, Names, Target, Transport

_ONLY_TLS = ("tls",)


def check_target(
    host: str,
    port: int | None = None,
    roles: Sequence[str] = _ONLY_TLS,
    *,
    names: Names = Names(),  # noqa: B008 - frozen
    expected_thumbprint: str | None = None,
    address: str | None = None,
    transport_chosen: Transport | None = None,
    trust: tuple[str, ...] = ("system",),
    intermediates: tuple[str, ...] = (),
) -> Target:
    """Return the target of one host and port for these roles; ValueError says what is wrong.

    ``host`` is what was typed: a name, or an IP address. Unless ``names`` says otherwise, a
    name counts as the service name of a cloud management gateway, the cluster FQDN of a
    failover cluster, the internet FQDN where only internet connections are accepted, else as
    the intranet FQDN. The plain role tls needs no names.
    """
    for role in roles:
        message = unknown(role)
        if message:
            raise ValueError(message)
    held = tuple(dict.fromkeys(roles))
    literal = hosts.is_address(host)
    name = hosts.address(host) if literal else hosts.host_name(host)
    if not literal:
        names = _with_typed(names, host.removesuffix("."), held)
    given = names.accepts
    if held != _ONLY_TLS or names != Names():
        names = naming.complete(names, held)
    number = _port(held) if port is None else port
    return Target(
        id=hosts.join(name, number),
        host=name,
        port=number,
        transport=_transport(held, transport_chosen),
        roles=held,
        profiles=profiles(held),
        names=names,
        accepts_assumed=names.accepts is not given,
        address=None if address is None else hosts.address(address),
        trust=trust,
        intermediates=intermediates,
        expected_thumbprint=(
            None if expected_thumbprint is None else values.thumbprint(expected_thumbprint)
        ),
        origin="command line",
    )


def _with_typed(names: Names, typed: str, roles: tuple[str, ...]) -> Names:
    """Return ``names`` with the typed name in the place that it is meant for, if that is free."""
    given = {
        key: getattr(names, key)
        for key in names.__struct_fields__
        if key != "accepts" and getattr(names, key) is not None
    }
    if roles == _ONLY_TLS or typed.lower() in {value.lower() for value in given.values()}:
        return names
    if naming.CLOUD.issuperset(roles):
        key = "service_name"
    elif naming.CLUSTER in roles:
        key = "cluster_fqdn"
    elif names.accepts is Accepts.INTERNET or naming.PUBLIC.issuperset(roles):
        key = "internet_fqdn"
    else:
        key = "intranet_fqdn"
    given.setdefault(key, typed)
    return Names(accepts=names.accepts, **given)


def _port(roles: tuple[str, ...]) -> int:
    """Return the port that all roles have by default; ValueError where they differ."""
    ports = {role: ROLES[role].port for role in roles}
    if len(set(ports.values())) > 1:
        each = ", ".join(f"{role} {port}" for role, port in ports.items())
        raise ValueError(f"has no port, and its roles differ in theirs ({each}): give HOST:PORT")
    return next(iter(ports.values()))


def _transport(roles: tuple[str, ...], chosen: Transport | None) -> Transport:
    """Return the transport of an endpoint with these roles; ValueError where they differ."""
    found = {transport(role, chosen, beside_sql=False) for role in roles}
    if len(found) > 1:
        raise ValueError("cannot be reached for SQL and other roles over one transport")
    return found.pop()

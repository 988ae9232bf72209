"""One system to its Targets: one per host and port, judged for every role there."""

import re
from collections.abc import Sequence

import msgspec

from probe.inventory import hosts, naming, values
from probe.inventory.problems import Place, Problem, quote
from probe.inventory.roles import profiles, transport, unknown
from probe.inventory.shape import SystemTable
from probe.inventory.strict import step
from probe.inventory.surroundings import Sources, Surroundings, checked
from probe.model.roles import ROLES
from probe.model.target import Names, Target, Transport

# What Windows Setup takes for the name of an instance, and no server's name before it.
_INSTANCE = re.compile(r"[\w$#][\w$#.-]{0,31}")
_BROWSER_PORT = 1434

NAME_KEYS = ("fqdn", "internet_fqdn", "computer_name", "service_name", "cluster_fqdn")


class _Endpoint(msgspec.Struct):
    """A host and port, and the roles that share it."""

    host: str
    port: int
    transport: Transport
    roles: list[str]


def targets(
    system: SystemTable,
    around: Surroundings,
    sources: Sources,
    place: Place,
    problems: list[Problem],
    *,
    whole: bool = True,
) -> list[Target]:
    """Return the targets of a system; none when anything is wrong, which goes to ``problems``.

    ``whole`` is whether the system was read without loss: if not, only its single keys are
    checked, because what follows from several would be wrong too.
    """
    before = len(problems)
    shared = _checked(system, around, sources, place, problems)
    if not whole or len(problems) > before:
        return []
    names = naming.complete(_names(system), system.roles)
    endpoints = _endpoints(system, names, around, place, problems)
    if len(problems) > before:
        return []
    return [
        msgspec.structs.replace(
            shared,
            id=_id(endpoint, system, around),
            host=endpoint.host,
            port=endpoint.port,
            transport=endpoint.transport,
            roles=(roles := tuple(endpoint.roles)),
            profiles=(judged := tuple(dict.fromkeys((*profiles(roles), *system.profiles)))),
            names=names,
            accepts_assumed=system.accepts is None,
            instance=system.instance if ROLES[roles[0]].sql else None,
            browser_port=_browser_port(roles, system, around),
            templates={key: around.templates[key] for key in judged if key in around.templates},
        )
        for endpoint in endpoints
    ]


def _checked(
    system: SystemTable,
    around: Surroundings,
    sources: Sources,
    place: Place,
    problems: list[Problem],
) -> Target:
    """Check every key by itself; return a target with what all endpoints of the system share."""
    for key in NAME_KEYS:
        checked(hosts.host_name, getattr(system, key), place, key, problems)
    if system.computer_name and "." in system.computer_name:
        message = "is a computer name: it has no dots (an FQDN belongs in fqdn)"
        problems.append(place.problem("computer_name", message))
    _check_roles(system, place, problems)
    for index, profile in enumerate(system.profiles):
        if profile in system.profiles[:index]:
            message = f'the profile "{profile}" is listed twice'
            problems.append(place.problem(f"profiles[{index}]", message))
    trust, intermediates = around.trust, around.intermediates
    if system.trust is not None:
        trust = sources.paths(system.trust, place, "trust", problems)
    if system.intermediates is not None:
        intermediates = sources.paths(system.intermediates, place, "intermediates", problems)
    expected = system.expected_thumbprint
    return Target(
        id="",
        host="",
        port=0,
        site=around.site,
        vantage=around.vantage,
        address=checked(hosts.address, system.address, place, "address", problems),
        resolver=around.resolver,
        timeout=around.timeout,
        trust=trust,
        intermediates=intermediates,
        expected_thumbprint=checked(
            values.thumbprint, expected, place, "expected_thumbprint", problems
        ),
        alternative_selection=system.alternative_selection,
        origin=str(place),
    )


def _check_roles(system: SystemTable, place: Place, problems: list[Problem]) -> None:
    """Check the roles, and what may be said only beside certain roles."""
    for index, role in enumerate(system.roles):
        message = unknown(role)
        if message is None and role in system.roles[:index]:
            message = f'the role "{role}" is listed twice'
        if message:
            problems.append(place.problem(f"roles[{index}]", message))
    for role in system.ports:
        message = unknown(role)
        if message is None and role not in system.roles:
            message = f'"{role}" is not among the roles of this system'
        if message:
            problems.append(place.problem(step("ports", role), message))
    sql = any(role in ROLES and ROLES[role].sql for role in system.roles)
    if system.instance and not sql:
        problems.append(place.problem("instance", "only a system with an SQL role has instances"))
    elif system.instance and not _INSTANCE.fullmatch(system.instance):
        message = f"{quote(system.instance)} is no name of an instance (without the server's)"
        problems.append(place.problem("instance", message))
    if system.browser_port is not None and not system.instance:
        message = "SQL Server Browser is asked for an instance only: name it"
        problems.append(place.problem("browser_port", message))


def _names(system: SystemTable) -> Names:
    """Return the names as given, without a final dot; their case matters to a CMG."""
    given = {key: value.removesuffix(".") for key in NAME_KEYS if (value := getattr(system, key))}
    return Names(intranet_fqdn=given.pop("fqdn", None), accepts=system.accepts, **given)


def _endpoints(
    system: SystemTable,
    names: Names,
    around: Surroundings,
    place: Place,
    problems: list[Problem],
) -> list[_Endpoint]:
    """Return the endpoints of a system, in the order of its roles."""
    if not system.roles:
        message = "missing: name at least one role (tls for any TLS server)"
        problems.append(place.problem("roles", message))
    sql = any(ROLES[role].sql for role in system.roles)
    found: dict[tuple[str, int], _Endpoint] = {}
    for role in system.roles:
        try:
            name = _host(role, system, names, around.vantage)
        except naming.NoHostError as error:
            problems.append(place.problem(error.key, str(error)))
            break
        port = _port(role, system, around)
        how = transport(role, system.transport, beside_sql=sql)
        endpoint = found.setdefault((name, port), _Endpoint(name, port, how, []))
        if endpoint.transport is not how:
            message = (
                f'the roles "{endpoint.roles[0]}" ({endpoint.transport}) and "{role}" ({how}) '
                f"share the port {port}"
            )
            problems.append(place.problem("roles", message))
        endpoint.roles.append(role)
    return list(found.values())


def _id(endpoint: _Endpoint, system: SystemTable, around: Surroundings) -> str:
    """Name the target by its port, or by its instance where the port is not known."""
    if _browser_port(endpoint.roles, system, around) is None:
        return hosts.join(endpoint.host, endpoint.port)
    return f"{endpoint.host}\\{system.instance}".lower()


def _browser_port(roles: Sequence[str], system: SystemTable, around: Surroundings) -> int | None:
    """Return where to ask for the port of the instance, None where it is known."""
    known = system.port is not None or any(
        role in system.ports or role in around.ports for role in roles
    )
    if known or not system.instance or not ROLES[roles[0]].sql:
        return None
    return system.browser_port or _BROWSER_PORT


def _host(role: str, system: SystemTable, names: Names, vantage: str | None) -> str:
    """Return the host to connect to for a role, in A-labels."""
    if system.address and not any(getattr(system, key) for key in NAME_KEYS):
        return hosts.address(system.address)
    return hosts.host_name(naming.host(role, names, vantage))


def _port(role: str, system: SystemTable, around: Surroundings) -> int:
    """Return the port of a role: what is said closest to it."""
    if role in system.ports:
        return system.ports[role]
    if system.port is not None:
        return system.port
    return around.ports.get(role, ROLES[role].port)

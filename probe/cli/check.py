"""``cmprobe check``: one or more servers, without an inventory."""

from argparse import Namespace
from collections.abc import Callable

import msgspec

from probe.cli.names import names_of
from probe.cli.scan import carry_out
from probe.cli.usage import UsageError
from probe.inventory import check_target, hosts, values
from probe.inventory.roles import unknown
from probe.model.target import Target, Transport


def run(options: Namespace) -> int:
    """Check what was named; returns the exit status."""
    return carry_out(_targets(options), options)


def _targets(options: Namespace) -> list[Target]:
    """Return a target for each HOST[:PORT]; UsageError names the one that is wrong."""
    roles = tuple(options.role or ("tls",))
    for role in roles:
        message = unknown(role)
        if message:
            raise UsageError(f"cmprobe check: --role: {message}")
    names = names_of(options, "check")
    address = _valid(options, "address", hosts.address)
    thumbprint = _valid(options, "expected_thumbprint", values.thumbprint)
    transport = None if options.transport is None else Transport(options.transport)
    found: dict[str, Target] = {}
    for typed in options.hosts:
        try:
            host, port = hosts.split(typed)
            target = check_target(
                host,
                port,
                roles,
                names=names,
                expected_thumbprint=thumbprint,
                address=address,
                transport_chosen=transport,
            )
        except ValueError as error:
            raise UsageError(f'cmprobe check: "{typed}" {error}') from None
        more = (*target.profiles, *(options.profile or ()))
        target = msgspec.structs.replace(target, profiles=tuple(dict.fromkeys(more)))
        if target.id in found:
            raise UsageError(f'cmprobe check: "{typed}" is named twice')
        found[target.id] = target
    return list(found.values())


def _valid(options: Namespace, key: str, check: Callable[[str], str]) -> str | None:
    """Return ``check`` of an option's value, None if it was not given; UsageError."""
    value: str | None = getattr(options, key)
    if value is None:
        return None
    try:
        return check(value)
    except ValueError as error:
        option = key.replace("_", "-")
        raise UsageError(f'cmprobe check: --{option}: "{value}" {error}') from None

"""``cmprobe check``: one or more servers, without an inventory."""

from argparse import Namespace

from probe.cli.scan import carry_out
from probe.cli.usage import UsageError
from probe.inventory import check_target, hosts
from probe.model.target import Accepts, Names, Target, Transport


def run(options: Namespace) -> int:
    """Check what was named; returns the exit status."""
    return carry_out(_targets(options), options)


def _targets(options: Namespace) -> list[Target]:
    """Return a target for each HOST[:PORT]; UsageError names the one that is wrong."""
    names = Names(
        intranet_fqdn=_name(options, "intranet_fqdn"),
        internet_fqdn=_name(options, "internet_fqdn"),
        computer_name=_name(options, "computer_name"),
        service_name=_name(options, "service_name"),
        cluster_fqdn=_name(options, "cluster_fqdn"),
        accepts=None if options.accepts is None else Accepts(options.accepts),
    )
    found: dict[str, Target] = {}
    for typed in options.hosts:
        try:
            host, port = hosts.split(typed)
            target = check_target(
                host,
                port,
                tuple(options.role or ("tls",)),
                names=names,
                expected_thumbprint=options.expected_thumbprint,
                address=options.address,
                transport_chosen=None
                if options.transport is None
                else Transport(options.transport),
            )
        except ValueError as error:
            raise UsageError(f'cmprobe check: "{typed}" {error}') from None
        if target.id in found:
            raise UsageError(f'cmprobe check: "{typed}" is named twice')
        found[target.id] = target
    return list(found.values())


def _name(options: Namespace, key: str) -> str | None:
    """Return a name given as an option; UsageError when it is none."""
    name: str | None = getattr(options, key)
    if name is None:
        return None
    try:
        hosts.host_name(name)
    except ValueError as error:
        option = key.replace("_", "-")
        raise UsageError(f'cmprobe check: --{option}: "{name}" {error}') from None
    return name.removesuffix(".")

"""The names of a site system, as options give them."""

from argparse import Namespace

from probe.cli.usage import UsageError
from probe.inventory import hosts
from probe.inventory.problems import quote
from probe.model.target import Accepts, Names

_KEYS = ("intranet_fqdn", "internet_fqdn", "computer_name", "service_name", "cluster_fqdn")


def names_of(options: Namespace, command: str) -> Names:
    """Return the names that the options give; UsageError when one of them is none."""
    given = {key: _name(options, key, command) for key in _KEYS}
    accepts = None if options.accepts is None else Accepts(options.accepts)
    return Names(accepts=accepts, **given)


def _name(options: Namespace, key: str, command: str) -> str | None:
    name: str | None = getattr(options, key)
    if name is None:
        return None
    try:
        hosts.host_name(name)
    except ValueError as error:
        option = key.replace("_", "-")
        raise UsageError(f"cmprobe {command}: --{option}: {quote(name)} {error}") from None
    return name.removesuffix(".")

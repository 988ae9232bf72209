"""``/sd``: the inventory for Prometheus (HTTP service discovery), with labels to choose by."""

from typing import Final

import msgspec

from probe.exporter.store import Store
from probe.inventory import hosts
from probe.model.target import Target

_PREFIX: Final = "__meta_configmgr_"


def groups(store: Store) -> bytes:
    """Return a JSON list of one group a target, in the order of the inventory."""
    vantage = store.job.vantage
    return msgspec.json.encode(
        [
            {"targets": [target.id], "labels": _labels(target, vantage)}
            for target in store.job.targets
        ]
    )


def _labels(target: Target, vantage: str | None) -> dict[str, str]:
    """Return the labels; lists begin and end with a comma, so that ``.*,ROLE,.*`` finds one."""
    values = {
        "target": target.id,
        "host": target.host,
        "port": str(target.port),
        "address": target.address,
        "connect": hosts.join(target.address or target.host, target.port),
        "instance": target.instance,
        "transport": target.transport.value,
        "site": target.site,
        "vantage": target.vantage or vantage,
        "roles": _list(target.roles),
        "role": target.roles[0] if target.roles else None,
        "profiles": _list(target.profiles),
        "accepts": None if target.names.accepts is None else target.names.accepts.value,
        "computer_name": target.names.computer_name,
    }
    return {f"{_PREFIX}{name}": value or "" for name, value in values.items()}


def _list(values: tuple[str, ...]) -> str:
    return f",{','.join(values)}," if values else ""

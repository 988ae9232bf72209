"""Write the lab's inventory, and the certificates that it names as trusted."""

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from probe.lab import builder
from probe.lab.contoso import WEB_SERVER_TEMPLATE, Ca, Contoso
from probe.lab.endpoint import Running
from probe.lab.records import SITE_CODE
from probe.model.target import Template

_TEMPLATES = (
    Template(oid=WEB_SERVER_TEMPLATE.oid, name="ConfigMgr Web Server Certificate"),
    Template(name="WebServer"),
)
_WEB_SERVERS = ("iis-site-system", "cmg", "ibcm-proxy", "sql-server", "sql-failover-cluster")
"""The profiles whose certificates come from the web server templates."""


def write(
    inventory: Path, contoso: Contoso, running: Iterable[Running], *, resolver: str, timeout: float
) -> None:
    """Write ``inventory``, and its PEM files beside it; ``timeout`` is in seconds."""
    root = inventory.with_name("contoso-root.pem")
    issuing = inventory.with_name("contoso-issuing.pem")
    root.write_bytes(builder.pem(contoso.root.der))
    issuing.write_bytes(builder.pem(contoso.authority(Ca.ISSUING).issued.der))
    tables = [
        _table(
            "[site]",
            {
                "code": SITE_CODE,
                "name": "Contoso lab on loopback",
                "trust": [root.name],
                "intermediates": [issuing.name],
                "resolver": resolver,
                "vantage": "intranet",
            },
        ),
        _table("[defaults]", {"timeout": timeout}),
        _table(
            "[templates]",
            dict.fromkeys(_WEB_SERVERS, msgspec.to_builtins(_TEMPLATES)),
        ),
        *(_table("[[system]]", _keys(entry)) for entry in running),
    ]
    inventory.write_text("\n".join(tables), encoding="utf-8", newline="\n")


def _keys(running: Running) -> dict[str, object]:
    keys: dict[str, object] = msgspec.to_builtins(running.endpoint.system)
    keys["accepts"] = str(running.endpoint.system.accepts)
    if running.browser_port is None:
        keys["port"] = running.port
    else:
        keys["browser_port"] = running.browser_port
    if running.expected_thumbprint is not None:
        keys["expected_thumbprint"] = running.expected_thumbprint
    return keys


def _table(header: str, keys: dict[str, object]) -> str:
    return "".join([header, "\n", *(f"{key} = {_value(value)}\n" for key, value in keys.items())])


def _value(value: object) -> str:
    """Write a TOML value; its basic strings take what JSON writes."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)

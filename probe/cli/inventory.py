"""``cmprobe inventory``: validate inventories, print their targets or their schema."""

import json
from argparse import Namespace
from collections.abc import Sequence

import msgspec

from probe.cli.catalogue import catalogue_of, check_profiles
from probe.cli.output import say
from probe.cli.scan import loaded
from probe.inventory import schema
from probe.model.target import Target
from probe.render.escape import escape


def run(options: Namespace) -> int:
    """Run one of check, expand and schema; returns the exit status."""
    if options.action == "schema":
        say(json.dumps(schema(), indent=2, ensure_ascii=False), exact=True)
        return 0
    targets = loaded(options.inventories).targets
    if options.action == "check":
        check_profiles(catalogue_of(options), targets)
        systems = len({target.origin for target in targets})
        say(f"{_counted(systems, 'system')}, {_counted(len(targets), 'target')}: no problem found")
    elif options.format == "json":
        say(msgspec.json.format(msgspec.json.encode(targets), indent=2).decode(), exact=True)
    else:
        say(_table(targets))
    return 0


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _table(targets: Sequence[Target]) -> str:
    """Return one line a target: id, address, transport, site, roles."""
    rows = [("TARGET", "ADDRESS", "TRANSPORT", "SITE", "ROLES")]
    rows += [
        (
            target.id,
            target.address or "-",
            str(target.transport),
            target.site or "-",
            ", ".join(target.roles),
        )
        for target in targets
    ]
    rows = [tuple(escape(cell) for cell in row) for row in rows]  # type: ignore[misc]  # same length
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )

"""Write docs/metrics.md from the tables: ``python -m probe.render.metrics.pages FILE``."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from probe.render.metrics.budget import MOST
from probe.render.metrics.established.table import BLACKBOX, SSL_EXPORTER
from probe.render.metrics.families import ENDPOINT
from probe.render.metrics.family import WORTH, Family
from probe.render.metrics.health import OWN
from probe.render.metrics.label import LONGEST
from probe.render.metrics.words import (
    ENDPOINTS,
    ESTABLISHED,
    INTRODUCTION,
    LIMIT,
    OURS,
    QUERIES,
)


def page() -> str:
    """Return the page."""
    parts = (
        INTRODUCTION,
        ENDPOINTS.format(longest=LONGEST),
        *map(_section, ENDPOINT),
        LIMIT.format(most=MOST),
        *(f"{number}. {worth}\n" for number, worth in enumerate(WORTH.values(), 1)),
        OURS,
        *_table(OWN),
        ESTABLISHED,
        "\n### blackbox_exporter\n\n",
        *_table(BLACKBOX),
        "\n### ssl_exporter\n\n",
        *_table(SSL_EXPORTER),
        QUERIES,
    )
    return "".join(parts)


def _section(family: Family) -> str:
    detail = f" {family.detail}" if family.detail else ""
    return f"\n### `{_signature(family)}`\n\n{family.help}{detail}\n\nThere when: {family.when}.\n"


def _table(families: Iterable[Family]) -> Iterator[str]:
    yield "| metric | meaning | there when |\n|---|---|---|\n"
    for family in families:
        meaning = f"{family.help.removesuffix('.')}. {family.detail}".strip()
        yield f"| `{_signature(family)}` | {meaning} | {family.when} |\n"


def _signature(family: Family) -> str:
    """Return the name with the family's own labels."""
    return f"{family.name}{{{','.join(family.labels)}}}" if family.labels else family.name


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8", newline="\n")

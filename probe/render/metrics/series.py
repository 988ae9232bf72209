"""The samples of one endpoint: made once when its result is stored, and kept small."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

import msgspec

from probe.model.report import Result
from probe.render.digest import members_of
from probe.render.files import FromFile
from probe.render.metrics.budget import fitting
from probe.render.metrics.certificates import certificates
from probe.render.metrics.connection import connection
from probe.render.metrics.families import PROBE_TIMESTAMP
from probe.render.metrics.family import Rank
from probe.render.metrics.label import label, written
from probe.render.metrics.line import Line, line
from probe.render.metrics.requirements import requirements
from probe.render.metrics.revocation import revocation
from probe.render.metrics.sample import Sample, timestamp

# Inventories name endpoints, not strangers: two that are cut to the same text would be one.
_LONGEST = 1024


class Group(msgspec.Struct, frozen=True, gc=False):
    """The samples of one family: lines, and the value of each. Endpoints share equal ones."""

    lines: tuple[Line, ...]
    values: tuple[float, ...]


class Series(msgspec.Struct, frozen=True, gc=False):
    """What an endpoint has of each family, by the family's name.

    ``where`` are its label values in the order of `ENDPOINT_LABELS`; ``written`` are the same,
    escaped for the text formats.
    """

    where: tuple[str, ...]
    written: tuple[str, ...]
    groups: dict[str, Group]

    def __len__(self) -> int:
        """Count the samples."""
        return sum(len(group.values) for group in self.groups.values())


def series(result: Result, vantage: str | None = None, probed: datetime | None = None) -> Series:
    """Return the samples of a result.

    ``vantage`` is where the probe stands, unless the target says it. ``probed`` is when the
    endpoint was looked at.
    """
    target = result.target
    named = (result.address, target.site, target.id, target.vantage or vantage)
    where = tuple(label(name, _LONGEST) for name in named)
    escaped = tuple(map(written, where))
    return Series(where, where if escaped == where else escaped, _groups(result, probed))


def _groups(result: Result, probed: datetime | None) -> dict[str, Group]:
    found: dict[str, tuple[list[Line], list[float]]] = {}
    for sample in fitting(_samples(result, probed)):
        lines, values = found.setdefault(sample.line.family.name, ([], []))
        lines.append(sample.line)
        values.append(sample.value)
    return {name: _group(tuple(lines), tuple(values)) for name, (lines, values) in found.items()}


@lru_cache(maxsize=4096)
def _group(lines: tuple[Line, ...], values: tuple[float, ...]) -> Group:
    return Group(_lines(lines), values)


@lru_cache(maxsize=4096)
def _lines(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the one tuple of these lines that endpoints share."""
    return lines


def _samples(result: Result, probed: datetime | None) -> Iterator[Sample]:
    """Yield everything there is to tell; a file was never connected to."""
    if not isinstance(result, FromFile):
        if probed:
            yield Sample(Rank.REACHED, line(PROBE_TIMESTAMP), timestamp(probed))
        yield from connection(result)
        yield from revocation(result.observation.revocation)
    yield from certificates(members_of(result))
    yield from requirements(result.findings)

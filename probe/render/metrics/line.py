"""A line of the exposition without its endpoint and value: shared by all that differ in no more."""

from functools import lru_cache

import msgspec

from probe.render.metrics.family import ENDPOINT_LABELS, Family
from probe.render.metrics.label import label, written


class Line(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A family with values for its own labels.

    ``template`` is the line up to the value, with ``%s`` for what describes the endpoint. Two
    lines are the same only if they are one object: `line` sees to that.
    """

    family: Family
    values: tuple[str, ...]
    template: str

    def labels(self, where: tuple[str, ...]) -> dict[str, str]:
        """Return all labels at an endpoint, by name."""
        own = zip(self.family.labels, self.values, strict=True)
        return dict(own) | dict(zip(ENDPOINT_LABELS, where, strict=True))


def new_line(family: Family, *values: str | None) -> Line:
    """Return a line of its own, for what hardly comes twice; values are those of the labels."""
    shown = tuple(map(label, values))
    own = dict(zip(family.labels, shown, strict=True))
    pairs = (
        f'{name}="{_doubled(own[name]) if name in own else "%s"}"'
        for name in sorted((*own, *ENDPOINT_LABELS))
    )
    return Line(family, shown, f"{family.name}{{{','.join(pairs)}}} ")


line = lru_cache(maxsize=4096)(new_line)


def _doubled(value: str) -> str:
    """Write a value so that it comes through ``%`` formatting."""
    return written(value).replace("%", "%%")

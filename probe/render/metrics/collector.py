"""The fleet as a collector: families made when they are asked for, of samples made long before."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from prometheus_client import Metric
from prometheus_client.samples import Sample
from prometheus_client.utils import floatToGoString

from probe.render.metrics.families import ENDPOINT
from probe.render.metrics.family import Family
from probe.render.metrics.health import Health, health_metrics
from probe.render.metrics.line import Line
from probe.render.metrics.series import Series


class Fleet(msgspec.Struct, frozen=True):
    """The state of everything at one moment."""

    series: Sequence[Series]
    health: Health


class FleetMetric(Metric):
    """One family over all endpoints.

    It is a metric like any other, whose samples are made as they are looked at. `text` writes
    them without making them, which is what a scrape of thousands of endpoints has time for.
    """

    def __init__(self, family: Family, fleet: Sequence[Series]) -> None:
        """Take the family's samples of every endpoint that has some."""
        super().__init__(family.metric, family.help, family.kind, family.unit)
        self._name = family.name
        self._fleet = [one for one in fleet if family.name in one.groups]

    def __bool__(self) -> bool:
        """Whether there is any sample."""
        return bool(self._fleet)

    @property
    def samples(self) -> list[Sample]:
        """The samples, endpoint by endpoint."""
        return [
            Sample(self._name, line.labels(one.where), value)
            for one, line, value in self._entries()
        ]

    @samples.setter
    def samples(self, samples: list[Sample]) -> None:
        """Take no others: `Metric` starts with an empty list."""

    def text(self) -> str:
        """Return the samples as both text formats write them."""
        return "".join(
            [
                f"{line.template % one.written}{_number(value)}\n"
                for one, line, value in self._entries()
            ]
        )

    def _entries(self) -> Iterator[tuple[Series, Line, float]]:
        for one in self._fleet:
            group = one.groups[self._name]
            for line, value in zip(group.lines, group.values, strict=True):
                yield one, line, value


class FleetCollector:
    """What a registry collects: all families of all endpoints, and what cmprobe tells of itself.

    ``read`` is called once a scrape, in the thread that asks; the fleet that it returns must not
    change afterwards. Series vanish with their target: nothing is remembered here.
    """

    def __init__(self, read: Callable[[], Fleet]) -> None:
        """Collect what ``read`` returns."""
        self._read = read

    def collect(self) -> Iterable[Metric]:
        """Yield the families that have samples."""
        fleet = self._read()
        yield from health_metrics(fleet.health)
        yield from endpoint_metrics(fleet.series)

    def describe(self) -> Iterable[Metric]:
        """Yield nothing: a registry need not scrape to learn the names."""
        return ()


def endpoint_metrics(fleet: Sequence[Series]) -> Iterator[FleetMetric]:
    """Yield the families of endpoints that have samples; an endpoint that is there twice once."""
    unique = tuple({one.where: one for one in fleet}.values())
    for family in ENDPOINT:
        if metric := FleetMetric(family, unique):
            yield metric


_COMMON = {0.0: "0.0", 1.0: "1.0"}


def _number(value: float) -> str:
    """Write a value as Go does."""
    return _COMMON.get(value) or str(floatToGoString(value))  # type: ignore[no-untyped-call]  # has no types

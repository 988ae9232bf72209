"""Every requirement that was asked: what it is, and how many targets met it or did not."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from probe.model.finding import Outcome
from probe.model.rule import Catalogue, Severity
from probe.render.html.demands import Rulebook, Source
from probe.render.html.links import Links
from probe.render.html.rows import Row
from probe.render.html.words import Badge, of_severity
from probe.render.rules import severity_of


class Asked(NamedTuple):
    """A requirement, and on how many targets it had each outcome: the worst of each counts.

    ``badge`` is of the worst severity that it failed with, ``severity`` says which it may have.
    """

    rule: str
    title: str
    badge: Badge
    severity: str
    to: str | None
    met: int
    failed: int
    unjudged: int
    source: Source | None


def asked(
    rows: Iterable[Row], catalogue: Catalogue, rules: Rulebook, links: Links
) -> tuple[list[Asked], list[Asked]]:
    """Return what was asked of some target, what is not met first; and what was asked of none."""
    count: Counter[tuple[str, Outcome]] = Counter()
    worst: dict[str, Severity] = {}
    for row in rows:
        for rule_id, severity in row.failed.items():
            worst[rule_id] = min(worst.get(rule_id, severity), severity, key=_rank)
        count.update((rule, Outcome.FAIL) for rule in row.failed)
        count.update((rule, Outcome.INDETERMINATE) for rule in row.unjudged)
        count.update((rule, Outcome.PASS) for rule in row.met)
    every = [
        Asked(
            rule=rule.id,
            title=rules.tell(rule.id).title,
            badge=of_severity(worst.get(rule.id, rule.severity)),
            severity=severity_of(rule),
            to=links.rule(rule.id),
            met=count[rule.id, Outcome.PASS],
            failed=count[rule.id, Outcome.FAIL],
            unjudged=count[rule.id, Outcome.INDETERMINATE],
            source=rules.tell(rule.id).source,
        )
        for rule in sorted(
            catalogue.rules.values(),
            key=lambda rule: (
                not count[rule.id, Outcome.FAIL],
                _rank(worst.get(rule.id, rule.severity)),
                -count[rule.id, Outcome.FAIL],
                rule.id,
            ),
        )
    ]
    some = [one for one in every if one.met or one.failed or one.unjudged]
    return some, sorted(set(every) - set(some), key=lambda one: one.rule)


def _rank(severity: Severity) -> int:
    return severity.rank

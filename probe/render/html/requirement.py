"""One requirement: what it demands and why, and every target that does not meet it."""

from collections.abc import Iterable
from typing import NamedTuple

from probe.model.finding import Outcome
from probe.model.rule import Catalogue
from probe.render.digest import TargetView
from probe.render.html.demands import Rulebook, Told
from probe.render.html.links import Links
from probe.render.html.words import Badge, bounded, of_severity, of_state
from probe.render.requirements import observations
from probe.render.rules import SUBJECTS, profiles_of, severity_of

_OBSERVED = 3


class Failing(NamedTuple):
    """A target that does not meet the requirement."""

    id: str
    to: str | None
    badge: Badge
    severity: Badge
    observed: tuple[str, ...]
    more: int


class Undecided(NamedTuple):
    """A reason for which targets could not be judged, and links to them."""

    reason: str
    targets: tuple[tuple[str, str | None], ...]
    more: int


class Requirement(NamedTuple):
    """A requirement with those that it concerns; ``more`` are left out of ``failing``."""

    rule: str
    told: Told
    badge: Badge
    severity: str
    profiles: tuple[str, ...]
    subject: str
    observable: str
    elsewhere: str
    failing: tuple[Failing, ...]
    failing_count: int
    more: int
    unjudged: tuple[Undecided, ...]
    unjudged_count: int


def requirement(
    rule_id: str,
    catalogue: Catalogue,
    failing: Iterable[TargetView],
    unjudged: Iterable[TargetView],
    links: Links,
    *,
    most: int = 200,
) -> Requirement:
    """Put a requirement together; at most ``most`` targets are listed. KeyError for no such rule.

    ``failing`` and ``unjudged`` are the targets where it was answered so, in the order wanted.
    """
    rule = catalogue.rules[rule_id]
    failed = list(failing)
    undecided = list(unjudged)
    return Requirement(
        rule=rule_id,
        told=Rulebook(catalogue.rules).tell(rule_id),
        badge=of_severity(rule.severity),
        severity=severity_of(rule),
        profiles=tuple(profiles_of(catalogue, rule_id)),
        subject=SUBJECTS[rule.subject],
        observable=" and ".join(f"a {source}" for source in rule.observable),
        elsewhere=rule.elsewhere or "",
        failing=tuple(_failing(rule_id, view, links) for view in failed[:most]),
        failing_count=len(failed),
        more=max(len(failed) - most, 0),
        unjudged=_undecided(rule_id, undecided, links, most),
        unjudged_count=len(undecided),
    )


def _failing(rule_id: str, view: TargetView, links: Links) -> Failing:
    problem = next(one for one in view.failures if one.rule == rule_id)
    observed = observations(problem, view)
    return Failing(
        view.target.id,
        links.target(view.target.id),
        of_state(view.state, file=view.file is not None),
        of_severity(problem.severity),
        tuple(map(bounded, observed[:_OBSERVED])),
        max(len(observed) - _OBSERVED, 0),
    )


def _undecided(
    rule_id: str, views: Iterable[TargetView], links: Links, most: int
) -> tuple[Undecided, ...]:
    by_reason: dict[str, dict[str, None]] = {}
    for view in views:
        for problem in view.unjudged:
            if problem.rule == rule_id:
                reason = next(iter(observations(problem, view)), Outcome.INDETERMINATE.value)
                by_reason.setdefault(bounded(reason), {})[view.target.id] = None
    return tuple(
        Undecided(
            reason,
            tuple((one, links.target(one)) for one in list(targets)[:most]),
            max(len(targets) - most, 0),
        )
        for reason, targets in by_reason.items()
    )

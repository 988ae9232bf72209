"""One requirement: what it demands and why, and every target that does not meet it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from probe.model.finding import Outcome
from probe.model.rule import Catalogue
from probe.render.digest import Problem, TargetView, problems
from probe.render.html.demands import Rulebook, Told
from probe.render.html.links import Links
from probe.render.html.words import Badge, bounded, of_outcome, of_severity, of_state
from probe.render.requirements import observations
from probe.render.rules import SUBJECTS, profiles_of, severity_of

_OBSERVED = 3
LISTED = 200


class Answer(NamedTuple):
    """What was observed at a target that does not meet the requirement, or at one that does."""

    id: str
    to: str | None
    badge: Badge
    verdict: Badge
    observed: tuple[str, ...]
    more: int


class Undecided(NamedTuple):
    """A reason for which targets could not be judged, and links to them."""

    reason: str
    targets: tuple[tuple[str, str | None], ...]
    more: int


class Requirement(NamedTuple):
    """A requirement with those that it concerns; ``more`` are left out of ``failing``.

    ``badge`` is of the worst severity that it failed with, ``severity`` says which it may have.
    """

    rule: str
    told: Told
    badge: Badge
    severity: str
    profiles: tuple[str, ...]
    subject: str
    observable: str
    elsewhere: str
    failing: tuple[Answer, ...]
    failing_count: int
    more: int
    met: tuple[Answer, ...]
    met_count: int
    unjudged: tuple[Undecided, ...]
    unjudged_count: int
    waiting: bool


def requirement(
    rule_id: str,
    catalogue: Catalogue,
    failing: Iterable[TargetView],
    unjudged: Iterable[TargetView],
    links: Links,
    *,
    met: Sequence[TargetView] = (),
    met_count: int = 0,
    waiting: bool = False,
    most: int = LISTED,
) -> Requirement:
    """Put a requirement together; at most ``most`` targets are listed. KeyError for no such rule.

    ``failing``, ``unjudged`` and ``met`` are the targets where it was answered so, in the order
    wanted; of those that meet it, ``met`` may be the first of ``met_count``. ``waiting`` is whether
    other targets were not scanned yet.
    """
    rule = catalogue.rules[rule_id]
    failed = list(failing)
    undecided = list(unjudged)
    severities = [_failed(rule_id, view).severity for view in failed]
    worst = min(severities, key=lambda one: one.rank, default=rule.severity)
    return Requirement(
        rule=rule_id,
        told=Rulebook(catalogue.rules).tell(rule_id),
        badge=of_severity(worst),
        severity=severity_of(rule),
        profiles=tuple(profiles_of(catalogue, rule_id)),
        subject=SUBJECTS[rule.subject],
        observable=" and ".join(f"a {source}" for source in rule.observable),
        elsewhere=rule.elsewhere or "",
        failing=tuple(
            _answer(_failed(rule_id, view), Outcome.FAIL, view, links) for view in failed[:most]
        ),
        failing_count=len(failed),
        more=max(len(failed) - most, 0),
        met=tuple(
            _answer(problem, Outcome.PASS, view, links)
            for view in met[:most]
            for problem in problems(view.results, Outcome.PASS)
            if problem.rule == rule_id
        ),
        met_count=met_count,
        unjudged=_undecided(rule_id, undecided, links, most),
        unjudged_count=len(undecided),
        waiting=waiting,
    )


def _failed(rule_id: str, view: TargetView) -> Problem:
    return next(one for one in view.failures if one.rule == rule_id)


def _answer(problem: Problem, outcome: Outcome, view: TargetView, links: Links) -> Answer:
    observed = observations(problem, view)
    return Answer(
        view.target.id,
        links.target(view.target.id),
        of_state(view.state, file=view.file is not None),
        of_outcome(outcome, problem.severity),
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

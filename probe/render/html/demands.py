"""Requirements as a target's page tells them: the answer, what it means, and what to do."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from probe.model.finding import Outcome
from probe.model.rule import Citation, Rule
from probe.render.digest import Problem, TargetView, problems
from probe.render.html.links import Links
from probe.render.html.words import Badge, bounded, of_outcome, one_line
from probe.render.requirements import observations, reasons

_OBSERVED = 20
_PUBLIC = ("https://", "http://")


class Source(NamedTuple):
    """Where a requirement stands; ``url`` is empty where it is not public."""

    text: str
    url: str


class Told(NamedTuple):
    """A rule's own words."""

    title: str
    why: str
    remedy: str
    by_hand: tuple[str, ...]
    notes: tuple[str, ...]
    source: Source | None


class Demand(NamedTuple):
    """One requirement and its answer."""

    rule: str
    badge: Badge
    to: str | None
    observed: tuple[str, ...]
    more: int
    expected: tuple[str, ...]
    told: Told


class Unjudged(NamedTuple):
    """A reason for which requirements could not be judged."""

    reason: str
    demands: tuple[Demand, ...]


class Rulebook:
    """The rules in their own words, each put in form once."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        """Tell of ``rules``."""
        self._rules = rules
        self._told: dict[str, Told] = {}

    def tell(self, rule_id: str) -> Told:
        """Return the words of a rule; of one that the catalogue has not, its id."""
        told = self._told.get(rule_id)
        if told is None:
            rule = self._rules.get(rule_id)
            told = _told(rule) if rule else Told(rule_id, "", "", (), (), None)
            self._told[rule_id] = told
        return told


def _told(rule: Rule) -> Told:
    return Told(
        title=one_line(rule.title),
        why=one_line(rule.why),
        remedy=one_line(rule.remedy),
        by_hand=tuple((rule.by_hand or "").strip().splitlines()),
        notes=tuple(map(one_line, rule.notes)),
        source=cited(rule.source),
    )


def cited(source: Citation) -> Source:
    """Return a citation; only public addresses become links, whatever a rule file says."""
    url = source.url or ""
    public = url.startswith(_PUBLIC)
    return Source(f"{source.document}: {source.section}", url if public else "")


def demands(
    view: TargetView, outcomes: Iterable[Outcome], rules: Rulebook, links: Links
) -> tuple[Demand, ...]:
    """Return the requirements that had one of these outcomes, and no worse one."""
    worse = {problem.rule for problem in (*view.failures, *view.unjudged)}
    return tuple(
        _demand(problem, outcome, view, rules, links)
        for outcome in outcomes
        for problem in problems(view.results, outcome)
        if problem.rule not in worse
    )


def failed(view: TargetView, rules: Rulebook, links: Links) -> tuple[Demand, ...]:
    """Return the requirements that are not met, the worst first."""
    return tuple(_demand(problem, Outcome.FAIL, view, rules, links) for problem in view.failures)


def unjudged(view: TargetView, rules: Rulebook, links: Links) -> tuple[Unjudged, ...]:
    """Return what could not be judged, by reason."""
    by_rule = {problem.rule: problem for problem in view.unjudged}
    return tuple(
        Unjudged(
            bounded(reason),
            tuple(
                _demand(by_rule[rule], Outcome.INDETERMINATE, view, rules, links)
                for rule in dict.fromkeys(concerned)
            ),
        )
        for reason, concerned in reasons(view).items()
    )


def _demand(
    problem: Problem,
    outcome: Outcome,
    view: TargetView,
    rules: Rulebook,
    links: Links,
) -> Demand:
    observed = observations(problem, view)
    expected = dict.fromkeys(
        seen.finding.expected for seen in problem.seen if seen.finding.expected
    )
    return Demand(
        rule=problem.rule,
        badge=of_outcome(outcome, problem.severity),
        to=links.rule(problem.rule),
        observed=tuple(bounded(text) for text in observed[:_OBSERVED] if text),
        more=max(len(observed) - _OBSERVED, 0),
        expected=tuple(map(bounded, list(expected)[:_OBSERVED])),
        told=rules.tell(problem.rule),
    )

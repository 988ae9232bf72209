"""Requirements that were not met or not judged, for one target: what, why, and what to do."""

import re

from probe.model.finding import Finding, Outcome
from probe.model.report import Result
from probe.model.rule import Catalogue
from probe.render import marks
from probe.render.digest import Problem, TargetView, chain_of, decoded, problems
from probe.render.paper import Paper, Span, Style
from probe.render.tree import name_of
from probe.render.width import cut

_LABEL = 10
_INDENT = "    "
_OBSERVED_SHOWN = 4
_RULES_SHOWN = 6
_WORD = re.compile(r"[\w.]+")
_SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z])")

HINT: Span = ("cmprobe rules show ID tells all of it", Style.FAINT)


def heading(paper: Paper, text: str, right: Span | None = None) -> None:
    """Begin a section."""
    paper.blank()
    paper.row(text=text, style=Style.STRONG, right=right)


def labelled(paper: Paper, label: str, text: str, style: Style = Style.PLAIN) -> None:
    """Write one labelled fact of a requirement; an empty one is left out."""
    if text:
        lead: Span = (_INDENT + label.ljust(_LABEL), Style.FAINT)
        paper.row([lead], text, style)


def not_met(paper: Paper, view: TargetView, catalogue: Catalogue, *, verbose: int) -> None:
    """Tell everything about each requirement that is not met."""
    if view.failures:
        heading(paper, "Requirements not met", HINT)
    for number, problem in enumerate(view.failures):
        if number:
            paper.blank()
        name(paper, problem)
        observed = observations(problem, view)
        _, style = marks.severity_mark(problem.severity)
        for index, text in enumerate(observed[:_OBSERVED_SHOWN]):
            labelled(paper, "" if index else "observed", text, style)
        if len(observed) > _OBSERVED_SHOWN:
            labelled(paper, "", f"and {len(observed) - _OBSERVED_SHOWN} more")
        explain(paper, problem, catalogue, verbose=verbose)


def name(paper: Paper, problem: Problem) -> None:
    """Begin the block of one requirement that is not met."""
    mark, style = marks.severity_mark(problem.severity)
    right = (problem.severity, style)
    paper.row([(f"  {mark} ", style)], problem.rule, Style.STRONG, right=right)


def observations(problem: Problem, view: TargetView) -> list[str]:
    """Tell each observation once: on which certificate, at which addresses if not at every."""
    at: dict[tuple[str, str], dict[str, None]] = {}
    for seen in problem.seen:
        about = certificate_name(seen.result, seen.finding)
        at.setdefault((about, seen.finding.observed), {})[seen.result.address or ""] = None
    reached = len(view.results) - len(view.blocked)
    told = []
    for (about, observed), addresses in at.items():
        everywhere = len(addresses) >= max(reached, 1)
        where = [*([] if everywhere else addresses), *([about] if about else [])]
        told.append(f"{', '.join(where)}: {observed}" if where else observed)
    return told


def explain(paper: Paper, problem: Problem, catalogue: Catalogue, *, verbose: int) -> None:
    """Tell what is required, why it matters, what to do, and where it stands.

    Without ``verbose`` long explanations end after the sentences that fit a few lines.
    """
    answers = {seen.finding.expected for seen in problem.seen}
    expected = answers.pop() if len(answers) == 1 else ""  # of several, each is about one target
    rule = catalogue.rules.get(problem.rule)
    if rule is None:
        labelled(paper, "required", expected)
        return
    labelled(paper, "required", required(rule.title, expected))
    source = f"{rule.source.document}: {rule.source.section}"
    if verbose:
        labelled(paper, "why", rule.why)
        labelled(paper, "remedy", rule.remedy, Style.STRONG)
        labelled(paper, "source", source, Style.FAINT)
        paper.verbatim(_INDENT + " " * _LABEL, rule.source.url or "")
        paper.verbatim(_INDENT + "by hand".ljust(_LABEL), rule.by_hand or "")
        for note in rule.notes:
            labelled(paper, "note", note)
        return
    room = paper.width - len(_INDENT) - _LABEL
    labelled(paper, "why", sentences(rule.why, room))
    labelled(paper, "remedy", sentences(rule.remedy, 2 * room), Style.STRONG)
    labelled(paper, "source", cut(paper.safe(source), room, paper.safe("…")), Style.FAINT)


def required(title: str, expected: str) -> str:
    """Join a rule's title and what was expected here, unless that says nothing more."""
    said = set(_WORD.findall(title.lower()))
    return title if said.issuperset(_WORD.findall(expected.lower())) else f"{title} ({expected})"


def sentences(text: str, length: int) -> str:
    """Return the first sentences of ``text`` that fit ``length``, and at least one."""
    first, *rest = _SENTENCE.split(" ".join(text.split()))
    for sentence in rest:
        if len(first) + 1 + len(sentence) > length:
            return f"{first.rstrip('.')}…"
        first = f"{first} {sentence}"
    return first


def certificate_name(result: Result, finding: Finding) -> str:
    """Name the certificate that a finding is about, unless it is the first one."""
    if not finding.subject or finding.subject.position == 0:
        return ""
    chain = chain_of(result)
    if finding.subject.position >= len(chain):
        return f"certificate {finding.subject.position}"
    return name_of(decoded(chain)[finding.subject.position])


def not_judged(paper: Paper, view: TargetView, *, verbose: int) -> None:
    """Tell what could not be judged and why, each reason once."""
    by_reason = reasons(view)
    if len(by_reason) == 1 and not view.chains and not verbose:
        return  # the one reason is the failure that the headline tells
    if by_reason:
        heading(paper, "Not judged")
    mark, style = marks.OPEN
    for reason, rules in by_reason.items():
        if len(rules) == 1:
            paper.row([(f"  {mark} ", style), (f"{rules[0]}  ", Style.STRONG)], reason)
            continue
        shown = rules if verbose else rules[:_RULES_SHOWN]
        more = len(rules) - len(shown)
        names = ", ".join(shown) + (f" and {more} more" if more else "")
        paper.row([(f"  {mark} ", style)], names, Style.STRONG)
        labelled(paper, "because", reason)


def reasons(view: TargetView) -> dict[str, list[str]]:
    """Return why something could not be judged, and the rules that this concerns."""
    by_reason: dict[str, list[str]] = {}
    for problem in view.unjudged:
        for text in observations(problem, view):
            by_reason.setdefault(text, []).append(problem.rule)
    return by_reason


def others(paper: Paper, view: TargetView, *, verbose: int) -> None:
    """List what was met (-v), and what does not apply or cannot be seen here (-vv)."""
    for least, outcome, words, (mark, style) in OTHERS:
        if verbose < least:
            continue
        told = {problem.rule for problem in (*view.failures, *view.unjudged)}
        found = [one for one in problems(view.results, outcome) if one.rule not in told]
        if found:
            heading(paper, words.replace("handshake", "file") if view.file else words)
            columns = max(len(problem.rule) for problem in found)
        for problem in found:
            lead: Span = (f"{problem.rule.ljust(columns)}  ", Style.PLAIN)
            text = "; ".join(observations(problem, view))
            paper.row([(f"  {mark} ", style), lead], text, Style.FAINT)


OTHERS = (
    (1, Outcome.PASS, "Requirements met", marks.GOOD),
    (2, Outcome.NOT_APPLICABLE, "Not applicable", marks.NONE),
    (2, Outcome.NOT_OBSERVABLE, "Not to be seen in a handshake", marks.NONE),
)

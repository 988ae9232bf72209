"""Requirements that were not met or not judged, for one target: what, why, and what to do."""

from collections.abc import Sequence

from probe.model.finding import Finding, Outcome
from probe.model.report import Result
from probe.model.rule import Catalogue, Rule
from probe.render import marks
from probe.render.digest import Problem, TargetView, chain_of, decoded, problems
from probe.render.paper import Paper, Span, Style
from probe.render.tree import name_of
from probe.render.width import cut, width

_LABEL = 10
_INDENT = "    "
_OBSERVED_SHOWN = 4

HINT: Span = ("cmprobe rules show ID explains each", Style.FAINT)


def title_of(rule_id: str, catalogue: Catalogue) -> str:
    """Return the rule's title, or its id where this catalogue does not have it."""
    rule = catalogue.rules.get(rule_id)
    return rule.title if rule else rule_id


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
        mark, style = marks.severity_mark(problem.severity)
        paper.row(
            [(f"  {mark} ", style)],
            title_of(problem.rule, catalogue),
            style,
            right=(f"{problem.severity} · {problem.rule}", Style.FAINT),
        )
        _answers(paper, problem, view)
        if rule := catalogue.rules.get(problem.rule):
            explain(paper, rule, verbose=verbose)


def _answers(paper: Paper, problem: Problem, view: TargetView) -> None:
    """Write what was observed and expected, on one line where there is room."""
    observed = observations(problem, view)
    expected = dict.fromkeys(seen.finding.expected for seen in problem.seen)
    if len(observed) == len(expected) == 1:
        both = f"{observed[0]}, expected: {next(iter(expected))}"
        if width(paper.safe(both)) <= paper.width - len(_INDENT) - _LABEL:
            labelled(paper, "observed", both)
            return
    for index, text in enumerate(observed[:_OBSERVED_SHOWN]):
        labelled(paper, "" if index else "observed", text)
    if len(observed) > _OBSERVED_SHOWN:
        labelled(paper, "", f"and {len(observed) - _OBSERVED_SHOWN} more")
    for text in expected:
        labelled(paper, "expected", text)


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


def explain(paper: Paper, rule: Rule, *, verbose: int) -> None:
    """Tell why a requirement matters, what to do, and where it stands."""
    labelled(paper, "why", rule.why)
    labelled(paper, "remedy", rule.remedy, Style.STRONG)
    source = f"{rule.source.document}: {rule.source.section}"
    if not verbose:  # a line of its own is enough: the hint tells where to find the rest
        room = paper.width - len(_INDENT) - _LABEL
        source = cut(paper.safe(source), room, paper.safe("…"))
    labelled(paper, "source", source, Style.FAINT)
    if verbose:
        labelled(paper, "", rule.source.url or "", Style.FAINT)
        labelled(paper, "by hand", rule.by_hand or "")
        for note in rule.notes:
            labelled(paper, "note", note)


def certificate_name(result: Result, finding: Finding) -> str:
    """Name the certificate that a finding is about, unless it is the first one."""
    if not finding.subject or finding.subject.position == 0:
        return ""
    chain = chain_of(result)
    if finding.subject.position >= len(chain):
        return f"certificate {finding.subject.position}"
    return name_of(decoded(chain)[finding.subject.position])


def not_judged(paper: Paper, view: TargetView, catalogue: Catalogue, *, verbose: int) -> None:
    """Tell what could not be judged and why, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for problem in view.unjudged:
        reason = problem.seen[0].finding.observed
        by_reason.setdefault(reason, []).append(problem.rule)
    if len(by_reason) == 1 and not view.chains and not verbose:
        return  # the one reason is the failure that the headline tells
    if by_reason:
        heading(paper, "Not judged")
    for reason, rules in by_reason.items():
        mark, style = marks.OPEN
        if len(rules) == 1:
            paper.row(
                [(f"  {mark} ", style)],
                title_of(rules[0], catalogue),
                right=(rules[0], Style.FAINT),
            )
            paper.row([(_INDENT, Style.PLAIN)], reason)
        else:
            paper.row([(f"  {mark} ", style)], f"{len(rules)} requirements: {reason}")
            if verbose:
                paper.row([(_INDENT, Style.PLAIN)], ", ".join(rules), Style.FAINT)


def others(paper: Paper, view: TargetView, catalogue: Catalogue, *, verbose: int) -> None:
    """List what was met (-v), and what does not apply or cannot be seen here (-vv)."""
    sections = (
        (1, Outcome.PASS, "Requirements met", marks.GOOD),
        (2, Outcome.NOT_APPLICABLE, "Not applicable", marks.NONE),
        (2, Outcome.NOT_OBSERVABLE, "Not to be seen in a handshake", marks.NONE),
    )
    for least, outcome, words, (mark, style) in sections:
        found: Sequence[Problem] = problems(view.results, outcome) if verbose >= least else ()
        if found:
            heading(paper, words)
        for problem in found:
            observed = observations(problem, view)
            paper.row(
                [(f"  {mark} ", style)],
                title_of(problem.rule, catalogue),
                right=(problem.rule, Style.FAINT),
            )
            paper.row([(_INDENT, Style.PLAIN)], "; ".join(observed), Style.FAINT)

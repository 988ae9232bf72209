"""One target in full: its state first, then how far we got, its chain, and what to do."""

from collections import Counter
from datetime import datetime

from probe.model.finding import Outcome
from probe.model.report import Result
from probe.model.roles import ROLES
from probe.model.rule import Catalogue, Severity
from probe.model.stages import Resolved
from probe.render import marks
from probe.render.advice import next_step
from probe.render.digest import TargetView, blocked, chain_of, decoded
from probe.render.filecard import draw_file
from probe.render.files import title
from probe.render.paper import Paper, Style
from probe.render.requirements import heading, not_judged, not_met, others
from probe.render.revocation import revocation_lines
from probe.render.stagelines import Line, stage_lines, told
from probe.render.times import counted, milliseconds
from probe.render.tree import draw_chain, draw_paths, validity
from probe.render.width import cut

_ID = 50  # columns of a target's id; a name may have 253
_WORDS = (
    (Outcome.FAIL, "not met", "none met"),
    (Outcome.INDETERMINATE, "not judged", "none judged"),
    (Outcome.PASS, "met", "all met"),
)
_ORDER = (Outcome.FAIL, Outcome.INDETERMINATE, Outcome.PASS, Outcome.NOT_OBSERVABLE)


def draw_card(
    paper: Paper, view: TargetView, catalogue: Catalogue, as_of: datetime, *, verbose: int
) -> None:
    """Write everything about one target."""
    _headline(paper, view, as_of)
    if view.file:
        draw_file(paper, view.file)
    else:
        _connection(paper, view, verbose=verbose)
    _chains(paper, view, as_of, verbose=verbose)
    if not view.file:
        _revocation(paper, view, verbose=verbose)
    not_met(paper, view, catalogue, verbose=verbose)
    not_judged(paper, view, verbose=verbose)
    others(paper, view, verbose=verbose)
    paper.blank()
    paper.row(text=count(view))


def titles(roles: tuple[str, ...]) -> str:
    """Write roles as people call them."""
    known = (ROLES.get(role) for role in roles)
    return ", ".join(
        f"{one.title} (legacy)" if one and one.legacy else one.title if one else role
        for role, one in zip(roles, known, strict=True)
    )


def unpublished(roles: tuple[str, ...]) -> str:
    """Say for which roles nobody has published what their certificate must be."""
    none = [role for role in roles if role != "tls" and role in ROLES and not ROLES[role].profile]
    if not none:
        return ""
    return (
        f"No certificate requirements are published for {titles(tuple(none))};"
        " what holds for every endpoint was judged."
    )


def _headline(paper: Paper, view: TargetView, as_of: datetime) -> None:
    mark, style = marks.state_mark(view.state)
    paper.blank()
    paper.row(
        [(f"{mark} ", style), (f"{cut(paper.safe(view.target.id), _ID)}  ", Style.STRONG)],
        title(view.file) if view.file else titles(view.target.roles),
        right=marks.state_word(view.state, file=view.file is not None),
    )
    indent = [("  ", Style.PLAIN)]
    if view.file and view.file.problem is not None:
        paper.row(indent, view.file.problem, style)
        return
    if failure := view.failure if not view.chains else None:
        paper.row(indent, told(failure), style)
        paper.row([("  Next: ", Style.FAINT)], next_step(failure), Style.STRONG)
        return
    paper.row(indent, situation(view, as_of), style)
    if text := unpublished(view.target.roles):
        paper.row(indent, text)


def situation(view: TargetView, as_of: datetime) -> str:
    """Tell in a line how a target stands that sent a chain: its expiry, and what was found."""
    parts = []
    if first := view.first_expiry:
        text = validity(first, as_of)[1]
        parts.append(text[0].upper() + text[1:])
    counts = Counter(problem.severity for problem in view.failures)
    parts += [counted(counts[severity], severity) for severity in Severity if counts[severity]]
    if view.unjudged:
        parts.append(f"{len(view.unjudged)} not judged")
    if view.blocked:
        parts.append(f"{len(view.blocked)} of {len(view.results)} addresses unreachable")
    return " · ".join(parts) or "No certificate could be read"


def _connection(paper: Paper, view: TargetView, *, verbose: int) -> None:
    heading(paper, "Connection")
    if len(view.results) == 1 or verbose:
        for number, result in enumerate(view.results):
            if len(view.results) > 1:
                if number:
                    paper.blank()
                paper.row([("  ", Style.PLAIN)], f"at {result.address}", Style.STRONG)
            for line in stage_lines(view.target, result.observation, verbose=verbose):
                _stage(paper, line)
        return
    resolution = view.results[0].observation.resolution
    if isinstance(resolution, Resolved):
        first = next(stage_lines(view.target, view.results[0].observation))
        _stage(paper, first)
    columns = max(len(result.address or "") for result in view.results)
    for result in view.results:
        _address(paper, view, result, columns)
    _in_common(paper, view)


def _stage(paper: Paper, line: Line) -> None:
    took = milliseconds(line.seconds) if line.seconds else ""
    lead = [(f"  {line.mark} ", line.style), (f"{line.name:<8} {took:>7}  ", Style.FAINT)]
    paper.row(lead, line.text)


def _address(paper: Paper, view: TargetView, result: Result, columns: int) -> None:
    """Write one of several addresses on a line."""
    lines = [one for one in stage_lines(view.target, result.observation) if one.name != "dns"]
    bad = [line for line in lines if line.style is not Style.GOOD]
    if failure := blocked(result):
        mark, style, text = "✗", Style.BAD, told(failure)
    else:
        mark, style = (bad[0].mark, bad[0].style) if bad else ("✓", Style.GOOD)
        text = ", ".join(f"{line.name} {milliseconds(line.seconds or 0)}" for line in lines)
        if len(view.chains) > 1:
            number = list(view.chains).index(chain_of(result)) + 1
            text += f"; chain {number}"
    address = (result.address or "no address").ljust(columns)
    paper.row([(f"  {mark} ", style), (f"{address}  ", Style.PLAIN)], text)


def _in_common(paper: Paper, view: TargetView) -> None:
    """Tell what the stages said: once if it is the same at every address that was reached."""
    said: dict[str, dict[Line, list[str]]] = {}
    for result in view.results:
        for line in stage_lines(view.target, result.observation):
            if line.name in {"tls", "versions", "http"} and not blocked(result):
                same = line._replace(seconds=None)
                said.setdefault(line.name, {}).setdefault(same, []).append(result.address or "")
    for lines in said.values():
        for line, addresses in lines.items():
            where = "" if len(lines) == 1 else f"{', '.join(addresses)}: "
            _stage(paper, line._replace(text=where + line.text))


def _chains(paper: Paper, view: TargetView, as_of: datetime, *, verbose: int) -> None:
    for number, (chain, results) in enumerate(view.chains.items(), start=1):
        words = "In the file" if view.file else "Chain as sent"
        if len(view.chains) > 1:
            at = ", ".join(result.address or view.target.host for result in results)
            words = f"Chain {number} as sent by {at}"
        heading(paper, f"{words}, {counted(len(chain), 'certificate')}")
        findings = [finding for result in results for finding in result.findings]
        sent = view.file is None
        draw_chain(
            paper,
            decoded(chain),
            findings,
            as_of,
            links=results[0].links,
            verbose=verbose,
            sent=sent,
        )
        if verbose:
            draw_paths(paper, results[0].links, results[0].alternatives)


def _revocation(paper: Paper, view: TargetView, *, verbose: int) -> None:
    lines = list(revocation_lines(view.results, verbose=verbose))
    if not lines:
        return
    heading(paper, "Revocation, as it can be looked up from here")
    for line in lines:
        _stage(paper, line)


def count(view: TargetView) -> str:
    """Count requirements by the worst that was found of each."""
    worst: dict[str, Outcome] = {}
    reached = [result for result in view.results if chain_of(result)]
    for result in reached or view.results:
        for finding in result.findings:
            if finding.outcome in _ORDER:
                before = worst.get(finding.rule, finding.outcome)
                worst[finding.rule] = min(before, finding.outcome, key=_ORDER.index)
    counts = Counter(worst.values())
    asked = sum(counts[outcome] for outcome in _ORDER[:3])
    parts = (
        whole if counts[outcome] == asked else f"{counts[outcome]} {word}"
        for outcome, word, whole in _WORDS
        if counts[outcome]
    )
    text = f"{counted(asked, 'requirement')}: {', '.join(parts) or 'none asked'}."
    if hidden := counts[Outcome.NOT_OBSERVABLE]:
        text += f" {hidden} more cannot be seen in a {'file' if view.file else 'handshake'}."
    return text

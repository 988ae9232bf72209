"""Many targets: a line for each, then each failure once with the targets that have it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from probe.model.certificate import Certificate
from probe.model.failure import Failure
from probe.model.finding import Outcome
from probe.model.report import Report
from probe.model.rule import Catalogue
from probe.render import marks
from probe.render.advice import next_step
from probe.render.digest import Problem, Seen, State, TargetView, chain_of, decoded, problems
from probe.render.files import file_of, shown
from probe.render.paper import Paper, Style
from probe.render.requirements import HINT, certificate_name, explain, heading, labelled, name
from probe.render.stagelines import short, told
from probe.render.times import counted, days_between
from probe.render.width import width

_ROLES = {
    "management-point": "MP",
    "distribution-point": "DP",
    "software-update-point": "SUP",
    "state-migration-point": "SMP",
    "certificate-registration-point": "CRP",
    "cloud-management-gateway": "CMG",
    "sql-server": "SQL",
    "sql-failover-cluster": "SQL FCI",
    "ibcm-proxy": "IBCM",
    "ndes": "NDES",
    "sms-provider": "provider",
    "reporting-point": "reporting",
    "tls": "TLS",
}

_NEVER = datetime.max.replace(tzinfo=UTC)
_LISTED = 8
_NAMED = 12
_EXPIRES = 7
_FILES = 40
_BAD_FILES = 200


def draw_table(paper: Paper, views: Sequence[TargetView], as_of: datetime) -> None:
    """Write a line for each target in the order of the inventory, of many files the worst."""
    files = views[0].file is not None
    listed = views
    if files and len(views) > _FILES:
        bad = [view for view in views if view.state is not State.GOOD]
        listed = sorted(bad, key=lambda view: view.state)[:_BAD_FILES]
    if listed:
        _rows(paper, listed, as_of, files=files)
    left = Counter(view.state for view in views)
    left.subtract(view.state for view in listed)
    for state, count in sorted(left.items()):
        if count:
            mark, style = marks.state_mark(state)
            word = marks.state_word(state, file=files)[0]
            paper.row([(f"{mark} ", style)], f"and {count} more {word}")


def _rows(paper: Paper, views: Sequence[TargetView], as_of: datetime, *, files: bool) -> None:
    roles = [short_roles(view) for view in views]
    longest = max(width(paper.safe(view.target.id)) for view in views)
    ids = min(longest, paper.width * 45 // 100)
    role = max(5, min(max(map(width, roles)), paper.width // (4 if files else 6)))
    gap = ("  ", Style.PLAIN, 2)
    faint = Style.FAINT
    what, purposes = ("file", "profile") if files else ("target", "roles")
    head = (("", faint, 2), (what, faint, ids), gap, (purposes, faint, role), gap)
    expires = ("expires".rjust(_EXPIRES), faint, _EXPIRES)
    paper.cells((*head, expires, gap, ("what is wrong", faint, 0)))
    for view, names in zip(views, roles, strict=True):
        mark, style = marks.state_mark(view.state)
        quiet = view.state is State.GOOD
        paper.cells(
            (
                (mark, style, 2),
                (view.target.id, Style.PLAIN if quiet else Style.STRONG, ids),
                gap,
                (names, Style.PLAIN, role),
                gap,
                (_days(view, as_of).rjust(_EXPIRES), Style.PLAIN, _EXPIRES),
                gap,
                (worst(view), Style.PLAIN if quiet else style, 0),
            )
        )


def short_roles(view: TargetView) -> str:
    """Abbreviate a target's roles as people do; of a file tell its profile."""
    if view.file:
        profile = view.target.profiles[-1] if view.target.profiles else ""
        return f"{profile}?" if view.file.profile_guessed else profile
    return abbreviated(view.target.roles)


def abbreviated(roles: Sequence[str]) -> str:
    """Abbreviate roles as people do."""
    return " ".join(_ROLES.get(role, role) for role in roles)


def _days(view: TargetView, as_of: datetime) -> str:
    if not view.first_expiry:
        return "-"
    days = days_between(as_of, view.first_expiry.not_after)
    return f"{days} d" if days >= 0 else "expired"


def worst(view: TargetView) -> str:
    """Tell in a few words what is wrong with a target; nothing where all is well."""
    if view.file and view.file.problem is not None:
        return view.file.problem
    if not view.chains:
        return short(view.failure) if view.failure else "not probed"
    found = view.failures or view.unjudged
    if not found:
        return f"{len(view.blocked)} of {len(view.results)} addresses" if view.blocked else ""
    if len(found) > 1:
        return ", ".join(problem.rule for problem in found)
    return f"{found[0].rule}: {found[0].seen[0].finding.observed}"


def draw_problems(paper: Paper, report: Report, catalogue: Catalogue, *, verbose: int) -> None:
    """Tell each requirement that is not met once, with the targets that do not meet it."""
    found = sorted(
        problems(shown(report), Outcome.FAIL),
        key=lambda problem: (problem.severity.rank, -len(problem.targets)),
    )
    if found:
        heading(paper, "Requirements not met", HINT)
    for number, problem in enumerate(found):
        if number:
            paper.blank()
        name(paper, problem)
        _who(paper, problem)
        explain(paper, problem, catalogue, verbose=verbose)


def _who(paper: Paper, problem: Problem) -> None:
    """List the targets of a problem: together if they show the same, else each with its own."""
    by_answer: dict[str, list[str]] = {}
    for target, group in sorted(problem.targets.items(), key=lambda item: _ends(item[1])):
        told_of = dict.fromkeys(
            ": ".join(filter(None, (certificate_name(s.result, s.finding), s.finding.observed)))
            for s in group
        )
        by_answer.setdefault("; ".join(told_of), []).append(target)
    noun = "file" if file_of(problem.seen[0].result) else "target"
    count = counted(len(problem.targets), noun)
    _, style = marks.severity_mark(problem.severity)
    if len(by_answer) == 1:
        (observed, targets) = next(iter(by_answer.items()))
        text = f"{observed} ({count})" if len(targets) > 1 else observed
        labelled(paper, "observed", text, style)
        labelled(paper, f"{noun}s" if len(targets) > 1 else noun, _some(targets))
        return
    labelled(paper, "observed", f"on {count}", style)
    for index, (observed, targets) in enumerate(by_answer.items()):
        if index == _LISTED:
            rest = list(by_answer.values())[_LISTED:]
            labelled(paper, "", f"and {counted(sum(map(len, rest)), noun)} more")
            break
        labelled(paper, "", f"{_some(targets)}: {observed}")


def _ends(group: Sequence[Seen]) -> datetime:
    """Return when the first certificate concerned expires: what is most urgent comes first."""
    return min(
        (
            certificate.not_after
            for seen in group
            if seen.finding.subject
            for certificate in decoded(chain_of(seen.result))[seen.finding.subject.position :][:1]
            if isinstance(certificate, Certificate)
        ),
        default=_NEVER,
    )


def _some(targets: Sequence[str]) -> str:
    more = len(targets) - _NAMED
    return ", ".join(targets[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def draw_unreachable(paper: Paper, views: Iterable[TargetView]) -> None:
    """Tell which targets could not be reached, by reason."""
    by_reason: dict[tuple[str, str], tuple[Failure, dict[str, None]]] = {}
    for view in views:
        for address, failure in view.blocked.items():
            name = f"{view.target.id} at {address}" if view.chains else view.target.id
            key = (failure.stage, failure.kind)
            by_reason.setdefault(key, (failure, {}))[1][name] = None
    if by_reason:
        heading(paper, "Unreachable")
    mark, style = marks.state_mark(State.UNREACHABLE)
    for number, (failure, targets) in enumerate(by_reason.values()):
        if number:
            paper.blank()
        paper.row([(f"  {mark} ", style)], told(failure), style)
        labelled(paper, "targets" if len(targets) > 1 else "target", _some(list(targets)))
        labelled(paper, "next", next_step(failure), Style.STRONG)


def draw_unjudged(paper: Paper, views: Iterable[TargetView]) -> None:
    """Tell what could not be judged of targets that were reached, by rule and reason."""
    by_reason: dict[tuple[str, str], dict[str, None]] = {}
    noun = "target"
    for view in views:
        noun = "file" if view.file else noun
        if view.chains:
            for problem in view.unjudged:
                for seen in problem.seen:
                    key = (problem.rule, seen.finding.observed)
                    by_reason.setdefault(key, {})[view.target.id] = None
    if by_reason:
        heading(paper, "Not judged")
    mark, style = marks.OPEN
    for (rule, reason), targets in by_reason.items():
        paper.row([(f"  {mark} ", style), (f"{rule}  ", Style.STRONG)], reason)
        labelled(paper, f"{noun}s" if len(targets) > 1 else noun, _some(list(targets)))

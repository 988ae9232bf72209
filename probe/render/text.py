"""The report for a person at a terminal: one target in full, or many with what is wrong."""

from collections import Counter

from probe.model.report import Report
from probe.model.rule import Catalogue
from probe.render import marks
from probe.render.card import draw_card
from probe.render.digest import State, TargetView, earliest, views
from probe.render.overview import draw_problems, draw_table, draw_unjudged, draw_unreachable
from probe.render.paper import Paper, Style
from probe.render.times import absolute, counted, milliseconds, relative


def report_text(
    report: Report,
    catalogue: Catalogue,
    *,
    colour: bool = False,
    width: int = 100,
    verbose: int = 0,
    unicode: bool = True,
) -> str:
    """Return the report as text; a single target in full, several as an overview.

    With ``verbose`` 1 every target with a problem is told in full, with 2 every target.
    """
    paper = Paper(width, colour=colour, unicode=unicode)
    targets = views(report)
    if len(targets) == 1:
        draw_card(paper, targets[0], catalogue, report.as_of, verbose=verbose)
    elif targets:
        draw_table(paper, targets, report.as_of)
        for view in targets:
            if verbose > 1 or (verbose and view.state is not State.GOOD):
                draw_card(paper, view, catalogue, report.as_of, verbose=verbose)
        if not verbose:
            draw_problems(paper, report, catalogue, verbose=verbose)
            draw_unreachable(paper, targets)
            draw_unjudged(paper, targets)
        _states(paper, targets)
        _earliest(paper, report, targets)
    else:
        paper.row(text="No target was probed.")
    _footer(paper, report)
    return str(paper)


def _states(paper: Paper, targets: tuple[TargetView, ...]) -> None:
    counts = Counter(view.state for view in targets)
    paper.blank()
    files = targets[0].file is not None
    spans = [(f"{counted(len(targets), 'file' if files else 'target')}:", Style.STRONG)]
    for state in State:
        if counts[state]:
            mark, style = marks.state_mark(state)
            word = marks.state_word(state, file=files)[0]
            spans.append((f"{mark} {counts[state]} {word}", style))
    paper.flow(spans)


def _earliest(paper: Paper, report: Report, targets: tuple[TargetView, ...]) -> None:
    if first := earliest(targets):
        view, instant = first
        when = f"{relative(instant, report.as_of)} ({absolute(instant)})"
        paper.row(text=f"Earliest expiry: {view.target.id}, {when}.")


def _footer(paper: Paper, report: Report) -> None:
    took = (report.finished - report.started).total_seconds()
    parts = [
        f"Judged as of {absolute(report.as_of)}",
        f"catalogue {report.catalogue.revision}",
        *([f"seen from {report.vantage}"] if report.vantage else []),
        f"took {milliseconds(took)}",
    ]
    paper.row(text=" · ".join(parts), style=Style.FAINT)

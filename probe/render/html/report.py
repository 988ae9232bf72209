"""A report as one HTML file that needs nothing beside it: for an auditor, a ticket, an archive."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from probe.model.report import Report
from probe.model.rule import Catalogue
from probe.render.digest import TargetView, views
from probe.render.html.card import Card, card
from probe.render.html.demands import Rulebook
from probe.render.html.environment import ICON, SCRIPT, STYLE, asset, fill
from probe.render.html.fleet import Line, commonest, counts, lines
from probe.render.html.links import Inside
from probe.render.html.outcomes import asked
from probe.render.html.policy import self_contained
from probe.render.html.query import STATES
from probe.render.html.requirement import Requirement, requirement
from probe.render.html.rows import Row, row
from probe.render.html.timeline import timeline
from probe.render.html.words import moment, of_state
from probe.render.times import milliseconds

_LISTED = 2000  # targets of one requirement


class Told(NamedTuple):
    """A target: its line, where it stands, and all about it."""

    number: int
    line: Line
    state: str
    card: Card


def report_html(report: Report, catalogue: Catalogue) -> str:
    """Return the report as a page that may be mailed, printed and kept."""
    style, script = asset(STYLE), asset(SCRIPT)
    targets = views(report)
    rows = {view.target.id: row(view) for view in targets}
    ordered = sorted(targets, key=lambda view: rows[view.target.id].urgency(report.as_of))
    numbers = {view.target.id: number for number, view in enumerate(ordered, start=1)}
    failing = commonest(rows.values(), catalogue.rules, Inside({}, {}))
    known = [one.rule for one in failing if one.rule in catalogue.rules]
    links = Inside(numbers, {rule: number for number, rule in enumerate(known, start=1)})
    rules = Rulebook(catalogue.rules)
    noun = "file" if report.files and not report.results else "target"
    states = {state: word for word, state in STATES.items()}
    return fill(
        "report.html",
        policy=self_contained(style, script),
        style=Markup(style),  # noqa: S704 - our own file, and its digest stands in the policy
        script=Markup(script),  # noqa: S704 - likewise
        favicon=_inline(asset(ICON)),
        report=report,
        noun=noun,
        links=links,
        as_of=moment(report.as_of, report.as_of),
        took=milliseconds((report.finished - report.started).total_seconds()),
        tiles=[
            (of_state(STATES[word], file=noun == "file"), count, word)
            for word, count in counts(rows.values()).items()
            if word != "waiting"
        ],
        timeline=timeline((one.expires for one in rows.values()), report.as_of, noun=noun),
        common=commonest(rows.values(), catalogue.rules, links),
        judged=any(one.met or one.failed for one in rows.values()),
        requirements=_requirements(known, ordered, rows, catalogue, links),
        targets=[
            Told(number, line, states[line.row.state], card(view, rules, report.as_of, links))
            for number, (view, line) in enumerate(
                zip(ordered, _lines(ordered, rows, report, links), strict=True), start=1
            )
        ],
        asked=asked(rows.values(), catalogue, rules, links)[0],
    )


def _lines(
    ordered: Sequence[TargetView], rows: Mapping[str, Row], report: Report, links: Inside
) -> tuple[Line, ...]:
    return lines((rows[view.target.id] for view in ordered), report.as_of, links)


def _requirements(
    known: Sequence[str],
    ordered: Sequence[TargetView],
    rows: Mapping[str, Row],
    catalogue: Catalogue,
    links: Inside,
) -> list[Requirement]:
    failing: dict[str, list[TargetView]] = {rule: [] for rule in known}
    undecided: dict[str, list[TargetView]] = {rule: [] for rule in known}
    for view in ordered:
        line = rows[view.target.id]
        for rule in failing.keys() & line.failed.keys():
            failing[rule].append(view)
        for rule in undecided.keys() & line.unjudged.keys():
            undecided[rule].append(view)
    return [
        requirement(rule, catalogue, failing[rule], undecided[rule], links, most=_LISTED)
        for rule in known
    ]


def _inline(svg: str) -> str:
    """Return a picture as an address that needs no request."""
    return "data:image/svg+xml," + quote(svg.strip())

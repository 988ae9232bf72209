"""The fleet: what a filter chooses of it, counted, drawn over time, and a page of its lines."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from probe.model.roles import ROLES
from probe.model.rule import Rule, Severity
from probe.render.html.links import Links, Served
from probe.render.html.query import STATES, WINDOWS, Query, chosen, in_state
from probe.render.html.rows import Row
from probe.render.html.timeline import Timeline, timeline
from probe.render.html.words import Badge, Moment, moment, of_severity, of_state
from probe.render.times import counted

PAGE = 100
_PROBLEMS = 8


class Tile(NamedTuple):
    """How many are in a state; ``to`` shows just them, or all again."""

    badge: Badge
    number: int
    to: str | None
    current: bool


class Line(NamedTuple):
    """A target as the table shows it; ``tone`` colours its expiry."""

    row: Row
    badge: Badge
    to: str | None
    expires: Moment | None
    tone: str


class Common(NamedTuple):
    """A requirement that targets do not meet, and how many."""

    rule: str
    title: str
    badge: Badge
    number: int
    to: str | None


class Option(NamedTuple):
    """A choice of one of the form's lists."""

    value: str
    words: str
    chosen: bool


class Fleet(NamedTuple):
    """Everything that the page of the fleet shows."""

    query: Query
    total: int
    found: int
    words: str
    tiles: tuple[Tile, ...]
    known: bool
    judged: bool
    timeline: Timeline
    common: tuple[Common, ...]
    rest_common: tuple[Common, ...]
    lines: tuple[Line, ...]
    sites: tuple[Option, ...]
    roles: tuple[Option, ...]
    states: tuple[Option, ...]
    windows: tuple[Option, ...]
    page: int
    pages: int
    previous: str | None
    next: str | None


def fleet(
    rows: Sequence[Row], asked: Query, rules: Mapping[str, Rule], now: datetime, links: Served
) -> Fleet:
    """Put the page together from every line, for one query."""
    found = chosen(rows, asked, now)
    listed = in_state(found, asked)
    pages = max(-(-len(listed) // PAGE), 1)
    page = min(asked.page, pages)
    fields = asked.fields

    def turn(number: int) -> str | None:
        asked_for = fields | {"page": str(number) if number > 1 else ""}
        return links.fleet(asked_for) if 1 <= number <= pages else None

    common = commonest(listed, rules, links)
    return Fleet(
        query=asked,
        total=len(rows),
        found=len(listed),
        words=_words(len(listed), len(rows), asked),
        tiles=_tiles(found, asked, links),
        known=any(row.state is not None for row in listed),
        judged=any(row.met or row.failed for row in listed),
        timeline=timeline((row.expires for row in listed), now),
        common=common[:_PROBLEMS],
        rest_common=common[_PROBLEMS:],
        lines=lines(listed[(page - 1) * PAGE : page * PAGE], now, links),
        sites=_options({row.site: row.site for row in rows if row.site}, asked.site),
        roles=_options(_roles(rows), asked.role),
        states=_options({word: word for word in STATES}, asked.state, ordered=True),
        windows=_options(
            {value: window.words for value, window in WINDOWS.items()}, asked.expires, ordered=True
        ),
        page=page,
        pages=pages,
        previous=turn(page - 1),
        next=turn(page + 1),
    )


def lines(rows: Iterable[Row], now: datetime, links: Links) -> tuple[Line, ...]:
    """Return lines as the table shows them."""
    return tuple(
        Line(
            row,
            of_state(row.state, file=row.file),
            links.target(row.id),
            moment(row.expires, now),
            _tone(row.expires, now),
        )
        for row in rows
    )


def counts(rows: Iterable[Row]) -> Counter[str]:
    """Count lines by the word for their state, in the order of `STATES`."""
    by_state = Counter(row.state for row in rows)
    return Counter({word: by_state[state] for word, state in STATES.items()})


def commonest(rows: Iterable[Row], rules: Mapping[str, Rule], links: Links) -> tuple[Common, ...]:
    """Count requirements that are not met: errors first, then by the number of targets."""
    count: Counter[str] = Counter()
    severity: dict[str, Severity] = {}
    for row in rows:
        for rule, found in row.failed.items():
            count[rule] += 1
            severity[rule] = min(severity.get(rule, found), found, key=lambda one: one.rank)
    return tuple(
        Common(
            rule,
            rules[rule].title if rule in rules else rule,
            of_severity(severity[rule]),
            number,
            links.rule(rule),
        )
        for rule, number in sorted(
            count.items(), key=lambda item: (severity[item[0]].rank, -item[1], item[0])
        )
    )


def _tiles(found: Sequence[Row], asked: Query, links: Served) -> tuple[Tile, ...]:
    return tuple(
        Tile(
            of_state(STATES[word]),
            count,
            links.fleet(asked.fields | {"state": "" if asked.state == word else word}),
            current=asked.state == word,
        )
        for word, count in counts(found).items()
        if count or word != "waiting"
    )


def _words(found: int, total: int, asked: Query) -> str:
    if not asked.active:
        return counted(total, "target")
    return f"{found} of {counted(total, 'target')}"


def _tone(expires: datetime | None, now: datetime) -> str:
    if expires is None:
        return "faint"
    days = (expires - now).total_seconds() / 86400
    return "bad" if days < 7 else "warn" if days < 30 else "plain"  # noqa: PLR2004 - as the timeline


def _roles(rows: Sequence[Row]) -> dict[str, str]:
    return {
        role: ROLES[role].title if role in ROLES else role
        for role in {role for row in rows for role in row.roles}
    }


def _options(
    values: Mapping[str, str], chosen: str, *, ordered: bool = False
) -> tuple[Option, ...]:
    known = dict(values)
    if chosen and chosen not in known:
        known[chosen] = chosen
    names = list(known) if ordered else sorted(known, key=lambda value: known[value].casefold())
    return tuple(Option(value, known[value], value == chosen) for value in names)

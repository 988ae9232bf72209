"""What a reader of the fleet asks for: the fields of its form, checked, and applied to lines."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from probe.render.digest import State
from probe.render.html.rows import Row

STATES = {
    "failing": State.FAILING,
    "unreachable": State.UNREACHABLE,
    "warning": State.WARNING,
    "unknown": State.UNJUDGED,
    "good": State.GOOD,
    "waiting": None,
}


class Window(NamedTuple):
    """A span of time for the field ``expires``: up to so many days from now."""

    words: str
    days: int


WINDOWS = {
    "expired": Window("already expired", 0),
    "7": Window("within 7 days", 7),
    "30": Window("within 30 days", 30),
    "90": Window("within 90 days", 90),
}

_LONGEST = 200


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A filter of the fleet; an empty field lets everything pass."""

    q: str = ""
    site: str = ""
    role: str = ""
    state: str = ""
    expires: str = ""
    requirement: str = ""
    page: int = 1

    @property
    def fields(self) -> dict[str, str]:
        """The fields as they stand in an address, but for the page."""
        return {name: getattr(self, name) for name in FIELDS}

    @property
    def active(self) -> bool:
        """Whether anything is filtered."""
        return any(self.fields.values())


FIELDS = ("q", "site", "role", "state", "expires", "requirement")


def query(parameters: Mapping[str, str]) -> Query:
    """Read a query; what makes no sense is taken as not asked."""
    fields = {name: parameters.get(name, "")[:_LONGEST] for name in FIELDS}
    if fields["state"] not in STATES:
        fields["state"] = ""
    if fields["expires"] not in WINDOWS:
        fields["expires"] = ""
    page = parameters.get("page", "")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < len("100000") else 1
    return Query(**fields, page=max(number, 1))


def chosen(rows: Iterable[Row], asked: Query, now: datetime) -> list[Row]:
    """Return the lines that a query lets pass but for their state, the most urgent first."""
    words = asked.q.casefold().split()
    until = now + timedelta(days=WINDOWS[asked.expires].days) if asked.expires else None
    found = [
        row
        for row in rows
        if (not asked.site or row.site == asked.site)
        and (not asked.role or asked.role in row.roles)
        and (until is None or (row.expires is not None and row.expires < until))
        and (not asked.requirement or asked.requirement in row.failed)
        and all(word in row.haystack for word in words)
    ]
    found.sort(key=lambda row: row.urgency(now))
    return found


def in_state(rows: list[Row], asked: Query) -> list[Row]:
    """Return the lines whose state a query asks for."""
    if not asked.state:
        return rows
    return [row for row in rows if row.state is STATES[asked.state]]

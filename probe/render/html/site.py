"""The exporter's pages as HTML: what surrounds each of them, and which template it fills."""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from probe.render.html.card import Card
from probe.render.html.environment import ICON, SCRIPT, STYLE, asset, fill
from probe.render.html.fleet import Fleet
from probe.render.html.links import Served
from probe.render.html.outcomes import Asked
from probe.render.html.requirement import Requirement
from probe.render.html.words import NOT_JUDGED, Moment

_WAIT = 5  # seconds between two looks at a scan that is still running


class Frame(NamedTuple):
    """What every page says of the exporter; ``vantage`` is empty where none was given."""

    links: Served
    version: str
    catalogue: str
    vantage: str


class Notice(NamedTuple):
    """Something that a reader of the fleet should know first."""

    tone: str
    mark: str
    text: str


def fleet_page(
    frame: Frame, fleet: Fleet, scanned: Moment | None, notices: Sequence[Notice], *, waiting: bool
) -> str:
    """Return the page of the fleet; one that is ``waiting`` asks for itself again soon."""
    return _page(
        "fleet.html",
        frame,
        "Fleet",
        fleet=fleet,
        scanned=scanned,
        notices=notices,
        refresh=_WAIT if waiting else 0,
    )


def target_page(frame: Frame, card: Card, scanned: Moment | None, due: Moment | None) -> str:
    """Return the page of a target."""
    return _page("target.html", frame, card.id, card=card, scanned=scanned, due=due, refresh=0)


def waiting_page(frame: Frame, target_id: str) -> str:
    """Return the page of a target that was not probed yet."""
    return _page("waiting.html", frame, target_id, id=target_id, refresh=_WAIT)


def requirement_page(frame: Frame, requirement: Requirement) -> str:
    """Return the page of a requirement."""
    everywhere = frame.links.fleet({"requirement": requirement.rule})
    title = requirement.told.title
    return _page(
        "requirement.html",
        frame,
        title,
        asked=requirement,
        everywhere=everywhere,
        open=NOT_JUDGED,
        refresh=0,
    )


def requirements_page(
    frame: Frame, asked: Sequence[Asked], unasked: Sequence[Asked], *, waiting: bool
) -> str:
    """Return the page of all requirements: those asked of some target, and those of none.

    ``waiting`` is whether some target was not scanned yet.
    """
    return _page(
        "requirements.html",
        frame,
        "Requirements",
        asked=asked,
        unasked=unasked,
        waiting=waiting,
        refresh=0,
    )


def missing_page(frame: Frame, what: str, hint: str = "") -> str:
    """Return the page for what is not there; ``what`` is a sentence."""
    return _page("missing.html", frame, "Not found", what=what, hint=hint, refresh=0)


def _page(template: str, frame: Frame, title: str, **values: object) -> str:
    root = frame.links.root
    return fill(
        template,
        frame=frame,
        links=frame.links,
        root=root,
        title=title,
        style=f"{root}static/{STYLE}?{_version(STYLE)}",
        script=f"{root}static/{SCRIPT}?{_version(SCRIPT)}",
        favicon=f"{root}static/{ICON}",
        **values,
    )


@cache
def _version(name: str) -> str:
    """Return what changes with an asset, so that browsers may keep it for long."""
    return hashlib.sha256(asset(name).encode()).hexdigest()[:12]

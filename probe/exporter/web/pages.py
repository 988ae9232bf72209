"""The exporter's pages: the fleet, a target, a requirement, and what they are dressed with.

Every handler is a plain function, so Starlette runs it in a thread: drawing thousands of targets
holds up no scan.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from probe import __version__
from probe.exporter.store import Store
from probe.exporter.web.pagerows import Rows
from probe.render.digest import TargetView
from probe.render.html.card import card
from probe.render.html.demands import Rulebook
from probe.render.html.environment import ASSETS, asset
from probe.render.html.fleet import fleet
from probe.render.html.links import Served
from probe.render.html.outcomes import asked as outcomes
from probe.render.html.policy import SERVED
from probe.render.html.query import query
from probe.render.html.requirement import LISTED, requirement
from probe.render.html.rows import Row
from probe.render.html.site import (
    Frame,
    Notice,
    fleet_page,
    missing_page,
    requirement_page,
    requirements_page,
    target_page,
    waiting_page,
)
from probe.render.html.words import moment
from probe.render.times import counted

Clock = Callable[[], datetime]

# What every answer has besides stands in `guards`.
_PAGE = {"Content-Security-Policy": SERVED}
# Pages name an asset with a digest of it; without one it is asked for again.
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASKED_AGAIN = {"Cache-Control": "no-cache"}


def _now() -> datetime:
    return datetime.now(UTC)


def routes(store: Store, clock: Clock = _now) -> list[Route]:
    """Return the routes of every page, to stand beside those for programs."""
    pages = Pages(store, clock)
    return [
        Route("/", pages.fleet, name="fleet"),
        Route("/targets/{id:path}", pages.target, name="target"),
        Route("/requirements", pages.requirements, name="requirements"),
        Route("/requirements/", pages.requirements),
        Route("/requirements/{rule:path}", pages.requirement, name="requirement"),
        Route("/static/{name}", static, name="static"),
    ]


def not_found(store: Store) -> Callable[[Request, Exception], Response]:
    """Return what answers for a page that is not there."""
    return Pages(store).missing


class Pages:
    """The pages of one store."""

    def __init__(self, store: Store, clock: Clock = _now) -> None:
        """Read from ``store``; ``clock`` tells what times are relative to."""
        self._store = store
        self._clock = clock
        self._rows = Rows(store)

    def fleet(self, request: Request) -> Response:
        """Answer with the fleet, or what the query chooses of it."""
        now = self._clock()
        frame = self._frame(request)
        rows = self._rows.all()
        waiting = sum(row.state is None for row in rows)
        asked = query(request.query_params)
        shown = fleet(rows, asked, self._store.job.catalogue.rules, now, frame.links)
        times = [entry.scanned for entry in self._store.entries().values()]
        return _page(
            fleet_page(
                frame,
                shown,
                moment(max(times, default=None), now),
                _notices(self._store.reload_error, waiting, len(rows)),
                waiting=waiting == len(rows) and not asked.active,
            )
        )

    def target(self, request: Request) -> Response:
        """Answer with a target, if there is one of that id."""
        target_id: str = request.path_params["id"]
        now = self._clock()
        frame = self._frame(request)
        store = self._store
        if store.target(target_id) is None:
            return _missing(
                frame,
                f"There is no target {target_id} in the inventory.",
                "It may have left the inventory since the link was made.",
            )
        entry = store.entry(target_id)
        if entry is None:
            return _page(waiting_page(frame, target_id))
        view = TargetView(entry.results[0].target, entry.results)
        shown = card(view, Rulebook(store.job.catalogue.rules), now, frame.links)
        scanned, due = moment(entry.scanned, now), moment(entry.due, now)
        return _page(target_page(frame, shown, scanned, due))

    def requirements(self, request: Request) -> Response:
        """Answer with every requirement and how many targets meet it."""
        frame = self._frame(request)
        catalogue = self._store.job.catalogue
        rows = self._rows.all()
        some, none = outcomes(rows, catalogue, Rulebook(catalogue.rules), frame.links)
        return _page(requirements_page(frame, some, none, waiting=_waiting(rows)))

    def requirement(self, request: Request) -> Response:
        """Answer with a requirement and who does not meet it, if there is one of that id."""
        rule: str = request.path_params["rule"]
        frame = self._frame(request)
        catalogue = self._store.job.catalogue
        if rule not in catalogue.rules:
            return _missing(frame, f"There is no requirement {rule} in the catalogue.")
        now = self._clock()
        rows = sorted(self._rows.all(), key=lambda row: row.urgency(now))
        failing = self._views(row.id for row in rows if rule in row.failed)
        unjudged = self._views(row.id for row in rows if rule in row.unjudged)
        met = [row.id for row in rows if rule in row.met]
        shown = requirement(
            rule,
            catalogue,
            failing,
            unjudged,
            frame.links,
            met=self._views(met[:LISTED]),
            met_count=len(met),
            waiting=_waiting(rows),
        )
        return _page(requirement_page(frame, shown))

    def missing(self, request: Request, _: Exception) -> Response:
        """Answer that there is no such page: people with a page, programs in a line."""
        if "text/html" not in request.headers.get("accept", ""):
            return PlainTextResponse("not found\n", 404)
        return _missing(self._frame(request), f"There is no page {request.url.path} here.")

    def _views(self, ids: Iterable[str]) -> list[TargetView]:
        """Return targets as they were scanned last; one that has just left is left out."""
        found = (self._store.results(one) for one in ids)
        return [TargetView(results[0].target, results) for results in found if results]

    def _frame(self, request: Request) -> Frame:
        job = self._store.job
        return Frame(Served(_root(request)), __version__, job.catalogue.revision, job.vantage or "")


def static(request: Request) -> Response:
    """Answer with an asset."""
    name: str = request.path_params["name"]
    if name not in ASSETS:
        return PlainTextResponse("There is no such asset.\n", 404)
    headers = _KEPT if request.url.query else _ASKED_AGAIN
    return Response(asset(name), headers=headers, media_type=ASSETS[name])


def _root(request: Request) -> str:
    """Return the way from the page asked for to the first one.

    It is counted on the path as it was sent: an encoded slash is part of a name.
    """
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    inside = path.split(b"?", 1)[0].removeprefix(request.scope.get("root_path", "").encode())
    return "../" * (inside.count(b"/") - 1) or "./"


def _waiting(rows: Iterable[Row]) -> bool:
    """Whether some target was not scanned yet."""
    return any(row.state is None for row in rows)


def _notices(reload_error: str | None, waiting: int, total: int) -> list[Notice]:
    notices = []
    if reload_error is not None:
        text = f"The inventory could not be loaded again; the former one is in use. {reload_error}"
        notices.append(Notice("bad", "✗", text))
    if waiting == total:
        notices.append(Notice("open", "…", "The first scan is still running."))
    elif waiting:
        text = f"{counted(waiting, 'target')} not scanned yet: the first scan is still running."
        notices.append(Notice("open", "…", text))
    return notices


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, _PAGE)


def _missing(frame: Frame, what: str, hint: str = "") -> Response:
    return _page(missing_page(frame, what, hint), 404)

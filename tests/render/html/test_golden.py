"""Pages as they were reviewed.

CMPROBE_WRITE_GOLDEN=1 python -m pytest tests/render/html/test_golden.py writes them anew: read the
difference before committing it.
"""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from support.chains import AS_OF
from support.fleet import scan
from support.rulebook import CATALOGUE
from support.scenarios import addresses, closed, expired_cmg, hostile
from support.webpages import Page

from probe.render.digest import views
from probe.render.html.card import card
from probe.render.html.demands import Rulebook
from probe.render.html.fleet import fleet
from probe.render.html.links import Served
from probe.render.html.query import query
from probe.render.html.report import report_html
from probe.render.html.requirement import requirement
from probe.render.html.rows import row
from probe.render.html.site import Frame, fleet_page, missing_page, requirement_page, target_page
from probe.render.html.words import moment

GOLDEN = Path(__file__).parent / "golden"
WRITE = "CMPROBE_WRITE_GOLDEN"


def frame(root):
    return Frame(Served(root), "0.1.0", CATALOGUE.revision, "intranet")


def target_of(made):
    (view,) = views(made)
    shown = card(view, Rulebook(CATALOGUE.rules), AS_OF, Served("../"))
    scanned, due = moment(AS_OF, AS_OF), moment(AS_OF + timedelta(hours=1), AS_OF)
    return target_page(frame("../"), shown, scanned, due)


def fleet_of(made, **asked):
    rows = [row(view) for view in views(made)]
    links = Served("./")
    shown = fleet(rows, query(asked), CATALOGUE.rules, AS_OF, links)
    return fleet_page(frame("./"), shown, moment(AS_OF, AS_OF), [], waiting=False)


def requirement_of(made, rule):
    found = views(made)
    failing = [view for view in found if any(one.rule == rule for one in view.failures)]
    unjudged = [view for view in found if any(one.rule == rule for one in view.unjudged)]
    links = Served("../")
    return requirement_page(frame("../"), requirement(rule, CATALOGUE, failing, unjudged, links))


CASES = {
    "fleet.html": lambda: fleet_of(scan(30)),
    "fleet_filtered.html": lambda: fleet_of(scan(30), q="mp", site="P01", state="good"),
    "target_expired.html": lambda: target_of(expired_cmg()),
    "target_addresses.html": lambda: target_of(addresses()),
    "target_closed.html": lambda: target_of(closed()),
    "target_hostile.html": lambda: target_of(hostile()),
    "requirement.html": lambda: requirement_of(scan(30), "sha2-signature"),
    "missing.html": lambda: missing_page(frame("../"), "There is no target <b> here.", "Sorry."),
    "report.html": lambda: report_html(scan(6), CATALOGUE),
}


def _masked(text):
    """Hide digests, and what the report carries of the assets."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", text)
    text = re.sub(r"\b[0-9A-F]{40}\b", "<sha1>", text)
    text = re.sub(r"\?[0-9a-f]{12}\b", "?<digest>", text)
    text = re.sub(r"sha256-[A-Za-z0-9+/]+=", "sha256-<digest>", text)
    return re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", CASES)
def test_looks_as_reviewed(name):
    page = CASES[name]()
    assert Page(page).problems == []
    text = _masked(page)
    path = GOLDEN / name
    if os.environ.get(WRITE):
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_text(encoding="utf-8"), f"{WRITE}=1 rewrites what was reviewed"


def test_no_golden_file_is_left_over():
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)

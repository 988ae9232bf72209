"""The pages in a real browser: no complaint, no sideways scrolling, and usable by keyboard."""

import threading
import time
from contextlib import contextmanager

import msgspec
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from support.browser import browser
from support.chains import leaf
from support.fleet import scan
from support.reports import finding, one, passing, report, seen, target
from support.rulebook import CATALOGUE
from support.scenarios import addresses, closed, expired_cmg, hostile
from support.storehouse import store_of

from probe.exporter.web import listening
from probe.exporter.web.guards import Guards
from probe.exporter.web.pages import Pages, routes
from probe.model.finding import Outcome
from probe.render import render

pytestmark = pytest.mark.real

WIDTHS = (360, 768, 1600)
# Elements that stick out of the page, and what they are.
STICKING_OUT = """
[...document.querySelectorAll("body *")].filter(one => {
  const box = one.getBoundingClientRect();
  const kept = one.closest(".hidden, .skip, .scroll, svg, select");
  return !kept && box.width && (box.right > innerWidth + 1 || box.left < -1);
}).map(one => one.outerHTML.slice(0, 120))
"""
# Text whose contrast with what is behind it is below 4.5:1 (WCAG 2.2, 1.4.3).
TOO_FAINT = """
(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = new Set();
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || !one.getClientRects().length || one.closest(".skip, .hidden")) continue;
    const style = getComputedStyle(one);
    const ink = light(parse(one.closest("svg") ? style.fill : style.color));
    const paper = light(behind(one));
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < 4.5) found.add(`${contrast.toFixed(2)} ${one.tagName}.${one.className} ${one.textContent.slice(0, 30)}`);
  }
  return [...found];
})()
"""


@contextmanager
def served(store):
    """Serve the pages of a store on loopback; yields their address."""
    app = Starlette(
        routes=routes(store),
        middleware=[Middleware(Guards)],
        exception_handlers={404: Pages(store).missing},
    )
    bound = listening.bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield listening.url(bound, tls=False).removesuffix("/")
    finally:
        server.should_exit = True
        thread.join()


def longest():
    """A target whose names are as long as names can be, and have no place to break."""
    chain = leaf("x" * 63 + "." + "y" * 63, subject="CN=" + "w" * 64)
    long = "z" * 300
    failed = finding("not-expired", Outcome.FAIL, long, long, at=0, chain=chain)
    subject = target("long.contoso.com", site=long, vantage=long)
    return one(msgspec.structs.replace(subject, id=long), seen(chain), failed, *passing(chain))


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture(scope="module")
def site():
    made = (scan(130), expired_cmg(), closed(), addresses(), hostile(), report([longest()]))
    every = report(result for one_of_them in made for result in one_of_them.results)
    with served(store_of(every, target("waiting.contoso.com"))) as address:
        yield address


PAGES = (
    "/",
    "/?q=mp&state=good",
    "/targets/cmg.contoso.com%3A443",
    "/targets/sup.corp.contoso.com%3A8531",
    "/targets/mp01.corp.contoso.com%3A443",
    "/targets/%1B%5B1mhost%E2%80%8B.contoso.com%3A443",
    "/targets/" + "z" * 300,
    "/targets/waiting.contoso.com%3A443",
    "/requirements/",
    "/requirements/not-expired",
    "/requirements/sha2-signature",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_and_the_console_is_silent(tab, site, path):
    tab.complaints.clear()
    for dark in (False, True):
        for width in WIDTHS:
            tab.look(width, dark=dark)
            tab.open(site + path)
            tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert tab.evaluate(STICKING_OUT) == []
        assert tab.evaluate(TOO_FAINT) == []
    assert tab.evaluate("document.styleSheets.length") == 1
    assert tab.complaints == []


@pytest.mark.parametrize("make", [lambda: scan(30), hostile, lambda: report([longest()])])
def test_a_report_fits_and_runs_what_its_policy_allows(tab, tmp_path, make):
    file = tmp_path / "report.html"
    file.write_text(render("html", make(), CATALOGUE), encoding="utf-8")
    tab.complaints.clear()
    for width in WIDTHS:
        tab.look(width)
        tab.open(file.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate(STICKING_OUT) == []
    assert tab.evaluate("document.querySelector('[data-tools]').hidden") is False
    assert tab.complaints == []


def test_the_fleet_filters_as_one_types(tab, site):
    tab.look(1200)
    tab.complaints.clear()
    tab.open(f"{site}/")
    tab.evaluate(
        """(() => { const q = document.getElementById("q"); q.focus(); q.value = "mp009";
        q.dispatchEvent(new Event("input", {bubbles: true})); })()"""
    )
    said = "document.getElementById('said').textContent"
    until = time.monotonic() + 10
    while not tab.evaluate(said) and time.monotonic() < until:
        time.sleep(0.05)
    assert tab.evaluate(said).startswith("1 of 1")
    assert tab.evaluate("document.querySelectorAll('table.fleet tbody tr').length") == 1
    assert tab.evaluate("document.activeElement.id") == "q"
    assert tab.evaluate("location.search") == "?q=mp009"
    assert tab.complaints == []


def test_without_its_script_the_form_still_asks(tab, site):
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(f"{site}/?q=mp009")
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
    assert tab.evaluate("document.querySelectorAll('table.fleet tbody tr').length") == 1


def test_the_keyboard_finds_the_content_first(tab, site):
    tab.look(1200)
    tab.open(f"{site}/")
    for kind in ("keyDown", "keyUp"):
        tab.call(
            "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
        )
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().left") > 0


def test_an_injected_script_would_not_run(tab, site):
    tab.complaints.clear()
    tab.open(f"{site}/")
    tab.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert tab.evaluate("window.ran") is None
    tab.evaluate("1")
    assert any("Content Security Policy" in str(one) for one in tab.complaints)

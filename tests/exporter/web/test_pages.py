import re
from datetime import timedelta
from urllib.parse import quote

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from support.chains import AS_OF, leaf
from support.reports import finding, one, passing, report, seen, target
from support.rulebook import CATALOGUE
from support.scenarios import SCENARIOS, addresses, expired_cmg, good, scan
from support.storehouse import Client, store_of
from support.webpages import Page

from probe.exporter.web.guards import Guards
from probe.exporter.web.pages import Pages, routes
from probe.model.finding import Outcome
from probe.render.html.policy import SERVED

NOW = AS_OF + timedelta(minutes=5)
ODD = (
    "sql03.corp.contoso.com\\cm_p01",
    "[2001:db8::1]:443",
    "a b.contoso.com:443",
    "per%25cent.contoso.com:443",
    "sla/sh.contoso.com:443",
    "b\u00fccher.contoso.com:443",
    "?q=#x.contoso.com:443",
    "+&=.contoso.com:443",
)


def client(store):
    pages = Pages(store, lambda: NOW)
    app = Starlette(
        routes=routes(store, lambda: NOW),
        middleware=[Middleware(Guards)],
        exception_handlers={404: pages.missing},
    )
    return Client(app)


@pytest.fixture(scope="module")
def fleet():
    return client(store_of(scan(300)))


def read(answer, status=200):
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == SERVED
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = Page(answer.text)
    assert page.problems == []
    return page


def test_the_policy_is_strict():
    assert SERVED.split("; ") == [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]


def test_every_page_of_the_fleet_is_sound(fleet):
    page = read(fleet.get("/"))
    assert "300 targets, page 1 of 3" in page.text
    leads = sorted({link for link in page.links() if link.startswith("./")})
    assert len(leads) > 100
    for href in leads[::9]:
        if "api/" not in href and "metrics" not in href:
            read(fleet.get(href))
    other = read(fleet.get("/?page=3"))
    assert "page 3 of 3" in other.text
    assert read(fleet.get("/?page=99")).text == other.text


def test_what_breaks_clients_comes_first(fleet):
    page = fleet.get("/").text
    states = re.findall(
        r'<td role="cell" class="state"><span class="badge \w+"><span[^>]*>.</span>(\w+)', page
    )
    assert len(states) == 100
    order = ["failing", "unreachable", "warning", "unknown", "good"]
    first = {state: states.index(state) for state in order if state in states}
    assert sorted(first, key=first.__getitem__) == [state for state in order if state in first]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=mp009", "1 of 300"),
        ("q=MP009+p01", "1 of 300"),
        ("site=1E5", "100 of 300"),
        ("role=management-point", "100 of 300"),
        ("expires=expired", "3 of 300"),
        ("requirement=sha2-signature", "of 300"),
        ("state=unreachable", "8 of 300"),
        ("q=nothing+has+this", "0 of 300"),
        ("state=no-such-state&expires=soonish&page=x", "300 targets"),
    ],
)
def test_the_form_filters(fleet, query, found):
    assert found in read(fleet.get(f"/?{query}")).text


def test_a_thumbprint_finds_its_target():
    report_of_one = good()
    from probe.pki import certificate

    leaf_der = report_of_one.results[0].observation.handshake.chain.certificates[0]
    asked = client(store_of(report_of_one))
    assert "1 of 1 target" in read(asked.get(f"/?q={certificate.load(leaf_der).sha1.upper()}")).text


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "scan"])
def test_every_situation_has_a_page(name):
    made = SCENARIOS[name]()
    asked = client(store_of(made))
    for result in made.results:
        page = read(asked.get(f"/targets/{quote(result.target.id, safe='')}"))
        assert "in 55 minutes" in page.text
    read(asked.get("/"))


def test_the_verdict_is_told_in_words_and_what_failed_comes_first():
    page = read(client(store_of(expired_cmg())).get("/targets/cmg.contoso.com:443"))
    marks = [
        "Expired 3 days ago",
        "Requirements not met",
        "Not judged",
        "Everything else",
        "Chain as sent",
    ]
    positions = [page.text.index(mark) for mark in marks]
    assert positions == sorted(positions)
    assert "2026-11-22 02:00 UTC (5 minutes ago)" in page.text


def test_each_of_several_addresses_is_told():
    page = read(client(store_of(addresses())).get("/targets/sup.corp.contoso.com:8531"))
    assert "2 of 3 reached" in page.text
    assert "Sent by 10.1.2.10" in page.text
    assert "Sent by 10.1.2.11" in page.text
    assert "unreachable 10.1.2.12" in page.text


@pytest.mark.parametrize("target_id", ODD)
def test_odd_ids_lead_from_the_fleet_to_their_page(target_id):
    subject = msgspec.structs.replace(target("host.contoso.com"), id=target_id)
    chain = leaf("host.contoso.com")
    asked = client(store_of(report([one(subject, seen(chain), *passing(chain))])))
    fleet_page = read(asked.get("/"))
    (href,) = [link for link in fleet_page.links() if link.startswith("./targets/")]
    assert re.fullmatch(r"\./targets/[A-Za-z0-9_.~%-]+", href)
    page = read(asked.get(href))
    assert target_id in "".join(page.words)
    back = next(link for link in page.links() if link.startswith("../"))
    assert back == "../"


def test_a_requirement_lists_who_does_not_meet_it(fleet):
    page = read(fleet.get("/requirements/sha2-signature"))
    assert re.search(r"Not met by \d+ targets", page.text)
    assert "Move the CA to SHA-256" in page.text
    read(fleet.get("/requirements/server-auth-eku"))


def test_who_meets_a_requirement_is_told_with_what_was_seen(fleet):
    page = read(fleet.get("/requirements/server-auth-eku"))
    assert "Every target that was judged meets it" in page.text
    assert re.search(r"Met by 29\d targets What was observed there .* as it should be", page.text)
    assert "Not judged on 8 targets" in page.text
    assert re.search(r"and 9\d more, which the JSON report has", page.text)


def test_a_requirement_that_nobody_is_asked_claims_nothing(fleet):
    page = read(fleet.get("/requirements/private-key-exportable"))
    assert "No target is asked for this" in page.text
    assert "meets it" not in page.text
    unreached = client(store_of(SCENARIOS["closed"]()))
    assert "No target could be judged" in read(unreached.get("/requirements/not-expired")).text


@pytest.mark.parametrize("path", ["/requirements/", "/requirements"])
def test_every_requirement_is_listed_with_how_many_meet_it(fleet, path):
    page = read(fleet.get(path))
    assert "Asked of no target here" in page.text
    up = "../" if path.endswith("/") else "./"
    for rule in CATALOGUE.rules:
        assert f"{up}requirements/{rule}" in page.links()
    told = {
        rule: (int(met), int(failed), int(unjudged))
        for rule, met, failed, unjudged in re.findall(
            r' <code class="quiet">([a-z0-9-]+)</code></th><td class="number">(\d+)</td>'
            r'<td class="number">(?:<i [^>]+>.</i>)?(\d+)</td><td class="number">(\d+)</td>',
            fleet.get(path).text,
        )
    }
    assert told["server-auth-eku"] == (292, 0, 8)
    assert len(told) == len(CATALOGUE.rules) - 1
    for rule, (met, failed, unjudged) in told.items():
        assert met + failed + unjudged <= 300
        one = read(fleet.get(f"/requirements/{rule}")).text
        assert f"Not met by {failed} target" in one or not failed
        assert f"Not judged on {unjudged} target" in one or not unjudged
        assert f"Met by {met} target" in one or not met
        assert f"{failed} of 300" in read(fleet.get(f"/?requirement={rule}")).text
    assert [bool(failed) for _, failed, _ in told.values()] == sorted(
        (bool(failed) for _, failed, _ in told.values()), reverse=True
    )


def test_a_failure_is_told_in_the_words_of_the_terminal(fleet):
    page = read(fleet.get("/?state=unreachable"))
    assert "tcp refused: the host is up, but nothing accepts connections on this port" in page.text
    assert "dns not found: the name does not exist in DNS" in page.text


def test_one_address_that_is_not_reached_is_told_in_words():
    made = addresses()
    silent = [result for result in made.results if result.address == "10.1.2.12"]
    (good_one,) = good().results
    both = [msgspec.structs.replace(one, target=good_one.target) for one in (good_one, *silent)]
    page = read(client(store_of(report(both))).get("/"))
    assert "1 of 2 addresses unreachable: t" in page.text


def test_a_target_leads_to_its_own_json():
    subject = msgspec.structs.replace(target("host.contoso.com"), id="sql03.contoso.com\\cm_p01")
    chain = leaf("host.contoso.com")
    asked = client(store_of(report([one(subject, seen(chain), *passing(chain))])))
    page = read(asked.get("/targets/sql03.contoso.com%5Ccm_p01"))
    assert "../api/v1/report?target=sql03.contoso.com%5Ccm_p01" in page.links()


def test_a_long_list_ends_and_leads_to_the_rest():
    chain = leaf("host.contoso.com")
    failing = finding("not-expired", Outcome.FAIL, "expired", "not expired", at=0, chain=chain)
    made = report(
        one(target(f"host{number}.contoso.com"), seen(chain), failing) for number in range(230)
    )
    asked = client(store_of(made))
    page = read(asked.get("/requirements/not-expired"))
    assert "and 30 more" in page.text
    assert "../?requirement=not-expired" in page.links()
    assert "230 targets" in read(asked.get("/?requirement=not-expired")).text


@pytest.mark.parametrize(
    "path", ["/targets/nobody:443", "/requirements/no-such-rule", "/a/b/c", "/targets/"]
)
def test_what_is_not_there_is_said_kindly(fleet, path):
    page = read(fleet.get(path), 404)
    assert page.headings[0] == 1
    assert ("../" * (path.count("/") - 1) or "./") in page.links()
    assert fleet.get("/targets/%3Cscript%3E").text.count("<script") == 1
    assert fleet.get("/a/b", accept="*/*").text == "not found\n"


def test_before_the_first_scan_pages_say_so_and_ask_again():
    waiting = target("mp02.corp.contoso.com")
    nothing = client(store_of(report([]), waiting))
    fleet_page = nothing.get("/")
    assert "The first scan is still running." in read(fleet_page).text
    assert '<meta http-equiv="refresh" content="5">' in fleet_page.text
    page = nothing.get("/targets/mp02.corp.contoso.com%3A443")
    assert "still running" in read(page).text
    assert '<meta http-equiv="refresh" content="5">' in page.text
    some = client(store_of(good(), waiting))
    assert "1 target not scanned yet" in read(some.get("/")).text
    assert "refresh" not in some.get("/").text
    assert "refresh" not in nothing.get("/?q=mp02").text
    assert "refresh" not in client(store_of(good())).get("/").text


def test_before_the_first_scan_no_requirement_is_said_not_to_be_asked():
    nothing = client(store_of(report([]), target("mp02.corp.contoso.com")))
    every = read(nothing.get("/requirements/")).text
    assert "The first scan is still running." in every
    assert "Asked of no target scanned so far" in every
    one_of_them = read(nothing.get("/requirements/not-expired")).text
    assert "No target scanned so far is asked for this" in one_of_them


def test_nothing_is_met_where_nothing_could_be_judged():
    page = read(client(store_of(SCENARIOS["closed"]())).get("/"))
    assert "Nothing could be judged." in page.text
    assert "is met" not in page.text
    assert (
        "Every requirement that was judged is met." in read(client(store_of(good())).get("/")).text
    )


def test_a_broken_inventory_is_told():
    store = store_of(good())
    store.reload_error = "contoso.toml: system[0].fqdn: <b>bad</b>"
    page = client(store).get("/")
    assert "the former one is in use" in read(page).text
    assert "<b>bad" not in page.text


def test_new_results_show_at_once():
    store = store_of(good())
    asked = client(store)
    assert "good" in read(asked.get("/?state=good")).text
    (result,) = expired_cmg().results
    results = (msgspec.structs.replace(result, target=good().results[0].target),)
    store.put(results[0].target.id, store.made(results, scanned=NOW, due=NOW))
    assert "1 of 1 target" in read(asked.get("/?state=failing")).text


def test_assets_are_kept_when_named_with_their_digest(fleet):
    page = read(fleet.get("/"))
    sources = [
        found.get("href") or found["src"] for tag, found in page.tags if tag in {"link", "script"}
    ]
    assert len(sources) == 3
    for source in sources:
        asset = fleet.get(source)
        assert asset.status_code == 200
        assert asset.headers["x-content-type-options"] == "nosniff"
        kept = "immutable" in asset.headers["cache-control"]
        assert kept == ("?" in source)
    assert fleet.get("/static/page.html").status_code == 404
    assert fleet.get("/static/..%2Fpolicy.py").status_code == 404
    assert "no-store" in fleet.get("/").headers["cache-control"]


def test_links_hold_below_any_path():
    store = store_of(good())
    app = Starlette(routes=routes(store, lambda: NOW))
    below = Client(app, below="/monitoring/cmprobe")
    assert '<a class="brand" href="../">' in below.get("/monitoring/cmprobe/targets/x").text
    assert '<a class="brand" href="./">' in below.get("/monitoring/cmprobe/").text


def test_only_reading_is_allowed(fleet):
    assert fleet.get("/", "POST").status_code == 405
    assert fleet.get("/", "HEAD").status_code == 200

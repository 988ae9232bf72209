"""CRLs kept from scan to scan: asked for again when it is time, and never believed too long."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from support import crls
from support.site import Site

from probe.lab import builder
from probe.model.failure import Kind
from probe.model.settings import Settings
from probe.net.resolve import Resolver
from probe.net.revocation import published
from probe.net.revocation.local import Local
from probe.net.revocation.shared import wait
from probe.net.revocation.sources import Sources
from probe.net.revocation.store import Store
from probe.pki import certificate

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
TIMES = {"last": NOW - HOUR, "next_": NOW + timedelta(days=7)}
OVERDUE = {"last": NOW - 9 * HOUR, "next_": NOW - HOUR}
ROOT = builder.root("CN=Root")
ISSUER = certificate.load(ROOT.der)
OTHER = certificate.load(builder.root("CN=Root").der)


@pytest.fixture
def site(tmp_path):
    with Site(tmp_path).running() as one:
        one.pages["/ca.crl"] = crls.crl(ROOT, **TIMES)
        yield one


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(published, "FRESH", timedelta(0))


def sources(directory=None):
    resolver = Resolver(None)
    store = None if directory is None else Store(directory)
    return Sources(Local(Settings(), lambda _: resolver), None, store)


async def get(of, url, issuer=ISSUER, *, private=True):
    await wait([of.ask_list(url, issuer, private=private)], 5)
    return of.published(url, private=private)


def scans(site, count=2, *, directory=None, between=lambda: None):
    """Ask in several scans: of one session, or of a new one each where a directory is shared."""

    async def run():
        found = []
        one = sources(directory)
        for _ in range(count):
            found.append(await get(one, f"{site.at}/ca.crl"))
            between()
            one = sources(directory) if directory else one.anew()
        return found

    return asyncio.run(run())


@pytest.fixture(params=["memory", "directory"])
def directory(request, tmp_path):
    return tmp_path / "cache" if request.param == "directory" else None


def statuses(site):
    return [status for _, status in site.hits]


def test_what_is_fresh_is_not_asked_for(site, directory):
    first, second = scans(site, directory=directory)
    assert statuses(site) == [200]
    assert (first.cached, second.cached) == (False, True)
    assert (second.fetched, second.seconds) == (first.fetched, 0.0)
    assert second.crl.issuer == first.crl.issuer


def test_what_is_older_is_confirmed_by_its_server(site, directory, impatient):
    first, second, third = scans(site, 3, directory=directory)
    assert statuses(site) == [200, 304, 304]
    assert [one.cached for one in (first, second, third)] == [False, True, True]
    assert second.seconds > 0
    assert third.not_from(ISSUER) is None


def test_what_has_changed_comes_anew(site, directory, impatient):
    newer = {"/ca.crl": crls.crl(ROOT, 42, number=8, **TIMES)}
    _, second, third = scans(site, 3, directory=directory, between=lambda: site.pages.update(newer))
    assert statuses(site) == [200, 200, 304]
    assert (second.cached, third.cached) == (False, True)
    assert third.crl.find(42)


def test_a_server_without_validators_is_asked_in_full(site, directory, impatient):
    site.validators = False
    _, second = scans(site, directory=directory)
    assert statuses(site) == [200, 200]
    assert second.cached is False


def test_what_is_overdue_is_fetched(site, directory):
    site.pages["/ca.crl"] = crls.crl(ROOT, **OVERDUE)
    _, second = scans(site, directory=directory)
    assert statuses(site) == [200, 200]
    assert second.cached is False


def test_a_failure_is_asked_again_and_hides_behind_nothing(site, directory, impatient):
    pages = [None, crls.crl(ROOT, **TIMES), None]

    def next_page():
        page = pages.pop(0)
        site.pages.pop("/ca.crl") if page is None else site.pages.update({"/ca.crl": page})

    found = scans(site, 4, directory=directory, between=lambda: pages and next_page())
    assert statuses(site) == [200, 404, 200, 404]
    assert [one.failure.kind if one.failure else None for one in found] == [
        None, Kind.STATUS, None, Kind.STATUS,
    ]  # fmt: skip


def test_a_forged_file_is_thrown_away(site, tmp_path):
    url = f"{site.at}/ca.crl"
    forged = crls.crl(ROOT, corrupt=True, **TIMES)
    store = Store(tmp_path / "cache")
    store.save(url, None, published.Fetched(0.0, forged, public=False))
    found, _ = scans(site, directory=tmp_path / "cache")
    assert statuses(site) == [200]
    assert (found.cached, found.not_from(ISSUER)) == (False, None)


@pytest.mark.parametrize(
    "page",
    [b"<html>", crls.crl(ROOT, corrupt=True, **TIMES), crls.crl(ROOT, **OVERDUE)],
    ids=["no CRL", "forged", "overdue"],
)
def test_what_does_not_count_is_not_kept(site, tmp_path, page):
    site.pages["/ca.crl"] = page
    scans(site, 1, directory=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_nothing_is_kept_or_taken_without_an_issuer(site, tmp_path):
    async def run():
        store = tmp_path / "cache"
        await get(sources(store), f"{site.at}/ca.crl", None)
        assert list(store.iterdir()) == []
        await get(sources(store), f"{site.at}/ca.crl", ISSUER)
        await get(sources(store), f"{site.at}/ca.crl", None)
        return await get(sources(store), f"{site.at}/ca.crl", OTHER)

    found = asyncio.run(run())
    assert statuses(site) == [200] * 4
    assert found.cached is False


def test_what_came_from_private_addresses_serves_only_those_who_may_ask_there(site, directory):
    async def run():
        one = sources(directory)
        await get(one, f"{site.at}/ca.crl")
        one = sources(directory) if directory else one.anew()
        return await get(one, f"{site.at}/ca.crl", private=False)

    found = asyncio.run(run())
    assert found.failure.kind is Kind.POLICY
    assert statuses(site) == [200]


def test_memory_between_scans_is_bounded(site, monkeypatch):
    from probe.net.revocation import lists

    size = len(site.pages["/ca.crl"])
    monkeypatch.setattr(lists, "MOST_OCTETS", 2 * size)
    for at in range(4):
        site.pages[f"/{at}.crl"] = site.pages["/ca.crl"]

    async def run():
        one = sources()
        for at in range(4):
            await get(one, f"{site.at}/{at}.crl")
        again = one.anew()
        return [(await get(again, f"{site.at}/{at}.crl")).cached for at in (0, 3)]

    assert asyncio.run(run()) == [False, True]


def test_who_is_looking_up_keeps_the_answers_of_the_scan(site):
    async def run():
        one = sources()
        await get(one, f"{site.at}/ca.crl")
        await get(one, f"{site.at}/missing.crl")
        later = one.anew()
        return one, later

    one, later = asyncio.run(run())
    assert later._lists.items() == []
    assert len(one._lists.items()) == 2

import asyncio
from datetime import timedelta

import msgspec
import pytest
from support import crls
from support.looking import ROOT, TIMES, target
from support.site import site

from probe.exporter.sessions import Sessions
from probe.model.settings import Settings
from probe.net.revocation import published
from probe.net.revocation.shared import wait
from probe.pki.certificate import load

SETTINGS = Settings()
OTHERS = msgspec.structs.replace(SETTINGS, concurrency=3)


def test_users_share_a_session_until_its_time_is_over():
    async def main():
        sessions = Sessions()
        async with sessions.use(SETTINGS) as first, sessions.use(SETTINGS) as same:
            assert first is same
            sessions._until = 0.0
            async with sessions.use(SETTINGS) as second:
                assert second is not first
            assert set(sessions._users) == {first, second}
        assert set(sessions._users) == {second}
        await sessions.close()
        assert not sessions._users

    asyncio.run(main())


def test_a_user_who_is_late_at_the_end_is_no_obstacle():
    async def main():
        sessions = Sessions()
        async with sessions.use(SETTINGS):
            await sessions.close()

    asyncio.run(main())


def test_other_settings_have_another_session():
    async def main():
        sessions = Sessions()
        async with sessions.use(SETTINGS) as first:
            pass
        async with sessions.use(OTHERS) as second:
            assert second is not first
            assert second.settings.concurrency == 3
        await sessions.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("fresh", "asked"), [(timedelta(minutes=5), [200]), (timedelta(0), [200, 304, 304])]
)
def test_the_next_session_knows_the_crls_of_the_last(tmp_path, monkeypatch, fresh, asked):
    monkeypatch.setattr(published, "FRESH", fresh)
    found = asyncio.run(looked_up(tmp_path, [SETTINGS] * 3))
    assert found == ([False, True, True], asked)


def test_a_session_with_other_settings_knows_nothing(tmp_path):
    found = asyncio.run(looked_up(tmp_path, [SETTINGS, OTHERS]))
    assert found == ([False, False], [200, 200])


async def looked_up(directory, settings):
    """Look up a CRL in a session each; returns whether it was kept, and what the server said."""
    sessions, cached = Sessions(lifetime=0.0), []
    with site(directory) as pages:
        pages.pages["/ca.crl"] = crls.crl(ROOT, **TIMES)
        url = f"{pages.at}/ca.crl"
        for one in settings:
            async with sessions.use(one) as session:
                sources = session.sources(target(""))
                await wait([sources.ask_list(url, load(ROOT.der), private=True)], 5)
                cached.append(sources.published(url, private=True).cached)
        await sessions.close()
        return cached, [status for _, status in pages.hits]

import asyncio

import msgspec

from probe.exporter.sessions import Sessions
from probe.model.settings import Settings

SETTINGS = Settings()


def test_users_share_a_session_until_its_time_is_over():
    async def main():
        sessions = Sessions(lifetime=0.05)
        async with sessions.use(SETTINGS) as first, sessions.use(SETTINGS) as same:
            assert first is same
            await asyncio.sleep(0.06)
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
        async with sessions.use(msgspec.structs.replace(SETTINGS, concurrency=3)) as second:
            assert second is not first
            assert second.settings.concurrency == 3
        await sessions.close()

    asyncio.run(main())

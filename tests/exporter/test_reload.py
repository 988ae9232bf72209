import asyncio
from datetime import timedelta

import msgspec
import pytest
from support.jobs import NOW, filled, job, sound, untrusting

from probe.exporter.reload import Reloader, ReloadError, Web
from probe.exporter.web.config import WebConfig
from probe.exporter.web.login import Users

A, B, C = (untrusting(f"{name}.corp.contoso.com") for name in "abc")


def reloading(store, load) -> str:
    async def main() -> str:
        users = Users({})
        try:
            return await Reloader(store, load, Web(None, WebConfig(), users)).reload()
        finally:
            users.close()

    return asyncio.run(main())


def test_what_stays_keeps_its_results_and_its_time():
    store = filled(A, B)
    assert reloading(store, lambda: job(B, C)) == "reloaded: 2 targets"
    assert [one.id for one in store.job.targets] == [B.id, C.id]
    assert store.entry(B.id).due == NOW + timedelta(hours=1)
    assert store.entry(B.id).scanned == NOW
    assert store.results(A.id) == store.results(C.id) == ()


def test_a_target_that_is_defined_otherwise_is_due_at_once():
    store = filled(A, B)
    changed = msgspec.structs.replace(A, site="P02")
    moved = msgspec.structs.replace(B, origin="other.toml: system[9]")
    reloading(store, lambda: job(changed, moved))
    assert store.entry(A.id).due != NOW + timedelta(hours=1)
    assert store.results(A.id)[0].target.site == "P02"
    assert store.entry(B.id).due == NOW + timedelta(hours=1)


def test_what_is_scanned_while_files_are_read_is_not_lost():
    store = filled(A, B)
    later = NOW + timedelta(minutes=1)

    def load():
        store.put(A.id, store.made(sound(A), scanned=later, due=later))
        return job(A, B)

    reloading(store, load)
    assert store.entry(A.id).scanned == later
    assert store.entry(B.id).scanned == NOW


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ReloadError("site.toml: system[0].fqdn: is missing"),
            "site.toml: system[0].fqdn: is missing",
        ),
        (KeyError("secret detail"), "internal error: KeyError"),
    ],
)
def test_what_cannot_be_used_changes_nothing(error, told, caplog):
    store = filled(A)
    before = store.job

    def load():
        raise error

    with pytest.raises(ReloadError) as caught:
        reloading(store, load)
    assert str(caught.value) == told
    assert store.job is before
    assert store.results(A.id)
    assert store.reload_error == told
    assert f"reload: {told}" in caplog.text


def test_reloads_take_turns():
    store = filled(A)
    running: list[int] = []

    def load():
        assert not running
        running.append(1)
        import time

        time.sleep(0.02)
        running.clear()
        return job(A)

    async def main():
        users = Users({})
        reloader = Reloader(store, load, Web(None, WebConfig(), users))
        await asyncio.gather(*(reloader.reload() for _ in range(4)))
        users.close()

    asyncio.run(main())


def test_a_storm_of_reloads_is_two_readings():
    """The one that runs, and one more for all that came while it did."""
    store = filled(A)
    readings: list[int] = []

    def load():
        readings.append(1)
        return job(A)

    async def main():
        users = Users({})
        reloader = Reloader(store, load, Web(None, WebConfig(), users))
        first = asyncio.create_task(reloader.reload())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        others = [asyncio.create_task(reloader.reload()) for _ in range(100)]
        await asyncio.sleep(0)
        others[0].cancel()
        found = await asyncio.gather(first, *others[1:])
        users.close()
        assert set(found) == {"reloaded: 1 target"}

    asyncio.run(main())
    assert len(readings) == 2


def test_what_is_wrong_is_told_to_everybody_who_asked():
    async def main():
        users = Users({})
        reloader = Reloader(filled(A), broken, Web(None, WebConfig(), users))
        found = await asyncio.gather(*(reloader.reload() for _ in range(3)), return_exceptions=True)
        users.close()
        assert [str(one) for one in found] == ["site.toml: broken"] * 3

    def broken():
        raise ReloadError("site.toml: broken")

    asyncio.run(main())

import asyncio
import contextlib
import logging
import re
from datetime import UTC, datetime, timedelta

import msgspec
from support.jobs import job, sound, untrusting
from support.servers import closing, serving, silent_for_ever

from probe.exporter import scanner as scanner_module
from probe.exporter.scanner import Scanner
from probe.exporter.sessions import Sessions
from probe.exporter.store import Store


def here(number: int, port: int, **fields):
    host = f"h{number}.example"
    return msgspec.structs.replace(
        untrusting(host, port=port, **fields), id=f"{host}:{port}", address="127.0.0.1", timeout=0.5
    )


async def nothing() -> None:
    pass


@contextlib.asynccontextmanager
async def scanning(store: Store, ended=nothing, interval: float = 1.0):
    sessions = Sessions()
    scanner = Scanner(store, sessions, interval=interval, random=lambda: 0.5, ended=ended)
    task = asyncio.create_task(scanner.run())
    try:
        yield scanner
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await sessions.close()


async def until(holds) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - a store tells nobody
            await asyncio.sleep(0.01)


def test_everything_is_scanned_at_once_and_kept_as_it_is_finished():
    async def main():
        async with serving(closing) as fast, serving(silent_for_ever) as slow:
            store = Store(job(here(1, fast), here(2, slow)))
            async with scanning(store):
                await until(lambda: store.results(f"h1.example:{fast}"))
                assert not store.results(f"h2.example:{slow}")
                assert not store.ready
                await until(lambda: store.ready)
                assert store.results(f"h2.example:{slow}")

    asyncio.run(main())


def test_a_round_never_overlaps_another():
    async def main():
        rounds = []
        async with serving(silent_for_ever) as slow:
            store = Store(job(here(1, slow)))

            async def ended():
                rounds.append(asyncio.get_running_loop().time())

            async with scanning(store, ended) as scanner:
                for _ in range(20):
                    scanner.wake()
                    await asyncio.sleep(0.01)
                await until(lambda: store.ready)
        assert len(rounds) == 1

    asyncio.run(main())


def test_failures_in_a_row_are_counted():
    async def main():
        async with serving(closing) as port:
            store = Store(job(here(1, port)))
            name = f"h1.example:{port}"
            async with scanning(store):
                await until(lambda: store.ready)
                assert store.entry(name).failures == 1
                await until(lambda: store.entry(name).failures > 1)

    asyncio.run(main())


def broken(store: Store) -> int:
    return store.fleet().health.scan_internal_errors


def test_a_bug_met_in_one_target_takes_no_other_with_it(caplog):
    async def main():
        async with serving(closing) as port:
            bad = msgspec.structs.replace(here(1, port), trust=("/gone.pem",))
            store = Store(job(bad, here(2, port)))
            async with scanning(store, interval=60) as scanner:
                await until(lambda: store.ready)
                assert store.results(f"h2.example:{port}")
                assert not store.results(bad.id)
                assert broken(store) == 1
                assert store.fleet().health.scan_last_success is None
                store.replace(job(here(1, port), here(2, port)), store.entries())
                scanner.wake()
                await until(lambda: store.results(bad.id))
                await until(lambda: broken(store) == 0)
                assert store.fleet().health.scan_last_success is not None

    with caplog.at_level(logging.ERROR):
        asyncio.run(main())
    assert "h1.example: could not be judged: internal error" in re.sub(r":\d+:", ":", caplog.text)


def test_a_target_that_cannot_be_kept_takes_no_other_with_it(caplog):
    def measure(result, *_):
        if result.target.host == "h1.example":
            raise RuntimeError("a bug")
        return ()

    async def main():
        async with serving(closing) as port:
            store = Store(job(here(1, port), here(2, port)), measure)
            async with scanning(store, interval=60):
                await until(lambda: store.ready)
                assert store.results(f"h2.example:{port}")
                assert broken(store) == 1

    with caplog.at_level(logging.ERROR):
        asyncio.run(main())
    assert "could not be kept: internal error" in caplog.text


def test_a_bug_ends_no_exporter_and_a_reload_does_not_wait_for_the_pause(caplog, monkeypatch):
    async def main():
        async with serving(closing) as port:
            store = Store(job(here(1, port)))
            monkeypatch.setattr(scanner_module, "scan", fails)
            async with scanning(store, interval=600) as scanner:
                await until(lambda: broken(store) == 1)
                assert not store.ready
                monkeypatch.undo()
                scanner.wake()
                await until(lambda: store.ready)
                assert broken(store) == 0

    with caplog.at_level(logging.ERROR):
        asyncio.run(main())
    assert caplog.text.count("ended early") == 1


async def fails(*_, **__):
    raise RuntimeError("a bug")
    yield


def test_a_target_that_changed_meanwhile_is_scanned_again():
    async def main():
        async with serving(silent_for_ever) as slow:
            old, new = here(1, slow, site="P01"), here(1, slow, site="P02")
            store = Store(job(old))
            async with scanning(store):
                await asyncio.sleep(0.1)
                store.replace(job(new), {})
                await until(lambda: store.ready)
                assert store.results(new.id) == ()
                await until(lambda: store.results(new.id))
                assert store.results(new.id)[0].target.site == "P02"

    asyncio.run(main())


def test_a_clock_that_was_set_back_stops_nothing():
    async def main():
        store = Store(job(here(1, 1), here(2, 1), here(3, 1)))
        now = datetime.now(UTC)
        hour = timedelta(hours=1)
        for number, scanned, due in (
            (1, now, now + hour),
            (2, now + 9 * hour, now + 10 * hour),
            (3, now - hour, now),
        ):
            subject = here(number, 1)
            store.put(subject.id, store.made(sound(subject), scanned=scanned, due=due))
        scanner = Scanner(store, Sessions(), interval=3600, random=lambda: 0.5, ended=nothing)
        assert [one.host for one in scanner._due(now)] == ["h2.example", "h3.example"]

    asyncio.run(main())

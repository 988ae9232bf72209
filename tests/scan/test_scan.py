import asyncio
import contextlib
import gc
import time
import tracemalloc
from contextlib import aclosing

import pytest
from support import pki
from support.servers import closing, resetting, serving, silent_for_ever

from probe.lab.https import server_context
from probe.model.report import Result
from probe.model.settings import Settings
from probe.model.stages import Handshaken
from probe.model.target import Target
from probe.net.session import Session, SessionError
from probe.scan import Collection, pipeline, run, scan

FAST = Settings(http=False, versions=False, tls_engine="observer")


def target(number: int, port: int, address: str = "127.0.0.1", seconds: float = 2.0) -> Target:
    return Target(
        id=f"h{number}:{port}",
        host=f"h{number}.example",
        port=port,
        address=address,
        timeout=seconds,
    )


def judge(one: Target, observations) -> tuple[Result, ...]:
    return tuple(Result(one, seen.address, seen.observation, ()) for seen in observations)


def test_results_in_the_order_of_the_targets_with_progress():
    async def main():
        steps: list[tuple[int, int]] = []
        async with serving(silent_for_ever) as slow, serving(closing) as fast:
            targets = [target(0, slow, seconds=0.3)] + [target(n, fast) for n in range(1, 30)]
            results = await run(targets, FAST, judge, lambda *step: steps.append(step))
        return targets, results, steps

    targets, results, steps = asyncio.run(main())
    assert [result.target for result in results] == targets
    assert results[0].observation.handshake.failure.kind == "timeout"
    assert {result.observation.handshake.failure.kind for result in results[1:]} == {"closed"}
    assert steps == [(done, 30) for done in range(31)]


def test_results_stream_as_they_are_finished():
    async def main():
        order = []
        async with serving(silent_for_ever) as slow, serving(closing) as fast:
            targets = [target(0, slow, seconds=0.4), *(target(n, fast) for n in (1, 2))]
            async with aclosing(scan(targets, FAST, judge)) as results:
                async for (result,) in results:
                    order.append(result.target.host)
        return order

    assert asyncio.run(main())[-1] == "h0.example"


def test_no_targets():
    steps = []
    assert asyncio.run(run([], FAST, judge, lambda *step: steps.append(step))) == ()
    assert steps == [(0, 0)]


def test_cancellation_keeps_what_is_finished():
    async def main():
        kept = Collection()
        async with serving(silent_for_ever) as slow, serving(closing) as fast:
            targets = [target(0, slow, seconds=60), *(target(n, fast) for n in range(1, 6))]
            most = asyncio.Event()
            progress = lambda done, _total: done == 5 and most.set()  # noqa: E731 - one line says it
            task = asyncio.create_task(run(targets, FAST, judge, progress, kept=kept))
            await most.wait()
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            assert kept.targets == 5
            # Only the test and its servers are left.
            names = {one.get_coro().__qualname__ for one in asyncio.all_tasks()}
            assert not any("_Crew" in name for name in names)
        return kept.results

    results = asyncio.run(main())
    assert [result.target.host for result in results] == [f"h{n}.example" for n in range(1, 6)]


def test_leaving_a_stream_stops_the_work():
    async def main():
        async with serving(silent_for_ever) as slow, serving(closing) as fast:
            targets = [target(0, fast), *(target(n, slow, seconds=60) for n in range(1, 9))]
            async with aclosing(scan(targets, FAST, judge)) as results:
                async for _ in results:
                    break
            return [one.get_coro().__qualname__ for one in asyncio.all_tasks()]

    assert not any("_Crew" in name for name in asyncio.run(main()))


def test_an_error_of_the_judge_ends_the_scan():
    def broken(one, observations):
        raise KeyError("a bug")

    async def main():
        async with serving(closing) as port:
            await run([target(n, port) for n in range(20)], FAST, broken)

    with pytest.raises(KeyError, match="a bug"):
        asyncio.run(main())


def test_a_bug_met_in_one_observation_ends_no_scan(monkeypatch, caplog):
    observe = pipeline.observe

    async def broken(one: Target, *arguments):
        if one.id.startswith("h1:"):
            raise RuntimeError("a bug")
        return await observe(one, *arguments)

    async def main():
        async with serving(closing) as port:
            targets = [target(number, port) for number in range(3)]
            monkeypatch.setattr(pipeline, "observe", broken)
            return [one async for one in scan(targets, FAST, judge)]

    found = {results[0].target.id[:2]: results[0].observation for results in asyncio.run(main())}
    assert set(found) == {"h0", "h1", "h2"}
    assert found["h1"].resolution.failure.kind == "internal"
    assert "could not be observed" in caplog.text


def test_settings_that_cannot_be_used():
    with pytest.raises(SessionError):
        asyncio.run(run([target(0, 1)], Settings(proxy="ftp://x"), judge))


def test_no_more_in_flight_than_allowed(monkeypatch):
    flying = most = 0

    async def observe(one, settings, session, unfinished):
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.001)
        flying -= 1
        return ()

    monkeypatch.setattr(pipeline, "observe", observe)
    targets = [target(n, 1, f"127.0.{n // 250}.{n % 250 + 1}") for n in range(300)]
    asyncio.run(run(targets, Settings(concurrency=17), judge))
    assert most == 17


def test_a_dead_host_with_many_ports_does_not_hold_up_the_others():
    """Forty targets of a silent host come first; with four at once they take ten rounds."""

    async def main():
        loop = asyncio.get_running_loop()
        begun = loop.time()
        finished: dict[str, float] = {}
        async with serving(silent_for_ever, "127.0.0.2") as dead, serving(closing) as alive:
            targets = [target(n, dead, "127.0.0.2", 0.15) for n in range(40)]
            targets += [target(n, alive) for n in range(40, 140)]
            settings = Settings(
                concurrency=8, per_host=4, http=False, versions=False, tls_engine="observer"
            )
            async with aclosing(scan(targets, settings, judge)) as results:
                async for (result,) in results:
                    finished[result.target.host] = loop.time() - begun
        return finished

    finished = asyncio.run(main())
    alive = max(finished[f"h{n}.example"] for n in range(40, 140))
    dead = max(finished[f"h{n}.example"] for n in range(40))
    assert alive < 1.3
    assert 1.4 < dead < 4


def test_a_dead_network_does_not_hold_up_the_others():
    """Half of the targets are in a silent /24 and come first; ten slots would all be theirs."""

    async def main():
        loop = asyncio.get_running_loop()
        begun = loop.time()
        finished: dict[str, float] = {}
        async with serving(silent_for_ever, "127.0.1.1") as dead, serving(closing) as alive:
            targets = [target(n, dead, "127.0.1.1", 0.3) for n in range(50)]
            targets += [target(n, alive) for n in range(50, 100)]
            settings = Settings(
                concurrency=10, per_host=50, http=False, versions=False, tls_engine="observer"
            )
            async with aclosing(scan(targets, settings, judge)) as results:
                async for (result,) in results:
                    finished[result.target.host] = loop.time() - begun
        return finished

    finished = asyncio.run(main())
    # Five rounds of ten, and not one more for the others.
    assert max(finished[f"h{n}.example"] for n in range(50, 100)) < 1.3
    assert 1.4 < max(finished[f"h{n}.example"] for n in range(50)) < 3


def test_half_the_targets_dead_costs_only_their_own_time():
    async def main():
        leaf = pki.leaf()

        async def handler(reader, writer):
            with contextlib.suppress(OSError):
                await reader.read()
            writer.close()

        server = await asyncio.start_server(
            handler, "127.0.0.1", 0, ssl=server_context(leaf, leaf.sent)
        )
        port = server.sockets[0].getsockname()[1]
        settings = Settings(concurrency=100, per_host=100, http=False, versions=False)
        async with server, serving(silent_for_ever) as dead:
            targets = [target(n, dead if n % 2 else port, seconds=1.0) for n in range(100)]
            begun = time.monotonic()
            results = await run(targets, settings, judge)
            return results, time.monotonic() - begun

    results, seconds = asyncio.run(main())
    assert seconds < 2.5
    good = [result for result in results if isinstance(result.observation.handshake, Handshaken)]
    assert len(good) == 50
    # The intermediate is kept once, however many servers sent it.
    assert len({id(one.observation.handshake.chain.certificates[1]) for one in good}) == 1


def test_memory_stays_flat_while_results_stream(monkeypatch):
    """Many targets, results thrown away: what is held does not grow with their number."""

    async def observe(one, settings, session, unfinished):
        await asyncio.sleep(0)
        return ()

    monkeypatch.setattr(pipeline, "observe", observe)

    async def peak(count: int) -> int:
        targets = [target(n, 1) for n in range(count)]
        gc.collect()
        tracemalloc.start()
        async with aclosing(scan(targets, Settings(concurrency=50), lambda *_: ())) as results:
            async for _ in results:
                pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    async def main():
        return await peak(200), await peak(4000)

    few, many = asyncio.run(main())
    # What is put aside is a place in a queue: position and reference.
    assert many < few + 4000 * 200


def test_a_session_can_be_shared():
    async def main():
        async with Session(FAST) as session, serving(resetting) as port:
            first = await run([target(0, port)], FAST, judge, session=session)
            second = await run([target(1, port)], FAST, judge, session=session)
        return first, second

    for (result,) in asyncio.run(main()):
        assert result.observation.handshake.failure.kind == "reset"

"""Items come out in order, in batches, and nobody waits for what does not come."""

import asyncio
import time
from contextlib import suppress
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from probe.scan import batches
from probe.scan.batches import Batches


@given(size=st.integers(1, 80), total=st.integers(1, 200))
@settings(max_examples=30, deadline=None)
def test_everything_comes_out_in_order_and_the_last_wait_for_nothing(size, total):
    async def main():
        queue = Batches(size, total)

        async def fill():
            for number in range(total):
                await queue.put(number)

        filling = asyncio.ensure_future(fill())
        begun = time.perf_counter()
        taken = [await queue.take() for _ in range(total)]
        await filling
        return taken, time.perf_counter() - begun

    # Everything is there: not even one batch may wait for the moment to pass.
    with mock.patch.object(batches, "_MOMENT", 60.0):
        taken, seconds = asyncio.run(main())
    assert taken == list(range(total))
    assert seconds < 30


def test_a_batch_is_waited_for_and_then_read_in_one_go():
    async def main():
        queue, taken = Batches(100, 1000), []

        async def read():
            while True:
                taken.append(await queue.take())

        reading = asyncio.ensure_future(read())
        seen = []
        for number in range(batches._ENOUGH):
            await queue.put(number)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            seen.append(len(taken))
        await asyncio.sleep(0)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        return seen, taken

    seen, taken = asyncio.run(main())
    assert set(seen[:-1]) == {0}
    assert taken == list(range(batches._ENOUGH))


def test_one_that_comes_alone_waits_a_moment_and_no_longer():
    async def main():
        queue = Batches(100, 1000)
        await queue.put("first")
        return await asyncio.wait_for(queue.take(), 5)

    assert asyncio.run(main()) == "first"


def test_what_was_not_taken_is_left():
    async def main():
        queue = Batches(64, 1000)
        for number in range(50):
            await queue.put(number)
        taken = await queue.take()
        return taken, list(queue.rest())

    assert asyncio.run(main()) == (0, list(range(1, 50)))

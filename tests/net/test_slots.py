import asyncio

import pytest

from probe.net.deadline import Deadline
from probe.net.slots import Slots


def test_no_more_than_the_limit_at_once_and_in_order():
    async def main():
        slots, order, most = Slots(2), [], 0
        held = 0

        async def use(number: int) -> None:
            nonlocal held, most
            async with asyncio.timeout(5) as timeout:
                await slots.take("a", Deadline(timeout))
                held += 1
                most = max(most, held)
                await asyncio.sleep(0.001)
                order.append(number)
                held -= 1
                slots.give("a")

        await asyncio.gather(*map(use, range(20)))
        return order, most, slots._used, slots._waiting

    order, most, used, waiting = asyncio.run(main())
    assert most == 2
    assert order == list(range(20))
    assert not used
    assert not waiting


def test_keys_do_not_wait_for_each_other():
    async def main():
        slots = Slots(1)
        async with asyncio.timeout(1) as timeout:
            await slots.take("a", Deadline(timeout))
            await slots.take("b", Deadline(timeout))

    asyncio.run(main())


def test_waiting_is_not_charged():
    async def main():
        loop = asyncio.get_running_loop()
        slots = Slots(1)
        async with asyncio.timeout(10) as timeout:
            await slots.take("a", Deadline(timeout))
        loop.call_later(0.3, slots.give, "a")
        begun = loop.time()
        waited = 0.0

        async def use() -> None:
            nonlocal waited
            async with asyncio.timeout(0.1) as timeout:
                await slots.take("a", Deadline(timeout))
                waited = loop.time() - begun
                await asyncio.sleep(5)

        with pytest.raises(TimeoutError):
            await use()
        return waited, loop.time() - begun

    waited, total = asyncio.run(main())
    assert waited >= 0.29
    assert 0.38 <= total < 1


def test_parallel_waits_of_one_target_count_once():
    async def main():
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(0.5) as timeout:
            deadline = Deadline(timeout)
            before = timeout.when()
            deadline.pause()
            deadline.pause()
            assert timeout.when() is None
            await asyncio.sleep(0.05)
            deadline.resume()
            assert timeout.when() is None
            deadline.resume()
            after = timeout.when()
        return before, after, loop.time()

    before, after, _ = asyncio.run(main())
    assert 0.04 < after - before < 0.3


def test_a_slot_is_not_lost_when_who_waits_gives_up():
    async def main():
        slots = Slots(1)

        async def wait() -> None:
            async with asyncio.timeout(5) as timeout:
                await slots.take("a", Deadline(timeout))

        async with asyncio.timeout(5) as timeout:
            await slots.take("a", Deadline(timeout))
            leaving, late, staying = (asyncio.create_task(wait()) for _ in range(3))
            await asyncio.sleep(0)
            leaving.cancel()
            await asyncio.sleep(0)
            slots.give("a")
            # It has been given the slot, and is cancelled before it runs.
            late.cancel()
            await asyncio.gather(leaving, late, staying, return_exceptions=True)
            assert staying.exception() is None
            slots.give("a")
        return slots._used

    assert asyncio.run(main()) == {}


def test_a_deadline_that_has_passed_is_left_alone():
    async def main():
        async with asyncio.timeout(60) as timeout:
            deadline = Deadline(timeout)
            timeout.reschedule(asyncio.get_running_loop().time() - 1)
            try:
                await asyncio.sleep(1)
            finally:
                # What is being cancelled may still ask for a slot.
                deadline.pause()
                deadline.resume()

    with pytest.raises(TimeoutError):
        asyncio.run(main())

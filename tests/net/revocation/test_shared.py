import asyncio

from probe.net.revocation import shared
from probe.net.revocation.shared import Kept, Shared, wait


def counting(made, value="x", size=1, seconds=None):
    async def make():
        made.append(value)
        await asyncio.sleep(0.01)
        return Kept(value, size, seconds)

    return make


def test_who_asks_at_once_gets_one_answer():
    async def run():
        answers, made = Shared(), []
        await wait([answers.ask("a", counting(made)) for _ in range(9)], 1)
        return answers.known("a"), answers.ask("a", counting(made)), made

    assert asyncio.run(run()) == ("x", None, ["x"])


def test_who_gives_up_stops_nobody():
    async def run():
        answers, made = Shared(), []
        task = answers.ask("a", counting(made))
        await wait([task], 0)
        early = answers.known("a")
        await task
        return early, answers.known("a")

    assert asyncio.run(run()) == (None, "x")


def test_an_answer_is_asked_for_again_when_it_holds_no_more():
    async def run():
        answers, made = Shared(), []
        await answers.ask("a", counting(made, seconds=0.0))
        await asyncio.sleep(0.01)
        await wait([answers.ask("a", counting(made))], 1)
        return made

    assert asyncio.run(run()) == ["x", "x"]


def test_the_oldest_are_dropped(monkeypatch):
    monkeypatch.setattr(shared, "MOST_OCTETS", 10)

    async def run():
        answers, made = Shared(), []
        for key in "abc":
            await answers.ask(key, counting(made, key, size=5))
        return [answers.known(key) for key in "abc"]

    assert asyncio.run(run()) == [None, "b", "c"]


def test_closing_gives_up():
    async def run():
        answers = Shared()
        task = answers.ask("a", counting([]))
        await answers.close()
        return task.cancelled()

    assert asyncio.run(run())


def test_a_place_that_hangs_keeps_nobody_from_another():
    async def run():
        answers, made = Shared(), []
        for key in range(100):
            answers.ask(key, asyncio.Event().wait, "dead")
        await wait([answers.ask("a", counting(made), "alive")], 1)
        found = answers.known("a"), answers.busy
        await answers.close()
        return found

    assert asyncio.run(run()) == ("x", True)


def test_a_place_is_asked_a_few_things_at_once():
    async def run():
        answers, now, most = Shared(), [], []

        async def make():
            now.append(1)
            most.append(len(now))
            await asyncio.sleep(0.001)
            now.pop()
            return Kept("x", 1, None)

        await wait([answers.ask(key, make, "one") for key in range(50)], 5)
        return max(most), len(most)

    assert asyncio.run(run()) == (shared.AT_ONE_PLACE, 50)

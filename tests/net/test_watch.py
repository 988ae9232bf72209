import asyncio
import gc
import socket
import sys
import weakref
from contextlib import ExitStack

import pytest

from probe.net.watch import READ, WRITE, Loop, watching

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="epoll is of Linux")


@pytest.fixture(params=[watching, Loop], ids=["the watch of this platform", "the event loop"])
def make(request):
    return request.param


def pairs(stack: ExitStack, count: int) -> list[tuple[socket.socket, socket.socket]]:
    made = [socket.socketpair() for _ in range(count)]
    for one, other in made:
        stack.enter_context(one)
        stack.enter_context(other)
        one.setblocking(False)
    return made


def test_only_what_is_waited_for_is_told(make):
    async def main():
        told = []
        watch = make(asyncio.get_running_loop())
        with ExitStack() as stack:
            [(one, other)] = pairs(stack, 1)
            watch.wait(one.fileno(), WRITE, lambda: told.append("write"))
            await asyncio.sleep(0.01)
            assert set(told) == {"write"}
            watch.wait(one.fileno(), READ, lambda: told.append(one.recv(10)))
            told.clear()
            await asyncio.sleep(0.01)
            assert told == []
            other.send(b"hello")
            await asyncio.sleep(0.01)
            assert told == [b"hello"]
            watch.wait(one.fileno(), READ | WRITE, lambda: told.append("either"))
            await asyncio.sleep(0.01)
            assert "either" in told
            watch.forget(one.fileno())
            watch.forget(one.fileno())
            told.clear()
            other.send(b"more")
            await asyncio.sleep(0.01)
            assert told == []

    asyncio.run(main())


def test_a_number_that_is_given_to_another_socket_at_once(make):
    """Two are ready at once; the first closes the second and opens another in its place."""

    async def main():
        told = []
        watch = make(asyncio.get_running_loop())
        with ExitStack() as stack:
            made = pairs(stack, 2)
            opened = []

            def replace(which: int) -> None:
                made[which][0].recv(10)
                victim = made[1 - which][0]
                number = victim.fileno()
                if number < 0:
                    return
                watch.forget(number)
                victim.close()
                [(one, _)] = pairs(stack, 1)
                opened.append(one)
                for new in (one, _):
                    if new.fileno() == number:
                        watch.wait(number, READ, lambda: told.append("wrong"))

            for which, (one, other) in enumerate(made):
                watch.wait(
                    one.fileno(), READ, lambda which=which: made[which][0]._closed or replace(which)
                )
                other.send(b"x")
            await asyncio.sleep(0.02)
            assert opened
            for one, _ in made:
                if one.fileno() >= 0:
                    watch.forget(one.fileno())
        return told

    assert asyncio.run(main()) == []


def test_an_error_of_one_is_reported_and_the_others_go_on(make):
    async def main():
        told, reported = [], []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))
        watch = make(loop)
        with ExitStack() as stack:
            for one, other in pairs(stack, 3):

                def ready(one=one) -> None:
                    one.recv(10)
                    told.append(one)
                    raise KeyError

                watch.wait(one.fileno(), READ, ready)
                other.send(b"x")
            await asyncio.sleep(0.02)
            for one in told:
                watch.forget(one.fileno())
        return len(told), [type(error) for error in reported]

    assert asyncio.run(main()) == (3, [KeyError] * 3)


@LINUX
def test_an_event_loop_has_one_watch_and_is_not_kept_by_it():
    async def main():
        loop = asyncio.get_running_loop()
        assert watching(loop) is watching(loop)
        return weakref.ref(loop)

    loop = asyncio.run(main())
    gc.collect()
    assert loop() is None


@LINUX
def test_a_change_takes_nothing_from_the_event_loop():
    async def main():
        loop = asyncio.get_running_loop()
        watch = watching(loop)
        with ExitStack() as stack:
            watched = len(loop._selector.get_map())
            made = pairs(stack, 5)
            for one, _ in made:
                watch.wait(one.fileno(), READ, lambda: None)
            assert len(loop._selector.get_map()) == watched
            for one, _ in made:
                watch.forget(one.fileno())

    asyncio.run(main())

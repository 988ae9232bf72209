"""Errands of several processes that one of them runs."""

import asyncio
import multiprocessing
import os
import socket
import threading
from contextlib import asynccontextmanager

import pytest

from probe.model.failure import Kind, Stage
from probe.net.revocation.errand import Errand, Fetched, Validators
from probe.net.revocation.remote import Desk, Remote


def errand(url="http://pki/ca.crl", **said):
    return Errand(
        url=url, server=None, private=True, stage=Stage.CRL, limit=9, known=Validators("e"), **said
    )


class Slow:
    """Gives large answers after a while, and counts."""

    def __init__(self, seconds=0.1):
        self.asked = []
        self._seconds = seconds

    async def fetch(self, errand):
        self.asked.append(errand)
        await asyncio.sleep(self._seconds)
        return Fetched(0.1, errand.url.encode() * 500_000, validators=errand.known)


def hang_up(connection):
    """Part both ends as the end of a process does; closing one wakes no thread that reads it."""
    with socket.socket(fileno=os.dup(connection.fileno())) as end:
        end.shutdown(socket.SHUT_RDWR)


@asynccontextmanager
async def shared(fetcher, count=2):
    before = threading.enumerate()
    desk = Desk(fetcher)
    pipes = [multiprocessing.Pipe() for _ in range(count)]
    for ours, _ in pipes:
        desk.serve(ours)
    try:
        yield [Remote(theirs) for _, theirs in pipes], pipes
    finally:
        await desk.close()
        for ends in pipes:
            hang_up(ends[0])
        for thread in threading.enumerate():
            if thread not in before and "_listen" in thread.name:
                thread.join(10)
                assert not thread.is_alive()
        for ends in pipes:
            for end in ends:
                end.close()


def test_what_several_want_is_fetched_once():
    async def run():
        fetcher = Slow()
        async with shared(fetcher) as (remotes, _):
            wanted = [errand(), errand(), errand("http://pki/cb.crl")]
            found = await asyncio.gather(*(one.fetch(what) for one in remotes for what in wanted))
            again = await remotes[0].fetch(errand())
            return fetcher.asked, found, again

    asked, found, again = asyncio.run(run())
    assert asked == [errand(), errand("http://pki/cb.crl")]
    assert [len(one.data) for one in found] == [8_500_000] * 6
    assert again == found[0]
    assert again.validators == Validators("e")


def test_who_gives_up_stops_nobody():
    async def run():
        fetcher = Slow(0.2)
        async with shared(fetcher) as ((first, second), _):
            early = asyncio.create_task(first.fetch(errand()))
            found = asyncio.create_task(second.fetch(errand()))
            await asyncio.sleep(0.05)
            early.cancel()
            return len((await found).data), len(fetcher.asked)

    assert asyncio.run(run()) == (8_500_000, 1)


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_without_the_other_process_there_is_a_failure(when):
    async def run():
        ours, theirs = multiprocessing.Pipe()
        remote = Remote(theirs)
        if when == "before":
            ours.close()
        task = asyncio.create_task(remote.fetch(errand()))
        await asyncio.sleep(0.05)
        if when == "meanwhile":
            ours.close()
        found = await asyncio.wait_for(task, 5)
        theirs.close()
        return found.failure

    failure = asyncio.run(run())
    assert failure.kind is Kind.INTERNAL
    assert "gone" in failure.detail

import asyncio
import threading

from support.jobs import filled, untrusting

from probe.exporter.state import file as statefile
from probe.exporter.state import keeper

A = untrusting("a.corp.contoso.com")


def test_a_bug_in_writing_ends_no_exporter(tmp_path, caplog, monkeypatch):
    def broken(_: object) -> bytes:
        raise RuntimeError("a bug")

    monkeypatch.setattr(keeper, "encode", broken)
    asyncio.run(keeper.Keeper(filled(A), tmp_path / "state").save())
    assert "internal error" in caplog.text


def test_the_last_writing_waits_for_the_one_before(tmp_path, monkeypatch):
    """A thread goes on where its task is cancelled: two of them would share one partial file."""
    at_once, most, begun, write = [], [], threading.Event(), statefile.write

    def slow(path, data):
        at_once.append(path)
        most.append(len(at_once))
        begun.set()
        threading.Event().wait(0.1)
        at_once.pop()
        return write(path, data)

    async def main():
        monkeypatch.setattr(statefile, "write", slow)
        one = keeper.Keeper(filled(A), tmp_path / "state")
        first = asyncio.create_task(one.save())
        await asyncio.to_thread(begun.wait)
        first.cancel()
        await one.save(at_once=True)

    asyncio.run(main())
    assert most == [1, 1]
    assert [one.id for one in statefile.read(tmp_path / "state")] == [A.id]

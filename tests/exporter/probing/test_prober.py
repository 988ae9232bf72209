import asyncio

import msgspec
import pytest
from support.jobs import job, untrusting
from support.servers import serving, silent_for_ever

from probe.exporter.probing import prober as probing
from probe.exporter.probing.allowed import parse
from probe.exporter.probing.asked import Asked
from probe.exporter.probing.prober import Prober
from probe.exporter.sessions import Sessions
from probe.model.observation import AddressObservation, Observation
from probe.model.settings import Fetch, Settings
from probe.model.stages import Resolved
from probe.model.target import Target


def asked(port: int) -> Asked:
    subject = msgspec.structs.replace(
        untrusting("127.0.0.1", port=port), host="127.0.0.1", timeout=5.0
    )
    return Asked(subject, checked=False, debug=False)


def test_so_many_at_once_and_no_more():
    async def main():
        sessions = Sessions()
        prober = Prober(sessions, parse([]), most=1)
        loop = asyncio.get_running_loop()
        async with serving(silent_for_ever) as port:
            first = asyncio.create_task(prober.probe(asked(port), job(), 4.0))
            await asyncio.sleep(0.05)
            begun = loop.time()
            with pytest.raises(TimeoutError):
                await prober.probe(asked(port), job(), 0.3)
            assert loop.time() - begun < 2
            assert not first.done()
            first.cancel()
        await sessions.close()

    asyncio.run(main())


@pytest.mark.parametrize("fetch", list(Fetch))
def test_the_deadline_holds_whatever_is_to_be_fetched(fetch):
    async def main():
        sessions = Sessions()
        prober = Prober(sessions, parse([]))
        work = msgspec.structs.replace(job(), settings=Settings(fetch=fetch))
        loop = asyncio.get_running_loop()
        async with serving(silent_for_ever) as port:
            begun = loop.time()
            (result,) = await prober.probe(asked(port), work, 0.5)
            assert loop.time() - begun < 2
        assert result.observation.handshake.failure.kind == "timeout"
        await sessions.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("host", "addresses", "listed", "accepts"),
    [
        ("203.0.113.9.example", ("8.8.8.8",), False, "internet"),
        ("both.example", ("10.0.0.1", "8.8.8.8"), False, "internet"),
        ("inside.example", ("10.0.0.1",), False, None),
        ("8.8.8.8", (), False, "internet"),
        ("10.0.0.1", (), False, None),
        ("::ffff:8.8.8.8", (), False, "internet"),
        ("8.8.8.8", (), True, None),
    ],
)
def test_a_public_stranger_cannot_have_us_ask_private_hosts(
    monkeypatch, host, addresses, listed, accepts
):
    """What certificates name is fetched from private addresses but for such targets."""
    met: list[Target] = []

    async def observe(target, *_):
        met.append(target)
        found = await resolved()
        return (AddressObservation(target.address, Observation(resolution=found)),)

    async def resolved(*_):
        return Resolved(seconds=0.0, addresses=addresses)

    async def main():
        sessions = Sessions()
        subject = msgspec.structs.replace(untrusting("x.example"), host=host)
        one = Asked(subject, checked=False, debug=False, listed=listed)
        results = await Prober(sessions, parse([])).probe(one, job(), 5.0)
        assert all(result.target == subject for result in results)
        await sessions.close()

    monkeypatch.setattr(probing, "observe", observe)
    monkeypatch.setattr(probing, "_resolved", resolved)
    asyncio.run(main())
    assert [target.names.accepts for target in met] == [accepts] * max(1, len(addresses))
    assert [target.address for target in met] == list(addresses or [None])

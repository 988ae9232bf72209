import asyncio

import msgspec
import pytest
from support.jobs import job, untrusting
from support.servers import serving, silent_for_ever

from probe.exporter.allowed import parse
from probe.exporter.asked import Asked
from probe.exporter.probing import Prober
from probe.exporter.sessions import Sessions
from probe.model.settings import Fetch, Settings


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

"""What whole look-ups of revocation are tried with: a PKI of today, pages, a session."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from support.servers import serving

from probe.lab import builder
from probe.model.observation import AddressObservation, Observation
from probe.model.settings import Fetch, Settings
from probe.model.stages import Chain, Handshaken, Resolved
from probe.model.target import Accepts, Names, Target
from probe.net.revocation import lookup
from probe.net.session import Session

NOW = datetime.now(UTC).replace(microsecond=0)
TIMES = {"last": NOW - timedelta(hours=1), "next_": NOW + timedelta(days=7)}
SPAN = {"not_before": NOW - timedelta(days=9), "not_after": NOW + timedelta(days=99)}
ROOT = builder.root("CN=Root", not_before=SPAN["not_before"], not_after=SPAN["not_after"])


def target(trusted, *, accepts=Accepts.INTRANET):
    return Target(
        id="mp01:443", host="mp01", port=443, trust=(trusted,), names=Names(accepts=accepts)
    )


def seen(sent, staple=None):
    handshake = Handshaken(
        seconds=0.1, engine="observer", version="TLSv1.3", cipher="x", chain=Chain(tuple(sent)), ocsp_staple=staple
    )  # fmt: skip
    return AddressObservation(
        "127.0.0.1",
        Observation(
            resolution=Resolved(seconds=0.1, addresses=("127.0.0.1",)), handshake=handshake
        ),
    )


class Web:
    """Pages by path on loopback, and what was asked."""

    def __init__(self):
        self.pages = {}
        self.asked = []
        self.delay = 0.0

    async def __call__(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        self.asked.append(path)
        await asyncio.sleep(self.delay)
        body = self.pages.get(path)
        if body is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()


@asynccontextmanager
async def web():
    site = Web()
    async with serving(site) as port:
        site.at = f"http://127.0.0.1:{port}"
        yield site


async def look(session, one, *observations):
    return [found.observation for found in await lookup.look_up(one, observations, session, 12.0)]


def session(fetch=Fetch.CDP, **said):
    return Session(Settings(fetch=fetch, **said))

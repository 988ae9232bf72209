import asyncio
import time
from contextlib import AsyncExitStack

import pytest
from support import pki
from support.programs import openssl_server
from support.servers import HOSTILE, UNDECODABLE, saying, serving

from probe.lab import builder
from probe.model.failure import KINDS
from probe.model.settings import Settings
from probe.model.stages import HandshakeFailed, Handshaken, Skipped
from probe.model.target import Target
from probe.net.observe import observe
from probe.net.session import Session

_SECONDS = 1.5


def target(port: int, seconds: float = _SECONDS) -> Target:
    return Target(
        id=f"{pki.HOST}:{port}",
        host=pki.HOST,
        port=port,
        address="127.0.0.1",
        roles=("management-point",),
        timeout=seconds,
    )


async def look(session: Session, port: int, seconds: float = _SECONDS):
    (seen,) = await observe(target(port, seconds), session.settings, session)
    return seen.observation


@pytest.mark.parametrize("engine", ["auto", "observer", "openssl"])
def test_every_hostile_server_ends_in_its_kind_and_disturbs_nobody(engine, tmp_path, caplog):
    async def scan(good: int):
        async with Session(Settings(tls_engine=engine)) as session, AsyncExitStack() as stack:
            ports = [
                await stack.enter_async_context(serving(handler)) for handler, _ in HOSTILE.values()
            ]
            begun = time.monotonic()
            seen = await asyncio.gather(*(look(session, port) for port in (*ports, good, good)))
            return seen, time.monotonic() - begun

    with openssl_server(tmp_path, pki.leaf(), "-www") as good:
        (*hostile, one, other), seconds = asyncio.run(scan(good))
    assert seconds < 2 * _SECONDS
    kinds = {}
    for name, seen in zip(HOSTILE, hostile, strict=True):
        assert isinstance(seen.handshake, HandshakeFailed), name
        failure = seen.handshake.failure
        assert failure.kind in KINDS[failure.stage]
        assert failure.detail
        kinds[name] = failure.kind.value
        assert isinstance(seen.http, Skipped)
    assert kinds == {name: kind for name, (_, kind) in HOSTILE.items()}
    for seen in (one, other):
        assert isinstance(seen.handshake, Handshaken)
        assert seen.handshake.chain.certificates == pki.leaf().sent
    assert not [record for record in caplog.records if record.name.startswith("probe")]


@pytest.mark.parametrize("engine", ["auto", "observer", "openssl"])
def test_octets_that_are_no_certificate_are_kept(engine):
    async def scan():
        async with (
            Session(Settings(tls_engine=engine)) as session,
            serving(saying(UNDECODABLE)) as port,
        ):
            return await look(session, port)

    handshake = asyncio.run(scan()).handshake
    assert handshake.chain.certificates == (builder.UNDECODABLE, b"junk")
    assert handshake.version == "TLSv1.2"
    assert handshake.cipher == "TLS_RSA_WITH_AES_128_GCM_SHA256"

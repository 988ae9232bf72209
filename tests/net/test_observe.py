import asyncio
import contextlib
import logging
import time

import dns.message
import dns.rrset
import pytest
from support import pki
from support.programs import free_port, nginx, openssl_server
from support.servers import HTTP, name_server, resetting, saying, serving, silent_for_ever

from probe.lab.https import server_context
from probe.lab.listening import has_ipv6
from probe.model.observation import AddressObservation
from probe.model.settings import Family, Settings
from probe.model.stages import (
    Connected,
    Failed,
    HandshakeFailed,
    Handshaken,
    Resolved,
    Skipped,
    VersionsTried,
)
from probe.model.target import Target, Transport
from probe.net.observe import observe
from probe.net.session import Session

QUIET = Settings(http=False, versions=False)


def look(target: Target, settings: Settings = QUIET) -> tuple[AddressObservation, ...]:
    async def run():
        async with Session(settings) as session:
            return await observe(target, settings, session)

    return asyncio.run(run())


def target(port: int, **fields) -> Target:
    return Target(
        **{"id": "x", "host": pki.HOST, "port": port, "address": "127.0.0.1", "timeout": 3.0}
        | fields
    )


@pytest.mark.real
def test_a_good_server_in_full(tmp_path):
    with openssl_server(tmp_path, pki.leaf(), "-www") as port:
        (seen,) = look(target(port, roles=("management-point",)), Settings())
    story = seen.observation
    assert seen.address == "127.0.0.1"
    assert story.resolution == Resolved(seconds=0.0, addresses=("127.0.0.1",), source="pinned")
    assert isinstance(story.connection, Connected)
    assert story.proxy == story.prelogin.__class__(because="no proxy is used")
    assert isinstance(story.handshake, Handshaken)
    assert story.handshake.chain.certificates == pki.leaf().sent
    assert story.versions.accepted == ("TLSv1.2", "TLSv1.3")
    assert story.versions.refused == ("TLSv1", "TLSv1.1")
    assert story.http.code == 200
    for stage in (story.connection, story.handshake, story.versions, story.http):
        assert 0 < stage.seconds < 3


def test_nobody_listens():
    (seen,) = look(target(free_port()))
    story = seen.observation
    assert isinstance(story.connection, Failed)
    assert (story.connection.failure.stage, story.connection.failure.kind) == ("tcp", "refused")
    for stage in (story.handshake, story.versions, story.http):
        assert isinstance(stage, Skipped)


def test_an_address_that_this_host_cannot_use():
    # A link-local address without a zone: the kernel itself says so, and no packet leaves.
    (seen,) = look(target(443, address="fe80::1", timeout=1.0))
    assert seen.observation.connection.failure.kind == "unreachable"


def resolving(records: dict[str, tuple[str, ...]]):
    """Answer DNS from a table of names to addresses."""

    def answer(query: bytes) -> bytes:
        response = dns.message.make_response(dns.message.from_wire(query))
        question = response.question[0]
        kind = question.rdtype.name
        wanted = [
            address
            for address in records.get(question.name.to_text(omit_final_dot=True), ())
            if (":" in address) == (kind == "AAAA")
        ]
        if wanted:
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *wanted))
        return response.to_wire()

    return answer


async def resolved(addresses: tuple[str, ...], port: int, settings: Settings = QUIET, **fields):
    answer = resolving({pki.HOST: addresses})
    async with name_server(answer) as (server, _), Session(settings) as session:
        return await observe(
            target(port, address=None, resolver=server, **fields), settings, session
        )


async def tls_server(address: str, port: int = 0):
    leaf = pki.leaf()

    async def handler(reader, writer):
        with contextlib.suppress(OSError):
            await reader.read()
        writer.close()

    return await asyncio.start_server(handler, address, port, ssl=server_context(leaf, leaf.sent))


def test_every_address_is_looked_at_by_itself():
    async def run():
        server = await tls_server("127.0.0.1")
        port = server.sockets[0].getsockname()[1]
        async with server:
            # Nothing listens at .2; .3 is silent.
            addresses = ("127.0.0.3", "127.0.0.1", "127.0.0.2")
            async with serving(silent_for_ever, "127.0.0.3", port):
                return await resolved(addresses, port, timeout=0.7)

    begun = time.monotonic()
    good, refused, dead = asyncio.run(run())
    assert time.monotonic() - begun < 2
    assert [seen.address for seen in (good, refused, dead)] == [
        "127.0.0.1",
        "127.0.0.2",
        "127.0.0.3",
    ]
    assert isinstance(good.observation.handshake, Handshaken)
    assert refused.observation.connection.failure.kind == "refused"
    assert dead.observation.handshake.failure.kind == "timeout"
    for seen in (good, refused, dead):
        assert seen.observation.resolution.addresses == ("127.0.0.1", "127.0.0.2", "127.0.0.3")


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_both_families_and_the_choice_of_one():
    async def run(family: Family):
        server = await tls_server("127.0.0.1")
        port = server.sockets[0].getsockname()[1]
        settings = Settings(http=False, versions=False, family=family)
        async with server, await tls_server("::1", port):
            return await resolved(("127.0.0.1", "::1"), port, settings)

    for family, addresses in (
        (Family.ANY, ["127.0.0.1", "::1"]),
        (Family.IPV4, ["127.0.0.1"]),
        (Family.IPV6, ["::1"]),
    ):
        seen = asyncio.run(run(family))
        assert [one.address for one in seen] == addresses
        assert all(isinstance(one.observation.handshake, Handshaken) for one in seen)


def test_a_name_without_addresses():
    (seen,) = asyncio.run(resolved((), 443))
    assert seen.address is None
    assert seen.observation.resolution.failure.kind == "no_address"
    assert isinstance(seen.observation.connection, Skipped)


def test_an_address_of_the_family_that_is_not_wanted():
    settings = Settings(http=False, versions=False, family=Family.IPV6)
    for fields in ({}, {"address": None, "host": "127.0.0.1"}):
        (seen,) = look(target(free_port(), **fields), settings)
        failure = seen.observation.resolution.failure
        assert (seen.address, failure.kind) == (None, "no_address")
        assert failure.detail == "127.0.0.1 is an IPv4 address, and only IPv6 was asked for"


def test_a_name_server_that_is_silent_until_the_deadline():
    async def run():
        async with name_server(lambda query: None) as (server, _), Session(QUIET) as session:
            return await observe(
                target(443, address=None, resolver=server, timeout=0.3), QUIET, session
            )

    (seen,) = asyncio.run(run())
    failure = seen.observation.resolution.failure
    assert (failure.stage, failure.kind) == ("dns", "timeout")
    assert 0.2 < seen.observation.resolution.seconds < 1


def test_a_host_that_is_no_name():
    for host in ("a..example", "two words", "-x.example", "x" * 300):
        (seen,) = look(target(443, host=host, address=None))
        assert seen.observation.resolution.failure.kind == "not_found"


@pytest.mark.real
def test_a_name_in_unicode_goes_out_in_a_labels(tmp_path):
    path = pki.write(tmp_path)
    block = f"""listen 127.0.0.1:PORT ssl; ssl_certificate {path}; ssl_certificate_key {path};
        access_log {tmp_path}/access.log asked; location / {{ return 200; }}"""
    http = "log_format asked '$http_host $ssl_server_name';"
    with nginx(tmp_path, block, http=http) as port:
        for engine in ("observer", "openssl"):
            settings = Settings(tls_engine=engine)
            (seen,) = look(target(port, host="straße.contoso.com", roles=("ndes",)), settings)
            assert seen.observation.http.code == 200
    log = (tmp_path / "access.log").read_text("ascii").split()
    assert log == [f"xn--strae-oqa.contoso.com:{port}", "xn--strae-oqa.contoso.com"] * 2


def test_an_address_as_the_host():
    async def run():
        async with await tls_server("127.0.0.1") as server, Session(QUIET) as session:
            port = server.sockets[0].getsockname()[1]
            return await observe(target(port, host="127.0.0.1", address=None), QUIET, session)

    (seen,) = asyncio.run(run())
    assert seen.observation.resolution.source == "literal"
    assert isinstance(seen.observation.handshake, Handshaken)


def test_a_deadline_keeps_what_was_seen():
    """The server shakes hands and then lets every later connection starve."""

    async def run():
        connections = 0
        inner = await tls_server("127.0.0.1")
        port = inner.sockets[0].getsockname()[1]

        async def first_only(reader, writer):
            nonlocal connections
            connections += 1
            if connections > 1:
                await asyncio.Event().wait()
            theirs, ours = await asyncio.open_connection("127.0.0.1", port)
            writer.get_extra_info("socket")

            async def pump(source, sink):
                while data := await source.read(65536):
                    sink.write(data)
                sink.close()

            await asyncio.gather(pump(reader, ours), pump(theirs, writer))

        async with inner, serving(first_only) as outer, Session(Settings()) as session:
            return await observe(
                target(outer, roles=("distribution-point",), timeout=0.8), Settings(), session
            )

    begun = time.monotonic()
    (seen,) = asyncio.run(run())
    assert time.monotonic() - begun < 2
    story = seen.observation
    assert isinstance(story.handshake, Handshaken)
    assert isinstance(story.versions, VersionsTried)
    assert story.versions.accepted == ("TLSv1.3",)
    assert {failure.kind for failure in story.versions.undecided.values()} == {"timeout"}
    assert (story.http.failure.stage, story.http.failure.kind) == ("http", "timeout")
    assert 0.3 < story.http.seconds < 1.5


def test_the_timeout_of_the_settings_wins():
    async def run():
        settings = Settings(timeout=0.2)
        async with serving(silent_for_ever) as port, Session(settings) as session:
            return await observe(target(port, timeout=60.0), settings, session)

    begun = time.monotonic()
    (seen,) = asyncio.run(run())
    assert time.monotonic() - begun < 2
    assert seen.observation.handshake.failure.kind == "timeout"
    assert isinstance(seen.observation.handshake, HandshakeFailed)


def test_cancellation_goes_through():
    async def run():
        async with serving(silent_for_ever) as port, Session(QUIET) as session:
            task = asyncio.create_task(observe(target(port), QUIET, session))
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.wait([task])
            return task.cancelled(), session.slots._used

    assert asyncio.run(run()) == (True, {})


@pytest.mark.real
def test_strict_tds_is_tls_with_its_own_protocol(tmp_path):
    with openssl_server(tmp_path, pki.leaf(), "-alpn", "tds/8.0") as port:
        (seen,) = look(
            target(port, roles=("sql-server",), transport=Transport.TDS_STRICT), Settings()
        )
    assert seen.observation.handshake.alpn == "tds/8.0"
    assert isinstance(seen.observation.http, Skipped)


@pytest.mark.real
def test_a_required_client_certificate_keeps_chain_and_versions(tmp_path):
    path, authority = pki.write(tmp_path), pki.write_authority(tmp_path)
    block = f"""listen 127.0.0.1:PORT ssl; ssl_certificate {path}; ssl_certificate_key {path};
        ssl_verify_client on; ssl_client_certificate {authority};"""
    with nginx(tmp_path, block) as port:
        (seen,) = look(target(port, roles=("management-point",)), Settings())
    assert seen.observation.handshake.chain.certificates == pki.leaf().sent
    # nginx asks in the handshake and refuses the request: 400, and alive.
    assert seen.observation.handshake.client_auth == "requested"
    assert seen.observation.http.code == 400
    with openssl_server(tmp_path, pki.leaf(), "-Verify", "1") as port:
        (seen,) = look(target(port, roles=("management-point",)), Settings())
    assert seen.observation.handshake.client_auth == "required"
    assert seen.observation.versions.accepted == ("TLSv1.2", "TLSv1.3")
    assert seen.observation.http.failure.kind == "closed"


def test_an_error_of_ours_is_internal_and_stays_in_its_target(monkeypatch, caplog):
    from probe.net import story

    def broken(*_args):
        raise KeyError("a bug")

    monkeypatch.setattr(story, "Attempts", broken)

    async def run():
        async with serving(saying(HTTP)) as port, Session(QUIET) as session:
            return await observe(target(port), QUIET, session)

    (seen,) = asyncio.run(run())
    assert seen.observation.handshake.failure.kind == "internal"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_one_address_gets_no_more_connections_than_allowed():
    most = current = 0

    async def counting(reader, writer):
        nonlocal most, current
        current += 1
        most = max(most, current)
        await asyncio.sleep(0.02)
        current -= 1
        await resetting(reader, writer)

    async def run():
        settings = Settings(per_host=3, tls_engine="observer")
        async with serving(counting) as port, Session(settings) as session:
            return await asyncio.gather(
                # The wait for a turn is longer than the deadline, and is not charged.
                *(observe(target(port, timeout=0.2), settings, session) for _ in range(40))
            )

    seen = asyncio.run(run())
    assert most == 3
    assert {one.observation.handshake.failure.kind for (one,) in seen} == {"reset"}

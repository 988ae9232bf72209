"""What is seen of SQL Servers: both ways of TDS, and everything that can go wrong on them."""

import asyncio
import time

import msgspec
import pytest
from support import pki
from support.programs import free_port
from support.servers import resetting, saying, serving, silent, silent_for_ever
from support.sqlserver import served, strict, tds

from probe.lab.browser import response
from probe.lab.listening import has_ipv6
from probe.lab.tds import Encrypts
from probe.model.failure import Kind, Stage
from probe.model.settings import Settings
from probe.model.stages import (
    Browsed,
    Connected,
    Failed,
    HandshakeFailed,
    Handshaken,
    Prelogin,
    Skipped,
    VersionsTried,
)
from probe.model.target import Target, Transport
from probe.net import browse as browsing
from probe.net.observe import observe
from probe.net.session import Session
from probe.net.tds import packets, prelogin

QUIET = Settings(versions=False)
ENGINES = ("auto", "observer", "openssl")


def target(port: int, transport: Transport = Transport.AUTO, **fields) -> Target:
    return Target(
        **{
            "id": "x",
            "host": pki.HOST,
            "port": port,
            "address": "127.0.0.1",
            "roles": ("sql-server",),
            "transport": transport,
            "timeout": 5.0,
        }
        | fields
    )


def look(wanted: Target, settings: Settings = QUIET):
    async def run():
        async with Session(settings) as session:
            return await observe(wanted, settings, session)

    (seen,) = asyncio.run(run())
    return seen.observation


def look_at(handler, transport: Transport = Transport.AUTO, **fields):
    async def run():
        async with serving(handler) as port, Session(QUIET) as session:
            return await observe(target(port, transport, **fields), QUIET, session)

    (seen,) = asyncio.run(run())
    return seen.observation


def failure(stage):
    return stage.failure.stage, stage.failure.kind


LEAF = pki.rsa_leaf()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("transport", [Transport.AUTO, Transport.TDS])
@pytest.mark.parametrize(
    ("encrypts", "said"), [(Encrypts.OPTIONAL, "off"), (Encrypts.FORCED, "required")]
)
def test_a_server_that_speaks_tds_7(engine, transport, encrypts, said):
    with served(lambda: tds(LEAF, encrypts)) as port:
        seen = look(target(port, transport), Settings(tls_engine=engine))
    assert isinstance(seen.connection, Connected)
    assert (seen.prelogin.version, seen.prelogin.encryption) == ("16.0.1000", said)
    assert isinstance(seen.handshake, Handshaken)
    assert seen.handshake.version == "TLSv1.2"
    assert seen.handshake.chain.certificates == LEAF.sent
    assert seen.handshake.key_proven
    assert isinstance(seen.versions, VersionsTried)
    assert seen.versions.accepted == ("TLSv1.2",)
    # TLS 1.3 does not exist there, so it is neither accepted nor refused.
    assert seen.versions.refused == ("TLSv1", "TLSv1.1")
    assert isinstance(seen.http, Skipped)
    assert isinstance(seen.browser, Skipped)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("transport", [Transport.AUTO, Transport.TDS_STRICT])
def test_a_server_that_speaks_tds_8(engine, transport):
    with served(lambda: strict(LEAF)) as port:
        seen = look(target(port, transport), Settings(tls_engine=engine))
    assert isinstance(seen.connection, Connected)
    assert (seen.prelogin.version, seen.prelogin.encryption) == ("16.0.1000", "strict")
    assert seen.handshake.version == "TLSv1.3"
    assert seen.handshake.alpn == "tds/8.0"
    assert seen.handshake.chain.certificates == LEAF.sent
    assert seen.versions.accepted == ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize("transport", [Transport.AUTO, Transport.TDS])
def test_a_server_that_does_not_encrypt_has_answered(transport):
    with served(lambda: tds(LEAF, Encrypts.NEVER)) as port:
        seen = look(target(port, transport), Settings())
    assert (seen.prelogin.version, seen.prelogin.encryption) == ("16.0.1000", "not_supported")
    assert failure(seen.handshake) == (Stage.PRELOGIN, Kind.ENCRYPTION_NOT_SUPPORTED)
    assert isinstance(seen.versions, Skipped)


def test_a_strict_server_is_not_found_by_tds_7_alone():
    with served(lambda: strict(LEAF)) as port:
        seen = look(target(port, Transport.TDS))
    assert failure(seen.prelogin) == (Stage.PRELOGIN, Kind.CLOSED)
    assert isinstance(seen.handshake, Skipped)


def test_a_server_of_tds_7_is_not_found_by_tds_8_alone():
    with served(lambda: tds(LEAF)) as port:
        seen = look(target(port, Transport.TDS_STRICT))
    assert failure(seen.handshake) == (Stage.TLS, Kind.CLOSED)
    assert isinstance(seen.prelogin, Skipped)


def test_a_sql_role_over_plain_tls_is_that():
    with served(lambda: strict(LEAF)) as port:
        seen = look(target(port, Transport.TLS))
    assert isinstance(seen.handshake, Handshaken)
    assert isinstance(seen.prelogin, Skipped)


NO_PRELOGIN = {
    "silent": (silent_for_ever, Kind.TIMEOUT),
    "resets": (resetting, Kind.CLOSED),
    "http": (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Kind.MALFORMED),
    "rubbish": (saying(packets.encode(packets.REPLY, b"\x00\xff")), Kind.MALFORMED),
}


@pytest.mark.parametrize("name", NO_PRELOGIN)
@pytest.mark.parametrize("transport", [Transport.AUTO, Transport.TDS])
def test_no_answer_to_prelogin_is_told_by_its_kind(name, transport):
    handler, kind = NO_PRELOGIN[name]
    begun = time.monotonic()
    seen = look_at(handler, transport, timeout=1.0)
    assert isinstance(seen.connection, Connected)
    assert failure(seen.prelogin) == (Stage.PRELOGIN, kind)
    # With auto, TLS was tried first then, and did not work either.
    assert isinstance(seen.handshake, HandshakeFailed if transport is Transport.AUTO else Skipped)
    assert time.monotonic() - begun < 4


def test_a_strict_server_that_is_silent_at_prelogin_is_still_found():
    def quiet():
        conversation = strict(LEAF)
        receive = conversation.receive
        # As a server that waits for a whole TLS record would.
        conversation.receive = lambda data: b"" if data[:1] == b"\x12" else receive(data)
        return conversation

    with served(quiet) as port:
        seen = look(target(port, timeout=2.0))
    assert seen.prelogin.encryption == "strict"
    assert isinstance(seen.handshake, Handshaken)


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        (lambda data: b"HTTP/1.1 400 Bad Request\r\n\r\n", Kind.MALFORMED),
        (lambda data: b"", Kind.TIMEOUT),
        (lambda data: None, Kind.CLOSED),
        (lambda data: b"\x04\x00\x00\x09\x00\x00\x01\x00x" * 20000, Kind.MALFORMED),
    ],
)
def test_prelogin_inside_tls_can_fail_and_the_certificate_stays(inside, kind):
    class Inner:
        finished = False

        def receive(self, data):
            said = inside(data)
            self.finished = said is None
            return said or b""

    def factory():
        conversation = strict(LEAF)
        conversation._inner = Inner()
        return conversation

    with served(factory) as port:
        seen = look(target(port, Transport.TDS_STRICT, timeout=1.0))
    assert failure(seen.prelogin) == (Stage.PRELOGIN, kind)
    assert seen.handshake.chain.certificates == LEAF.sent


def test_a_closed_port_is_a_failed_connection_and_nothing_more():
    for transport in (Transport.AUTO, Transport.TDS, Transport.TDS_STRICT):
        seen = look(target(free_port(), transport))
        assert failure(seen.connection) == (Stage.TCP, Kind.REFUSED)
        assert isinstance(seen.prelogin, Skipped)
        assert isinstance(seen.handshake, Skipped)


def test_a_handshake_that_fails_after_prelogin_is_a_failure_of_tls():
    answer = packets.encode(
        packets.REPLY,
        prelogin.encode({0: bytes((15, 0, 7, 208, 0, 0)), 1: b"\x03"}),
    )

    async def only_prelogin(reader, writer):
        await reader.read(1000)
        writer.write(answer)
        await reader.read(1000)

    seen = look_at(only_prelogin)
    assert (seen.prelogin.version, seen.prelogin.encryption) == ("15.0.2000", "required")
    assert failure(seen.handshake) == (Stage.TLS, Kind.CLOSED)


@pytest.mark.parametrize("kind", [packets.PRELOGIN, packets.REPLY])
def test_tls_in_small_packets_of_either_type(kind):
    with served(lambda: tds(LEAF, kind=kind, size=100)) as port:
        assert isinstance(look(target(port)).handshake, Handshaken)


def browser_of(*instances):
    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, addr):
            self.transport.sendto(response("SQL01", instances), addr)

    return Server


@pytest.mark.parametrize("transport", [Transport.AUTO, Transport.TDS])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_named_instance_is_looked_up_at_its_address(transport, address):
    if ":" in address and not has_ipv6():
        pytest.skip("no IPv6 here")

    async def run(port):
        endpoint, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            browser_of(("CM_P01", port)), local_addr=(address, 0)
        )
        browser = endpoint.get_extra_info("sockname")[1]
        async with Session(QUIET) as session:
            wanted = target(
                1433, transport, instance="cm_p01", browser_port=browser, address=address
            )
            (seen,) = await observe(wanted, QUIET, session)
        endpoint.abort()
        return seen.observation

    with served(lambda: tds(LEAF), address) as port:
        seen = asyncio.run(run(port))
    assert isinstance(seen.browser, Browsed)
    assert (seen.browser.instance, seen.browser.port) == ("CM_P01", port)
    assert isinstance(seen.handshake, Handshaken)


def test_without_a_browser_nothing_is_connected_to(monkeypatch):
    monkeypatch.setattr(browsing, "PATIENCE", (0.05,))
    seen = look(target(1433, instance="X", browser_port=free_port()))
    assert failure(seen.browser) == (Stage.BROWSER, Kind.TIMEOUT)
    assert isinstance(seen.connection, Skipped)
    assert isinstance(seen.prelogin, Skipped)
    assert isinstance(seen.handshake, Skipped)


def test_the_deadline_holds_for_the_browser_too():
    async def run():
        endpoint, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )
        port = endpoint.get_extra_info("sockname")[1]
        async with Session(QUIET) as session:
            wanted = target(1433, instance="X", browser_port=port, timeout=0.2)
            (seen,) = await observe(wanted, QUIET, session)
        endpoint.abort()
        return seen.observation

    seen = asyncio.run(run())
    assert failure(seen.browser) == (Stage.BROWSER, Kind.TIMEOUT)
    assert seen.browser.failure.detail == "no answer within the deadline"


def test_a_proxy_carries_tds_and_no_question_to_a_browser():
    proxied = Settings(versions=False, proxy="http://127.0.0.1:1")
    seen = look(target(1433, instance="X", browser_port=1434), proxied)
    assert "proxy" in seen.browser.because
    assert isinstance(seen.handshake, Skipped)


def test_the_deadline_in_the_middle_of_prelogin_keeps_what_was_seen():
    seen = look_at(silent, Transport.TDS, timeout=0.3)
    assert isinstance(seen.connection, Connected)
    assert failure(seen.prelogin) == (Stage.PRELOGIN, Kind.TIMEOUT)


def test_every_stage_can_be_written_as_json():
    seen = look_at(silent, Transport.TDS, timeout=0.2)
    assert isinstance(seen.prelogin, Failed)
    for stage in (seen.browser, seen.prelogin, Prelogin(seconds=0.1, version="1", encryption="on")):
        assert b'"status":' in msgspec.json.encode(stage)

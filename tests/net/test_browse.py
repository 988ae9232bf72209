"""SQL Server Browser over real datagrams."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest
from support.programs import free_port

from probe.lab.browser import response
from probe.lab.listening import has_ipv6
from probe.model.failure import Kind, Stage
from probe.model.stages import Browsed
from probe.net import browse as browsing
from probe.net.browse import browse


@asynccontextmanager
async def answering(answers, address="127.0.0.1"):
    """Answer every datagram by a function of what was asked; yields the port."""

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, addr):
            for answer in answers(data):
                self.transport.sendto(answer, addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Server, local_addr=(address, 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.abort()
        await asyncio.sleep(0)


def asked(answers, instance="CM_P01", address="127.0.0.1"):
    async def run():
        async with answering(answers, address) as port:
            return await browse(address, port, instance)

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(browsing, "PATIENCE", (0.05, 0.1, 0.1))


FOUND = response("SQL01", [("CM_P01", 49721)])


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_an_instance_is_found_in_any_case(address):
    if ":" in address and not has_ipv6():
        pytest.skip("no IPv6 here")
    found = asked(lambda data: [FOUND] if data[:1] == b"\x04" else [], "cm_p01", address)
    assert isinstance(found, Browsed)
    assert (found.instance, found.port, found.server) == ("CM_P01", 49721, "SQL01")
    assert found.version.startswith("16.")
    assert 0 < found.seconds < 1


def test_a_lost_datagram_is_asked_for_again():
    seen = []

    def second(data):
        seen.append(data)
        return [FOUND] if data[:1] == b"\x04" and len(seen) > 1 else []

    assert isinstance(asked(second), Browsed)


def test_an_answer_about_another_instance_is_not_the_one_meant():
    found = asked(lambda data: [response("S", [("Other", 1)]), FOUND] if data[0] == 4 else [])
    assert found.port == 49721


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        (lambda data: [], Kind.TIMEOUT, "no answer"),
        (
            lambda data: [response("S", [("A", 1), ("B", 2)])] if data == b"\x03" else [],
            Kind.NOT_FOUND,
            "it knows A, B",
        ),
        (lambda data: [response("S", [])] if data == b"\x03" else [], Kind.NOT_FOUND, "none"),
        (
            lambda data: [b"\x05\x21\x00InstanceName;CM_P01;np;\\\\S\\pipe;;"],
            Kind.NOT_FOUND,
            "does not listen on TCP",
        ),
        (lambda data: [b"HTTP/1.1 400"], Kind.MALFORMED, "type 0x48"),
        (lambda data: [b"\x05"], Kind.MALFORMED, "of 1 octets"),
        (lambda data: [b"\x05\xff\xff" + b"x" * 100] * 50, Kind.MALFORMED, "that says 65535"),
    ],
)
def test_what_can_go_wrong(answers, kind, words):
    found = asked(answers)
    assert (found.failure.stage, found.failure.kind) == (Stage.BROWSER, kind)
    assert words in found.failure.detail
    assert found.seconds < 2


def test_a_closed_port_is_told_at_once():
    port = free_port(kind=socket.SOCK_DGRAM)
    found = asyncio.run(browse("127.0.0.1", port, "CM_P01"))
    assert found.failure.kind is Kind.TIMEOUT
    assert found.failure.detail == "nothing listens there"


def test_a_cancellation_leaves_no_socket_behind():
    async def run():
        async with answering(lambda data: []) as port:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await browse("127.0.0.1", port, "CM_P01")

    asyncio.run(run())

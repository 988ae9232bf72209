import asyncio
import contextlib

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.lab.dns import NameServer, Zone
from probe.lab.listening import Listeners

RECORDS = (
    ("mp01.corp.contoso.com", "A", "127.0.0.1"),
    ("mp01.corp.contoso.com", "AAAA", "::1"),
    ("cmg.contoso.com", "CNAME", "granitefalls.westeurope.cloudapp.azure.com."),
    ("granitefalls.westeurope.cloudapp.azure.com", "A", "127.0.0.1"),
    ("loop.contoso.com", "CNAME", "loop.contoso.com."),
    ("_mssms_mp_p01._tcp.corp.contoso.com", "SRV", "0 0 443 mp01.corp.contoso.com."),
    *(
        ("many.contoso.com", "A", f"127.0.{high}.{low}")
        for high in range(2)
        for low in range(1, 99)
    ),
)
ZONE = Zone(RECORDS)


def _ask(name, kind, **options):
    octets = ZONE.answer(dns.message.make_query(name, kind).to_wire(), **options)
    assert octets is not None
    return dns.message.from_wire(octets)


@contextlib.asynccontextmanager
async def _serving():
    listeners, server = Listeners(), NameServer(ZONE)
    await server.start(listeners)
    try:
        yield server.address.rpartition(":")
    finally:
        await server.aclose()
        await listeners.aclose()


def test_a_name_has_its_addresses_and_the_answer_is_authoritative():
    answer = _ask("MP01.Corp.Contoso.COM", "A")
    assert [str(record) for record in answer.answer[0]] == ["127.0.0.1"]
    assert answer.flags & dns.flags.AA


def test_an_alias_is_followed_within_the_answer():
    answer = _ask("cmg.contoso.com", "A")
    assert [record.rdtype.name for record in answer.answer] == ["CNAME", "A"]


def test_an_alias_is_followed_to_the_denial_of_another_type():
    answer = _ask("cmg.contoso.com", "AAAA")
    assert [record.rdtype.name for record in answer.answer] == ["CNAME"]
    assert answer.rcode() == dns.rcode.NOERROR
    assert answer.authority


def test_an_alias_of_itself_ends():
    assert len(_ask("loop.contoso.com", "A").answer) <= 8


@pytest.mark.parametrize(
    ("name", "kind", "rcode"),
    [
        ("mp99.corp.contoso.com", "A", dns.rcode.NXDOMAIN),
        ("mp01.corp.contoso.com", "MX", dns.rcode.NOERROR),
        ("corp.contoso.com", "A", dns.rcode.NOERROR),
        ("example.org", "A", dns.rcode.NXDOMAIN),
    ],
)
def test_what_does_not_exist_is_denied_with_the_authority(name, kind, rcode):
    answer = _ask(name, kind)
    assert (answer.rcode(), answer.answer) == (rcode, [])
    assert answer.authority[0].rdtype.name == "SOA"


def test_a_message_without_a_question_is_not_answered():
    assert ZONE.answer(dns.message.QueryMessage().to_wire()) is None


def test_other_operations_are_not_implemented():
    update = dns.message.make_query("contoso.com", "SOA")
    update.set_opcode(2)
    answered = ZONE.answer(update.to_wire())
    assert dns.message.from_wire(answered).rcode() == dns.rcode.NOTIMP


def test_an_answer_beyond_the_limit_is_cut_and_says_so():
    cut = _ask("many.contoso.com", "A", limit=512)
    assert cut.flags & dns.flags.TC
    assert not cut.answer
    assert len(_ask("many.contoso.com", "A").answer[0]) == 196


@given(st.binary(max_size=80))
def test_garbage_is_never_more_than_unanswered(octets):
    ZONE.answer(octets)


def test_a_resolver_gets_everything_over_udp_and_tcp():
    async def ask():
        async with _serving() as (address, _, port):
            resolver = dns.asyncresolver.Resolver(configure=False)
            resolver.nameservers, resolver.port = [address], int(port)
            alias = await resolver.resolve("cmg.contoso.com", "A")
            many = await resolver.resolve("many.contoso.com", "A")  # falls back to TCP
            over_tcp = await resolver.resolve("mp01.corp.contoso.com", "AAAA", tcp=True)
            service = await resolver.resolve("_mssms_mp_p01._tcp.corp.contoso.com", "SRV")
            with pytest.raises(dns.resolver.NXDOMAIN):
                await resolver.resolve("mp99.corp.contoso.com", "A")
            return alias, many, over_tcp, service

    alias, many, over_tcp, service = asyncio.run(ask())
    assert str(alias.canonical_name) == "granitefalls.westeurope.cloudapp.azure.com."
    assert len(many) == 196
    assert over_tcp[0].address == "::1"
    assert service[0].port == 443


def test_messages_in_pieces_and_garbage_over_tcp():
    async def talk():
        query = dns.message.make_query("mp01.corp.contoso.com", "A").to_wire()
        framed = len(query).to_bytes(2, "big") + query
        async with _serving() as (address, _, port):
            reader, writer = await asyncio.open_connection(address, int(port))
            writer.write(framed[:1])
            await writer.drain()
            await asyncio.sleep(0.01)
            writer.write(framed[1:] + framed + b"\x00\x03abc")
            received = await reader.read()  # until the server closes because of the garbage
            writer.close()
            await writer.wait_closed()
            return received

    received = asyncio.run(talk())
    first = int.from_bytes(received[:2], "big")
    assert len(received) == 2 * (2 + first)

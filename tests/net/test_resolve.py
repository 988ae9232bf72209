import asyncio
import logging
import socket
import time

import dns.message
import dns.rcode
import dns.rrset
import pytest
from support.programs import free_port, knot
from support.servers import name_server

from probe.lab.listening import has_ipv6
from probe.model.failure import Kind
from probe.model.settings import Family
from probe.net import hostsfile, questions
from probe.net.resolve import MOST_ADDRESSES, Resolver, _address

ZONE = """$ORIGIN contoso.com.
@ 300 SOA dc01 hostmaster 1 900 600 86400 60
@ NS dc01
dc01 A 127.0.0.1
mp01 A 127.0.0.2
mp01 A 127.0.0.1
six AAAA ::1
both AAAA ::1
both A 127.0.0.1
none TXT "no address"
cmg CNAME contoso.westeurope.cloudapp
contoso.westeurope.cloudapp CNAME node.cloudapp
node.cloudapp A 127.0.0.9
dangling CNAME nowhere
loop1 CNAME loop2
loop2 CNAME loop1
outside CNAME www.fabrikam.example.
"""
LONG = "".join(f"l{n} CNAME l{n + 1}\n" for n in range(30)) + "l30 A 127.0.0.1\n"
MANY = "".join(f"many A 10.0.{n // 250}.{n % 250}\n" for n in range(700))


def ask(server: str, *names: str, family: Family = Family.ANY):
    async def run():
        resolver = Resolver(server, family)
        try:
            return await asyncio.gather(*(resolver.resolve(name) for name in names))
        finally:
            await resolver.close()

    return asyncio.run(run())


@pytest.mark.real
def test_a_zone_of_a_real_name_server(tmp_path):
    with knot(tmp_path, "contoso.com", ZONE + LONG + MANY) as port:
        server = f"127.0.0.1:{port}"
        mp, six, both, none, missing, cmg, dangling = ask(
            server,
            *("mp01.contoso.com", "six.contoso.com", "BOTH.contoso.com", "none.contoso.com"),
            *("missing.contoso.com", "cmg.contoso.com", "dangling.contoso.com"),
        )
        loop, long, many, outside, refused = ask(
            server,
            *("loop1.contoso.com", "l0.contoso.com", "many.contoso.com", "outside.contoso.com"),
            "www.fabrikam.example",
        )
        (only4,) = ask(server, "both.contoso.com", family=Family.IPV4)
        (only6,) = ask(server, "both.contoso.com", family=Family.IPV6)
        (no6,) = ask(server, "mp01.contoso.com", family=Family.IPV6)
    # In one order at every scan, whatever the server's.
    assert mp.addresses == ("127.0.0.1", "127.0.0.2")
    assert (mp.chain, mp.source, mp.failure) == ((), "dns", None)
    assert six.addresses == ("::1",)
    assert both.addresses == ("127.0.0.1", "::1")
    assert cmg.addresses == ("127.0.0.9",)
    assert cmg.chain == ("contoso.westeurope.cloudapp.contoso.com", "node.cloudapp.contoso.com")
    assert (only4.addresses, only6.addresses) == (("127.0.0.1",), ("::1",))
    assert len(many.addresses) == MOST_ADDRESSES
    for answer, kind, word in (
        (none, "no_address", "none.contoso.com"),
        (no6, "no_address", "mp01.contoso.com"),
        (missing, "not_found", "missing.contoso.com"),
        (dangling, "not_found", "nowhere.contoso.com"),
        (loop, "server_failure", "loop"),
        (long, "server_failure", "chain"),
        (outside, "server_failure", "REFUSED"),
        (refused, "server_failure", "REFUSED"),
    ):
        assert answer.addresses == ()
        assert (answer.failure.stage, answer.failure.kind) == ("dns", kind), word
        assert word in answer.failure.detail
    assert no6.failure.detail == (
        "mp01.contoso.com has only IPv4 addresses, and only IPv6 was asked for"
    )
    assert none.failure.detail == "none.contoso.com has no address"
    assert dangling.chain == ("nowhere.contoso.com",)
    assert dangling.failure.detail == (
        "dangling.contoso.com → nowhere.contoso.com: nowhere.contoso.com does not exist"
    )
    assert outside.chain == ("www.fabrikam.example",)


def reply(query: bytes, *records: str, rcode: int = dns.rcode.NOERROR) -> bytes:
    """Answer a query with records such as ``"a.example. 60 IN A 127.0.0.1"``."""
    response = dns.message.make_response(dns.message.from_wire(query))
    response.set_rcode(rcode)
    kind = response.question[0].rdtype
    for record in records:
        name, ttl, _, rdtype, value = record.split(" ", 4)
        if rdtype in ("CNAME", kind.name):
            response.answer.append(dns.rrset.from_text(name, int(ttl), "IN", rdtype, value))
    return response.to_wire()


def with_server(answer, *names: str, seconds: float = 5.0):
    """Resolve names one after the other; return the answers and the number of queries."""

    async def run():
        async with name_server(answer) as (server, counter):
            resolver = Resolver(server)
            try:
                async with asyncio.timeout(seconds):
                    answers = [await resolver.resolve(name) for name in names]
            finally:
                await resolver.close()
            return answers, counter.queries

    return asyncio.run(run())


def test_a_name_is_asked_once_however_many_want_it():
    async def run():
        async with name_server(lambda query: reply(query, "a.example. 0 IN A 127.0.0.1")) as (
            server,
            counter,
        ):
            resolver = Resolver(server)
            answers = await asyncio.gather(*(resolver.resolve("a.example") for _ in range(50)))
            answers.append(await resolver.resolve("A.EXAMPLE"))
            await resolver.close()
            return answers, counter.queries

    answers, queries = asyncio.run(run())
    assert {answer.addresses for answer in answers} == {("127.0.0.1",)}
    assert queries == 2  # A and AAAA


def test_who_asked_first_may_leave_first():
    async def run():
        release = asyncio.Event()
        loop = asyncio.get_running_loop()

        async with name_server(lambda query: None) as (server, counter):
            counter._answer = lambda query: (
                reply(query, "a.example. 60 IN A 127.0.0.1") if release.is_set() else None
            )
            resolver = Resolver(server)
            first = loop.create_task(resolver.resolve("a.example"))
            second = loop.create_task(resolver.resolve("a.example"))
            await asyncio.sleep(0.05)
            first.cancel()
            release.set()
            answer = await second
            await resolver.close()
            return first.cancelled(), answer

    cancelled, answer = asyncio.run(run())
    assert cancelled
    assert answer.addresses == ("127.0.0.1",)


def test_an_alias_without_its_target_is_followed():
    records = {
        "a.example.": "a.example. 60 IN CNAME b.example.",
        "b.example.": "b.example. 60 IN CNAME c.example.",
        "c.example.": "c.example. 60 IN A 127.0.0.1",
    }

    def answer(query: bytes) -> bytes:
        return reply(query, records[dns.message.from_wire(query).question[0].name.to_text()])

    (found,), _ = with_server(answer, "a.example")
    assert found.addresses == ("127.0.0.1",)
    assert found.chain == ("b.example", "c.example")


def test_a_loop_over_several_answers_ends():
    def answer(query: bytes) -> bytes:
        name = dns.message.from_wire(query).question[0].name.to_text()
        other = "b.example." if name == "a.example." else "a.example."
        return reply(query, f"{name} 60 IN CNAME {other}")

    (found,), queries = with_server(answer, "a.example")
    assert found.failure.kind == "server_failure"
    assert queries < 20


def test_aliases_without_end_are_given_up():
    counter = iter(range(10_000))

    def answer(query: bytes) -> bytes:
        name = dns.message.from_wire(query).question[0].name.to_text()
        return reply(query, f"{name} 60 IN CNAME n{next(counter)}.example.")

    (found,), queries = with_server(answer, "a.example")
    assert found.failure.kind == "server_failure"
    assert len(found.chain) <= 17
    assert queries < 50


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda query: reply(query, rcode=dns.rcode.SERVFAIL), "server_failure"),
        (lambda query: reply(query, rcode=dns.rcode.NXDOMAIN), "not_found"),
        (reply, "no_address"),
        (lambda query: b"\x00", "server_failure"),
        (lambda query: query[:12], "server_failure"),
        (lambda query: query[:2] + b"\xff" * 40, "server_failure"),
        (lambda query: b"\xff\xff" + reply(query)[2:], "server_failure"),
        (lambda query: reply(query) + b"trailing", "server_failure"),
    ],
)
def test_failures_by_kind(answer, kind, caplog):
    (found,), _ = with_server(answer, "a.example")
    assert found.failure.kind == kind
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_lost_datagram_is_asked_for_again(monkeypatch):
    from probe.net import questions

    monkeypatch.setattr(questions, "PATIENCE", (0.05, 1.0))
    seen = set()

    def answer(query: bytes) -> bytes | None:
        kind = dns.message.from_wire(query).question[0].rdtype
        if kind in seen:
            return reply(query, "a.example. 60 IN A 127.0.0.1")
        seen.add(kind)
        return None

    (found,), queries = with_server(answer, "a.example")
    assert found.addresses == ("127.0.0.1",)
    assert queries == 4


def test_silence_is_a_timeout(monkeypatch):
    from probe.net import questions

    monkeypatch.setattr(questions, "PATIENCE", (0.05, 0.05))
    (found,), queries = with_server(lambda query: None, "a.example")
    assert found.failure.kind == "timeout"
    assert queries == 4


def test_one_dropped_family_does_not_cost_the_other(monkeypatch):
    from probe.net import resolve

    monkeypatch.setattr(resolve, "_GRACE", 0.05)

    def answer(query: bytes) -> bytes | None:
        if dns.message.from_wire(query).question[0].rdtype.name == "AAAA":
            return None
        return reply(query, "a.example. 60 IN A 127.0.0.1")

    (found,), _ = with_server(answer, "a.example", seconds=0.9)
    assert found.addresses == ("127.0.0.1",)


def test_a_server_older_than_edns():
    def answer(query: bytes) -> bytes:
        if dns.message.from_wire(query).edns >= 0:
            return reply(query, rcode=dns.rcode.FORMERR)
        return reply(query, "a.example. 60 IN A 127.0.0.1", "b.example. 60 IN A 127.0.0.1")

    (found, again), queries = with_server(answer, "a.example", "b.example")
    assert found.addresses == again.addresses == ("127.0.0.1",)
    assert queries == 6


def test_many_names_at_once():
    async def run():
        def answer(query: bytes) -> bytes:
            return reply(
                query, f"{dns.message.from_wire(query).question[0].name} 60 IN A 127.0.0.1"
            )

        async with name_server(answer) as (server, _):
            resolver = Resolver(server)
            names = [f"n{n}.example" for n in range(400)]
            answers = await asyncio.gather(*map(resolver.resolve, names))
            await resolver.close()
            return answers

    assert {answer.addresses for answer in asyncio.run(run())} == {("127.0.0.1",)}


def test_literals_are_not_asked_for():
    assert [answer.addresses for answer in ask("192.0.2.1", "127.0.0.1", "::1")] == [
        ("127.0.0.1",),
        ("::1",),
    ]


@pytest.mark.parametrize("server", ["", "dc01.contoso.com", "1.2.3.4:x", "1.2.3.4:99999", "[::1"])
def test_a_resolver_is_an_address(server):
    with pytest.raises(ValueError, match=r"DNS server|port|bracket"):
        Resolver(server)


def test_the_hosts_file_comes_first_without_a_resolver(monkeypatch, tmp_path):
    file = tmp_path / "hosts"
    file.write_text(
        "# note\n127.0.0.7 MP01.contoso.com mp01 # ours\n::1 mp01\nnonsense mp01\n\n10.0.0.1\n"
    )
    table = hostsfile.read(file)
    assert table == {"mp01.contoso.com": ("127.0.0.7",), "mp01": ("127.0.0.7", "::1")}
    assert hostsfile.read(tmp_path / "missing") == {}
    monkeypatch.setattr(hostsfile, "table", lambda: table)

    async def run(family: Family):
        return await Resolver(None, family).resolve("MP01")

    answer = asyncio.run(run(Family.ANY))
    assert (answer.addresses, answer.source) == (("127.0.0.7", "::1"), "hosts")
    assert asyncio.run(run(Family.IPV6)).addresses == ("::1",)


def test_a_resolver_of_its_own_ignores_the_hosts_file(monkeypatch):
    monkeypatch.setattr(hostsfile, "table", lambda: {"a.example": ("127.0.0.7",)})
    (found,), _ = with_server(
        lambda query: reply(query, "a.example. 60 IN A 127.0.0.1"), "a.example"
    )
    assert found.addresses == ("127.0.0.1",)


def test_a_short_name_is_completed_by_the_search_list(monkeypatch):
    from probe.net import questions

    async def run():
        def answer(query: bytes) -> bytes:
            name = dns.message.from_wire(query).question[0].name.to_text()
            if name == "mp01.corp.contoso.com.":
                return reply(query, f"{name} 60 IN A 127.0.0.1")
            return reply(query, rcode=dns.rcode.NXDOMAIN)

        async with name_server(answer) as (server, _):
            host, _, port = server.partition(":")
            search = ("contoso.com", "corp.contoso.com")
            monkeypatch.setattr(questions, "platform", lambda: (((host, int(port)),), search))
            resolver = Resolver(None)
            found = await resolver.resolve("mp01"), await resolver.resolve("mp02")
            await resolver.close()
            return found

    found, missing = asyncio.run(run())
    assert found.addresses == ("127.0.0.1",)
    assert missing.failure.kind == "not_found"


def test_without_any_name_server(monkeypatch):
    from probe.net import questions

    monkeypatch.setattr(questions, "platform", lambda: ((), ()))
    monkeypatch.setattr(hostsfile, "table", dict)
    answer = asyncio.run(Resolver(None).resolve("a.example"))
    assert (answer.failure.kind, answer.failure.detail) == (
        "server_failure",
        "no name server is configured",
    )


@pytest.mark.parametrize(
    ("literal", "family", "words"),
    [
        ("127.0.0.2", Family.IPV6, "127.0.0.2 is an IPv4 address, and only IPv6 was asked for"),
        ("::1", Family.IPV4, "::1 is an IPv6 address, and only IPv4 was asked for"),
    ],
)
def test_a_literal_of_the_other_family_is_no_address(literal, family, words):
    (answer,) = ask("127.0.0.1", literal, family=family)
    assert (answer.failure.kind, answer.failure.detail) == ("no_address", words)
    assert answer.addresses == ()
    (fits,) = ask("127.0.0.1", literal)
    assert fits.failure is None


def test_a_name_of_the_hosts_file_with_the_other_family_says_so(monkeypatch):
    monkeypatch.setattr(hostsfile, "table", lambda: {"only4.example": ("127.0.0.1",)})

    async def run():
        async with name_server(lambda query: reply(query, rcode=dns.rcode.NXDOMAIN)) as (server, _):
            resolver = Resolver(None, Family.IPV6)
            resolver._asker = questions.Asker((_address(server),))
            try:
                return await resolver.resolve("only4.example")
            finally:
                await resolver.close()

    answer = asyncio.run(run())
    assert answer.failure.detail == (
        "only4.example has only IPv4 addresses, and only IPv6 was asked for"
    )


def test_a_long_way_of_aliases_is_told_in_short():
    names = [f"l{number}" for number in range(1, 12)]
    assert questions.way("l0", names) == "l0 → l1 → … → l11: l11"
    assert questions.way("l0", names[:2]) == "l0 → l1 → l2: l2"
    assert questions.way("l0", []) == "l0"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_port_where_nobody_listens_takes_no_time(address):
    if ":" in address and not has_ipv6():
        pytest.skip("no IPv6 on loopback")
    port = free_port(address, socket.SOCK_DGRAM)
    server = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    begun = time.perf_counter()
    answer = asyncio.run(Resolver(server).resolve("mp01.contoso.com"))
    assert time.perf_counter() - begun < sum(questions.PATIENCE) / 2
    assert (answer.failure.kind, "refused" in answer.failure.detail) == (Kind.SERVER_FAILURE, True)

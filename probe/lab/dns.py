"""An authoritative name server on loopback, over UDP and TCP on one port (RFC 1035, 7766)."""

import asyncio
import struct
from collections.abc import Iterable
from typing import Any, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from probe.lab.listening import LOOPBACK, Listeners, bind

TTL = 3600
_LENGTH = struct.Struct("!H")
_LONGEST_CHAIN = 8  # aliases followed within one answer
_UDP_PAYLOAD = 512  # what a client that sends no EDNS takes (RFC 1035, 4.2.1)


class Zone:
    """The names of the lab; every other name does not exist (RFC 2308)."""

    def __init__(self, records: Iterable[tuple[str, str, str]]) -> None:
        """Take ``(name, type, text)`` records, such as ``("www.contoso.com", "CNAME", "…")``."""
        self._sets: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], dns.rrset.RRset] = {}
        self._names: set[dns.name.Name] = set()
        self._soa = dns.rrset.from_text(
            "contoso.com.",
            TTL,
            "IN",
            "SOA",
            "dc01.corp.contoso.com. hostmaster.contoso.com. 1 900 600 86400 3600",
        )
        for name, kind, text in records:
            self._add(dns.name.from_text(name), kind, text)

    def _add(self, name: dns.name.Name, kind: str, text: str) -> None:
        rdatatype = dns.rdatatype.from_text(kind)
        key = (name, rdatatype)
        rdata = dns.rdata.from_text(dns.rdataclass.IN, rdatatype, text)
        if key in self._sets:
            self._sets[key].add(rdata, TTL)
        else:
            self._sets[key] = dns.rrset.from_rdata(name, TTL, rdata)
        # An ancestor of a name exists, although it owns no record (RFC 8020).
        while name != dns.name.root:
            self._names.add(name)
            name = name.parent()

    def answer(self, octets: bytes, *, limit: int | None = None) -> bytes | None:
        """Answer one message; None for what is no query. Longer than ``limit``: truncated."""
        try:
            query = dns.message.from_wire(octets)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR or len(query.question) != 1:
            return None
        response = dns.message.make_response(query, our_payload=1232)
        if query.opcode() != dns.opcode.QUERY:
            response.set_rcode(dns.rcode.NOTIMP)
        else:
            self._resolve(query.question[0], response)
        return self._wire(query, response, limit)

    def _resolve(self, question: dns.rrset.RRset, response: dns.message.Message) -> None:
        response.flags |= dns.flags.AA
        name = question.name
        for _ in range(_LONGEST_CHAIN):
            found = self._sets.get((name, question.rdtype))
            if found is not None:
                response.answer.append(found)
                return
            alias = self._sets.get((name, dns.rdatatype.CNAME))
            if alias is None:
                break
            response.answer.append(alias)
            name = alias[0].target
        if name not in self._names:
            response.set_rcode(dns.rcode.NXDOMAIN)
        response.authority.append(self._soa)

    @staticmethod
    def _wire(
        query: dns.message.Message, response: dns.message.Message, limit: int | None
    ) -> bytes:
        wire = response.to_wire()
        if limit is None or len(wire) <= max(limit, query.payload):
            return wire
        short = dns.message.make_response(query)
        short.flags |= dns.flags.AA | dns.flags.TC
        return short.to_wire()


class _Datagrams(asyncio.DatagramProtocol):
    """UDP: one datagram, one message."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer through."""
        # Not an instance of it before Python 3.12, though it has always behaved as one.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Answer, unless it was no query."""
        answer = self._zone.answer(data, limit=_UDP_PAYLOAD)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


class _Stream:
    """TCP: every message behind its length (RFC 1035, 4.2.2)."""

    def __init__(self, zone: Zone) -> None:
        self.finished = False
        self._zone = zone
        self._buffer = b""

    def receive(self, data: bytes) -> bytes:
        """Answer every message that is complete."""
        self._buffer += data
        answers = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                break
            answer = self._zone.answer(self._buffer[_LENGTH.size : end])
            self._buffer = self._buffer[end:]
            if answer is None:
                self.finished = True
                break
            answers.append(_LENGTH.pack(len(answer)) + answer)
        return b"".join(answers)


class NameServer:
    """Serves a zone on a free port of loopback until it is closed."""

    def __init__(self, zone: Zone) -> None:
        """Serve ``zone``."""
        self._zone = zone
        self._transport: asyncio.DatagramTransport | None = None
        self.address = ""

    async def start(self, listeners: Listeners) -> None:
        """Listen; ``address`` then says where, as ``IP:PORT``. TCP lives with ``listeners``."""
        datagrams, stream = bind((LOOPBACK,), datagrams=True)
        self.address = f"{LOOPBACK}:{stream.getsockname()[1]}"
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Datagrams(self._zone), sock=datagrams
        )
        await listeners.serve(stream, lambda: _Stream(self._zone))

    async def aclose(self) -> None:
        """Close the UDP side."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
            await asyncio.sleep(0)  # the turn in which the transport closes its socket

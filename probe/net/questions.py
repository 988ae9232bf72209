"""One DNS question, asked of name servers until one of them answers (RFC 1035, 6891, 7766).

dnspython builds and reads the messages and moves them; deciding is done here. Answers are
hostile: chains of aliases are capped, loops end, and what does not fit the question is refused.
"""

import asyncio
import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import dns.asyncbackend
import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from probe.model.failure import Failure, Kind, Stage
from probe.net import failures

Server = tuple[str, int]

PATIENCE: Final = (1.0, 2.0, 4.0)
"""Seconds to wait for a server in each round; a lost datagram is the usual reason for the next."""

LONGEST: Final = 86400
"""Seconds after which any answer is asked for again."""

_LONGEST_CHAIN: Final = 16
_MOST_STEPS: Final = 6
_PAYLOAD: Final = 1232
_OUTSTANDING: Final = 64
"""Queries at once: with 200 on their way, replies were seen to be dropped."""


@dataclass(slots=True)
class Found:
    """What was learned: addresses, the aliases on the way in order, and for how many seconds."""

    addresses: list[str] = field(default_factory=list)
    chain: list[str] = field(default_factory=list)
    ttl: int = LONGEST
    failure: Failure | None = None

    def follow(self, aliases: list[dns.name.Name], ttl: int) -> None:
        """Note aliases in their order; ChainTooLong when they end nowhere."""
        self.ttl = min(self.ttl, ttl)
        self.chain += [alias.to_text(omit_final_dot=True).lower() for alias in aliases]
        if len(self.chain) > _LONGEST_CHAIN or len(set(self.chain)) < len(self.chain):
            raise dns.message.ChainTooLong


class Asker:
    """Asks ``servers`` in order, with at most so many questions on their way at once."""

    def __init__(self, servers: tuple[Server, ...]) -> None:
        self._servers = servers
        self._turn = asyncio.Semaphore(_OUTSTANDING)
        self._backend = _connected()
        self._plain: set[Server] = set()

    async def addresses(self, name: str, kind: str) -> Found:
        """Return the addresses of one type (``A`` or ``AAAA``), following aliases."""
        found = Found()
        rdtype = dns.rdatatype.from_text(kind)
        try:
            current = dns.name.from_text(name)
            while True:
                response = await self._ask(current, rdtype)
                result = response.resolve_chaining()
                aliases = [rrset[0].target for rrset in result.cnames]
                found.follow(aliases, result.minimum_ttl)
                if result.answer is not None:
                    found.addresses = [record.address for record in result.answer]
                    return found
                if response.rcode() == dns.rcode.NXDOMAIN:
                    detail = f"{way(name, found.chain)} does not exist"
                    found.failure = Failure(Stage.DNS, Kind.NOT_FOUND, detail)
                    return found
                if not aliases or response.authority:
                    return found
                # The answer ends with an alias and says nothing of its target.
                current = aliases[-1]
        except dns.message.ChainTooLong:
            detail = "the aliases form a loop, or too long a chain"
            found.failure = Failure(Stage.DNS, Kind.SERVER_FAILURE, detail)
        except _ServersFailed as error:
            found.failure = error.failure
        except Exception as error:  # noqa: BLE001 - translated in the one table
            found.failure = failures.translate(Stage.DNS, error)
        return found

    async def _ask(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
    ) -> dns.message.QueryMessage:
        failure = Failure(Stage.DNS, Kind.SERVER_FAILURE, "no name server is configured")
        for patience in PATIENCE:
            worth = False
            for server in self._servers:
                try:
                    async with self._turn:
                        response = await self._send(name, rdtype, server, patience)
                except Exception as error:  # noqa: BLE001 - translated in the one table
                    failure = failures.translate(Stage.DNS, error)
                    failure = Failure(
                        failure.stage, failure.kind, f"{_at(server)}: {failure.detail}"
                    )
                    worth = worth or failure.kind is Kind.TIMEOUT
                    continue
                rcode = response.rcode()
                if rcode in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
                    return response
                detail = f"{_at(server)} answered {dns.rcode.to_text(rcode)}"
                failure = Failure(Stage.DNS, Kind.SERVER_FAILURE, detail)
            if not worth:
                break
        raise _ServersFailed(failure)

    async def _send(
        self,
        name: dns.name.Name,
        rdtype: dns.rdatatype.RdataType,
        server: Server,
        patience: float,
    ) -> dns.message.QueryMessage:
        """Ask one server over UDP, and over TCP when its answer was cut."""
        edns = server not in self._plain
        query = dns.message.make_query(
            name, rdtype, use_edns=0 if edns else False, payload=_PAYLOAD
        )
        response, _ = await dns.asyncquery.udp_with_fallback(
            query,
            server[0],
            timeout=patience,
            port=server[1],
            ignore_unexpected=True,
            backend=self._backend,
        )
        if edns and response.rcode() == dns.rcode.FORMERR:
            # Older than EDNS (RFC 6891, 7): ask this server without it from now on.
            self._plain.add(server)
            return await self._send(name, rdtype, server, patience)
        if not isinstance(response, dns.message.QueryMessage):
            raise dns.exception.FormError
        return response


def _connected() -> dns.asyncbackend.Backend:  # type: ignore[name-defined] # exported by no name
    """Return dnspython's use of asyncio, with its datagram sockets connected.

    So the system tells at once that nobody listens at a port, which costs seconds otherwise.
    """
    backend = copy.copy(dns.asyncbackend.get_backend("asyncio"))
    backend.datagram_connection_required = lambda: True  # type: ignore[method-assign]
    return backend


class _ServersFailed(Exception):  # noqa: N818 - it carries a Failure out of two loops
    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


def way(name: str, aliases: Sequence[str]) -> str:
    """Name what a name stands for in the end, and how aliases lead there; as a subject."""
    if not aliases:
        return name
    steps = [name, *aliases]
    if len(steps) > _MOST_STEPS:
        steps[2:-1] = ["…"]
    return f"{' → '.join(steps)}: {aliases[-1]}"


def _at(server: Server) -> str:
    host, port = server
    return host if port == 53 else f"{host} port {port}"  # noqa: PLR2004 - the port of DNS


def platform() -> tuple[tuple[Server, ...], tuple[str, ...]]:
    """Return the platform's name servers and its search list; dnspython knows where they stand."""
    import dns.resolver  # noqa: PLC0415 - only for scans without a resolver of their own

    try:
        known = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return (), ()
    servers = tuple(
        (server, known.nameserver_ports.get(server, known.port))
        for server in known.nameservers
        if isinstance(server, str)
    )
    search = tuple(
        domain.to_text(omit_final_dot=True) for domain in known.search if domain != dns.name.root
    )
    return servers, search

"""Names to addresses: literals, the hosts file, and DNS with a cache.

The hosts file is honoured, and a name without a dot is completed by the platform's search list,
exactly when no resolver is named; a named resolver is asked and nothing else is. Every name is
asked once while its answer lives, however many targets want it at once. An answer lives for its
TTL, but never under a minute, so that a short TTL does not ask twice within one scan.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from probe.inventory import hosts
from probe.model.failure import Failure, Kind, Stage
from probe.model.settings import Family
from probe.net import hostsfile

if TYPE_CHECKING:
    from probe.net.questions import Asker, Found

MOST_ADDRESSES: Final = 64
"""Addresses that are probed of one name; more than that is no server but an attack on us."""

_SHORTEST: Final = 60
_HOSTS_FILE: Final = 86400
_GRACE: Final = 2.0
"""Seconds for the other address family once one has addresses: some name servers drop AAAA."""


class Answer:
    """What a name resolves to; ``failure`` instead of addresses where it does not."""

    __slots__ = ("addresses", "chain", "failure", "source", "ttl")

    def __init__(
        self,
        addresses: tuple[str, ...] = (),
        chain: tuple[str, ...] = (),
        failure: Failure | None = None,
        *,
        source: str = "dns",
        ttl: int = _SHORTEST,
    ) -> None:
        self.addresses = addresses
        self.chain = chain
        self.failure = failure
        self.source = source
        self.ttl = ttl


class Resolver:
    """Resolves through ``server`` (``IP`` or ``IP:PORT``), or as the platform does for None."""

    def __init__(self, server: str | None, family: Family = Family.ANY) -> None:
        """Keep the server; ValueError when it is not an address."""
        self._server = None if server is None else _address(server)
        self._family = family
        self._search: tuple[str, ...] = ()
        self._asker: Asker | None = None
        self._known: dict[str, tuple[float, Answer]] = {}
        self._asked: dict[str, asyncio.Task[Answer]] = {}

    async def resolve(self, name: str) -> Answer:
        """Resolve a host name in A-labels or an address literal; never raises but cancellation."""
        if hosts.is_address(name):
            failure = self.unwanted(name)
            return Answer(() if failure else (name,), failure=failure, source="literal")
        name = name.lower()
        loop = asyncio.get_running_loop()
        known = self._known.get(name)
        if known is not None and loop.time() < known[0]:
            return known[1]
        task = self._asked.get(name)
        if task is None:
            task = self._asked[name] = loop.create_task(self._resolve(name))
        # Whoever asked first may have less time than those who wait with it.
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Give up what is still being asked."""
        tasks = list(self._asked.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _resolve(self, name: str) -> Answer:
        try:
            answer = await self._look_up(name)
            until = asyncio.get_running_loop().time() + answer.ttl
            self._known[name] = until, answer
            return answer
        finally:
            self._asked.pop(name, None)

    async def _look_up(self, name: str) -> Answer:
        others: tuple[str, ...] = ()
        if self._server is None:
            listed = hostsfile.table().get(name, ())
            addresses = tuple(address for address in listed if self._wanted(address))
            if addresses:
                return Answer(addresses, source="hosts", ttl=_HOSTS_FILE)
            others = tuple(listed)
        asker = self._ready()
        answer = Answer(failure=Failure(Stage.DNS, Kind.NOT_FOUND, name))
        for candidate in self._candidates(name):
            answer = await self._query(asker, candidate)
            if answer.failure is None or answer.failure.kind is not Kind.NOT_FOUND:
                break
        if others and answer.failure is not None:
            answer.failure = self._only_others(name)
        return answer

    def unwanted(self, address: str) -> Failure | None:
        """Say that an address literal is of the family that was not asked for, if it is."""
        if self._wanted(address):
            return None
        asked, given = self._families()
        detail = f"{address} is an {given} address, and only {asked} was asked for"
        return Failure(Stage.DNS, Kind.NO_ADDRESS, detail)

    def _only_others(self, name: str) -> Failure:
        asked, given = self._families()
        detail = f"{name} has only {given} addresses, and only {asked} was asked for"
        return Failure(Stage.DNS, Kind.NO_ADDRESS, detail)

    def _families(self) -> tuple[str, str]:
        """Name the family that was asked for, and the other one."""
        return ("IPv6", "IPv4") if self._family is Family.IPV6 else ("IPv4", "IPv6")

    def _ready(self) -> "Asker":
        if self._asker is None:
            # dnspython is large, and a scan of addresses needs none of it.
            from probe.net import questions  # noqa: PLC0415

            servers: tuple[tuple[str, int], ...]
            if self._server is None:
                servers, self._search = questions.platform()
            else:
                servers = (self._server,)
            self._asker = questions.Asker(servers)
        return self._asker

    def _candidates(self, name: str) -> Iterator[str]:
        if "." not in name:
            yield from (f"{name}.{domain}" for domain in self._search)
        yield name

    async def _query(self, asker: "Asker", name: str) -> Answer:
        kinds = {Family.ANY: ("A", "AAAA"), Family.IPV4: ("A",), Family.IPV6: ("AAAA",)}
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(asker.addresses(name, kind)) for kind in kinds[self._family]]
        try:
            done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if waiting:
                enough = any(task.result().addresses for task in done)
                await asyncio.wait(waiting, timeout=_GRACE if enough else None)
        finally:
            for task in tasks:
                task.cancel()
        answer = _merge(name, [task.result() for task in tasks if task.done()])
        if answer.failure is not None and answer.failure.kind is Kind.NO_ADDRESS:
            await self._look_at_the_other(asker, name, answer)
        return answer

    async def _look_at_the_other(self, asker: "Asker", name: str, answer: Answer) -> None:
        """Tell a name without addresses from one that has some, but not as they are wanted."""
        if self._family is not Family.ANY:
            other = await asker.addresses(name, "A" if self._family is Family.IPV6 else "AAAA")
            if other.addresses:
                answer.failure = self._only_others(name)

    def _wanted(self, address: str) -> bool:
        if self._family is Family.ANY:
            return True
        return (":" in address) == (self._family is Family.IPV6)


def _merge(name: str, found: "list[Found]") -> Answer:
    """Make one answer of the families': addresses win, then what says most of the name."""
    addresses = tuple(dict.fromkeys(address for part in found for address in part.addresses))
    ttl = max(_SHORTEST, min(part.ttl for part in found))
    chain = max((tuple(part.chain) for part in found), key=len)
    if addresses:
        ordered = sorted(addresses, key=_order)
        return Answer(tuple(ordered[:MOST_ADDRESSES]), chain, ttl=ttl)
    failed = [part.failure for part in found if part.failure is not None]
    missing = [failure for failure in failed if failure.kind is Kind.NOT_FOUND]
    none = Failure(Stage.DNS, Kind.NO_ADDRESS, f"{_way(name, chain)} has no address")
    return Answer((), chain, (*missing, *failed, none)[0], ttl=ttl)


def _way(name: str, chain: tuple[str, ...]) -> str:
    from probe.net import questions  # noqa: PLC0415 - it has answered, so it is there

    return questions.way(name, chain)


def _order(address: str) -> tuple[int, bytes]:
    """Order addresses the same way at every scan: IPv4 first, then by value."""
    value = ip_address(address)
    return value.version, value.packed


def _address(server: str) -> tuple[str, int]:
    host, port = hosts.split(server)
    with contextlib.suppress(ValueError):
        return hosts.address(host), port or 53
    raise ValueError(f"{server}: not IP or IP:PORT of a DNS server")

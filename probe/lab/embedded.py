"""The whole lab: started on loopback, ended without a trace."""

import asyncio
import contextlib
import functools
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from probe.lab import keys, paperwork
from probe.lab.browser import Browser
from probe.lab.builder import Issued
from probe.lab.certify import certify, chain
from probe.lab.contoso import REPOSITORY_HOST, Contoso
from probe.lab.databases import FAULTY as FAULTY_DATABASES
from probe.lab.databases import SOUND as SOUND_DATABASES
from probe.lab.dns import NameServer, Zone
from probe.lab.endpoint import Door, Endpoint, Key, Leaf, Planted, Running
from probe.lab.faulty import FAULTY, TWO_ADDRESSES
from probe.lab.https import Tls, server_context
from probe.lab.listening import (
    LOOPBACK,
    LOOPBACK_6,
    Abrupt,
    Conversation,
    Listeners,
    Silent,
    bind,
    has_ipv6,
)
from probe.lab.liveness import pages
from probe.lab.records import records
from probe.lab.sound import SOUND
from probe.lab.tds import STRICT, Encrypts, Login, Tds
from probe.lab.web import Web, lowered
from probe.model.roles import ROLES

TIMEOUT = 3.0
"""What the inventory grants each target, in seconds: the silent one takes all of it."""


def endpoints() -> tuple[Endpoint, ...]:
    """Return every server that this machine can run."""
    chosen = [*SOUND, *SOUND_DATABASES, *FAULTY, *FAULTY_DATABASES]
    chosen += TWO_ADDRESSES if has_ipv6() else ()
    return tuple(
        endpoint for endpoint in chosen if endpoint.door is not Door.LEGACY_TLS or ssl.HAS_TLSv1
    )


class Lab:
    """An asynchronous context manager; inside it, the lab runs on the current event loop.

    ``inventory`` is the path of its inventory, ``planted`` what a scan of it must find,
    ``resolver`` its name server as ``IP:PORT``, ``repository`` the URL that CRLs are under.
    """

    def __init__(self, directory: Path, now: datetime, *, timeout: float = TIMEOUT) -> None:
        """Prepare a lab for the instant ``now`` (aware), with its files in ``directory``."""
        self._directory = directory
        self._now = now.astimezone(UTC).replace(microsecond=0)
        self._timeout = timeout
        self._stack = contextlib.AsyncExitStack()
        self._listeners = Listeners()
        self._browser = Browser()
        self._hinges: dict[str, tuple[Endpoint, Contoso, list[_Hinge]]] = {}
        self.inventory = directory / "contoso.toml"
        self.planted: tuple[Planted, ...] = ()
        self.resolver = ""
        self.repository = ""

    async def __aenter__(self) -> Self:
        """Start every server and write the inventory; nothing stays open if that fails."""
        async with contextlib.AsyncExitStack() as starting:
            starting.push_async_callback(self._listeners.aclose)
            await self._start(starting)
            self._stack = starting.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close every port and connection; the files stay."""
        await self._stack.aclose()

    def describe(self) -> str:
        """Return a line for each target: where it is, and what is planted there."""
        width = max((len(planted.target) for planted in self.planted), default=0)
        return "\n".join(
            f"{planted.target:{width}}  {_verdict(planted):5}  {planted.title}"
            for planted in self.planted
        )

    def renew(self, target: str, leaf: Leaf | None = None) -> None:
        """Give a server a certificate issued anew, the one of its system unless ``leaf`` is given.

        New connections meet it; the inventory and what is planted stay as they were. May be called
        from any thread. KeyError for a target that serves none.
        """
        endpoint, contoso, hinges = self._hinges[target]
        new = msgspec.structs.replace(endpoint, leaf=leaf or Leaf(), second=None)
        issued = certify(contoso, new.leaf, new.system, self._now)
        for hinge in hinges:
            hinge.open = _door(new, issued, contoso)

    async def _start(self, starting: contextlib.AsyncExitStack) -> None:
        lengths = [key.bits for key in Key if key.bits is not None]
        # Generating RSA keys takes its time, but not the interpreter's lock.
        await asyncio.gather(*(asyncio.to_thread(keys.rsa_key, bits) for bits in lengths))
        (bound,) = bind((LOOPBACK,))
        self.repository = f"http://{REPOSITORY_HOST}:{bound.getsockname()[1]}"
        contoso = Contoso(self._now, self.repository)
        published = lowered(contoso.published())
        await self._listeners.serve(bound, lambda: Web(published))

        starting.push_async_callback(self._browser.aclose)
        await self._browser.start()
        running = [await self._run(endpoint, contoso) for endpoint in endpoints()]
        server = NameServer(Zone(records(running)))
        starting.push_async_callback(server.aclose)
        await server.start(self._listeners)
        self.resolver = server.address
        paperwork.write(
            self.inventory, contoso, running, resolver=self.resolver, timeout=self._timeout
        )
        self.planted = tuple(entry.planted for entry in running)

    async def _run(self, endpoint: Endpoint, contoso: Contoso) -> Running:
        """Open the door of ``endpoint``, at as many addresses as it has."""
        if endpoint.door is Door.ABSENT:
            port = ROLES[endpoint.system.roles[0]].port
            return Running(endpoint=endpoint, addresses=(), port=port)
        addresses = [LOOPBACK]
        if endpoint.both_families and has_ipv6():
            addresses.append(LOOPBACK_6)
        sockets = bind(addresses)
        hinges = []
        for bound, issued in zip(sockets, self._certificates(endpoint, contoso), strict=False):
            if endpoint.door is Door.CLOSED:
                self._listeners.hold(bound)
            else:
                hinge = _Hinge(_door(endpoint, issued, contoso))
                await self._listeners.serve(bound, hinge)
                hinges.append(hinge)
        expected = None
        if endpoint.renewed:
            expected = certify(contoso, endpoint.leaf, endpoint.system, self._now).sha256
        running = Running(
            endpoint=endpoint,
            addresses=tuple(addresses),
            port=sockets[0].getsockname()[1],
            expected_thumbprint=expected,
            browser_port=None if endpoint.system.instance is None else self._browser.port,
        )
        self._browser.add(running)
        if hinges:
            self._hinges[running.target] = (endpoint, contoso, hinges)
        return running

    def _certificates(self, endpoint: Endpoint, contoso: Contoso) -> tuple[Issued, Issued]:
        """Return the certificates for the first and the second address."""
        first = certify(contoso, endpoint.leaf, endpoint.system, self._now)
        if endpoint.second is None:
            return first, first
        return first, certify(contoso, endpoint.second, endpoint.system, self._now)


class _Hinge:
    """What opens for each connection, and can be another door from the next one on."""

    def __init__(self, door: Callable[[], Conversation]) -> None:
        self.open = door

    def __call__(self) -> Conversation:
        return self.open()


def _door(endpoint: Endpoint, issued: Issued, contoso: Contoso) -> Callable[[], Conversation]:
    match endpoint.door:
        case Door.SILENT:
            return Silent
        case Door.ABRUPT:
            return Abrupt
        case Door.TDS | Door.TDS_FORCED | Door.TDS_PLAIN | Door.TDS_STRICT as door:
            return _database(door, issued, chain(issued, endpoint.sent))
    web = functools.partial(Web, lowered(pages(endpoint.system.roles) | endpoint.pages))
    if endpoint.door is Door.HTTP:
        return web
    context = server_context(
        issued,
        chain(issued, endpoint.sent),
        asks=endpoint.asks,
        legacy=endpoint.door is Door.LEGACY_TLS,
        clients=contoso.clients.der,
    )
    return lambda: Tls(context, web(), asks=endpoint.asks)


def _database(door: Door, issued: Issued, sent: tuple[bytes, ...]) -> Callable[[], Conversation]:
    if door is Door.TDS_STRICT:
        strict = server_context(issued, sent)
        strict.set_alpn_protocols([STRICT])
        return lambda: Tls(strict, Login(Encrypts.FORCED))
    encrypts = {Door.TDS: Encrypts.OPTIONAL, Door.TDS_FORCED: Encrypts.FORCED}
    context = server_context(issued, sent, tds=True)
    return lambda: Tds(context, encrypts.get(door, Encrypts.NEVER))


def _verdict(planted: Planted) -> str:
    return "fault" if planted.rules or planted.failure else "sound"

"""What happens at one address of a SQL Server.

Up to TDS 7.4 the handshake comes after PRELOGIN and inside TDS packets; in TDS 8.0 ("strict") TLS
comes first and PRELOGIN inside it. A named instance without a port is looked up before.

PRELOGIN inside TLS needs a connection of its own: the observer completes a handshake and carries
no data, so OpenSSL shakes hands once more and its stream carries the two messages.
"""

import asyncio
from typing import Final

from probe.model.failure import Failure, Kind, Stage
from probe.model.roles import ROLES
from probe.model.stages import (
    Browsed,
    Connected,
    Failed,
    HandshakeFailed,
    Handshaken,
    Prelogin,
    Skipped,
)
from probe.model.target import Target, Transport
from probe.net import failures
from probe.net.browse import browse
from probe.net.connection import Connection
from probe.net.deadline import Deadline
from probe.net.engines import Attempts
from probe.net.line import Broken, Route
from probe.net.opening import Opening
from probe.net.openssl import OpenSsl
from probe.net.session import Session
from probe.net.story import BEFORE, SQL, Story
from probe.net.tds.greeting import Greeting
from probe.net.tlsstream import TlsStream, TooMuch
from probe.tls.hello import TLS12, TLS13

STRICT: Final = ("tds/8.0",)

_SHARE: Final = 0.4
"""The part of a target's time that PRELOGIN may take when TLS first is still to be tried."""

_UNPROXIED: Final = Skipped(because="a proxy carries no question to SQL Server Browser")


def is_sql(target: Target) -> bool:
    """Whether a target is to be spoken to as a SQL Server."""
    if target.transport is Transport.AUTO:
        return any(ROLES[role].sql for role in target.roles if role in ROLES)
    return target.transport in (Transport.TDS, Transport.TDS_STRICT)


class SqlStory(Story):
    """One address of a SQL Server."""

    __slots__ = ()

    def __init__(
        self,
        target: Target,
        host: str,
        address: str | None,
        session: Session,
        deadline: Deadline,
    ) -> None:
        """Look at ``address`` as `Story` does."""
        super().__init__(target, host, address, session, deadline)
        self._http = SQL
        self._prelogin = BEFORE

    async def _tell(self) -> None:
        if self._target.browser_port is not None and not await self._browse(
            self._target.browser_port
        ):
            return
        if self._target.transport is not Transport.TDS_STRICT:
            await self._inside_packets()
            if self._target.transport is not Transport.AUTO or not isinstance(
                self._prelogin, Failed
            ):
                return
        await self._strictly()

    async def _browse(self, port: int) -> bool:
        """Ask for the port of the instance; False when there is no answer to go on with."""
        if self._session.proxy is not None:
            self._browser = self._connection = _UNPROXIED
            return False
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            found = await browse(self._route.host, port, self._target.instance or "")
        except asyncio.CancelledError:
            failure = Failure(Stage.BROWSER, Kind.TIMEOUT, "no answer within the deadline")
            self._browser = Failed(failure, loop.time() - begun)
            raise
        self._browser = found
        if isinstance(found, Browsed):
            self._route = Route(self._route.host, found.port)
            return True
        self._connection = BEFORE
        return False

    async def _inside_packets(self) -> None:
        """Shake hands as TDS 7 has it."""
        seconds = self._session.settings.timeout or self._target.timeout
        automatic = self._target.transport is Transport.AUTO
        opening = self._opening = Opening(seconds * _SHARE if automatic else None)
        self._maximum = TLS12
        try:
            await self._shake_hands(Attempts(self._session, self._host, maximum=TLS12))
        finally:
            self._prelogin = opening.stage
        if opening.failure is not None and isinstance(self._prelogin, Prelogin):
            # It answered, so nothing failed but what would have come next.
            self._handshake = HandshakeFailed(failure=opening.failure, seconds=0.0, engine="none")
        await self._survey()

    async def _strictly(self) -> None:
        """Shake hands as TDS 8.0 has it."""
        self._opening = None
        self._maximum = TLS13
        self._alpn = STRICT
        connection, proxy = self._connection, self._proxy
        await self._shake_hands(Attempts(self._session, self._host, STRICT))
        if isinstance(connection, Connected):
            # That of the first attempt stands: it tells as much.
            self._connection, self._proxy = connection, proxy
        if not isinstance(self._handshake, Handshaken):
            await self._survey()
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ask_inside())
            await self._survey()

    async def _ask_inside(self) -> None:
        """Ask for PRELOGIN inside TLS."""
        loop = asyncio.get_running_loop()
        greeting = Greeting()
        begun = loop.time()
        failure: Failure | None = None
        line = self._line()
        try:
            async with line as wire:
                failure = await self._greet(wire, line.early, greeting)
        except Broken as broken:
            failure = Failure(Stage.PRELOGIN, Kind.CLOSED, str(broken.failure))
        except asyncio.CancelledError:
            greeting.expire()
            raise
        except Exception as error:  # noqa: BLE001 - translated in the one table
            failure = failures.translate(Stage.PRELOGIN, error)
        finally:
            seconds = loop.time() - begun
            failure = failure or greeting.failure
            if failure is not None:
                self._prelogin = Failed(failure, seconds)
            elif greeting.answer is not None:
                version = greeting.answer.version
                self._prelogin = Prelogin(seconds=seconds, version=version, encryption="strict")

    async def _greet(self, wire: Connection, early: bytes, greeting: Greeting) -> Failure | None:
        """Shake hands with OpenSSL and run ``greeting`` inside; return what kept it from that."""
        session = self._session
        engine = OpenSsl(
            session.context(STRICT), self._host, keep=True, identified=session.identified
        )
        await wire.run(engine, early)
        shaken = engine.result(0.0)
        if isinstance(shaken, HandshakeFailed):
            return Failure(Stage.PRELOGIN, Kind.CLOSED, str(shaken.failure))
        stream = TlsStream(wire, engine)
        stream.write(greeting.begin())
        try:
            while not greeting.finished:
                if data := await stream.read():
                    greeting.receive(data)
                else:
                    greeting.closed(reset=False)
        except TooMuch as error:
            return Failure(Stage.PRELOGIN, Kind.MALFORMED, failures.detail(error))
        stream.close()
        return None

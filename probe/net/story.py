"""What happens at one address of a target, stage by stage."""

import asyncio
from typing import Final

from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import Observation
from probe.model.roles import ROLES
from probe.model.stages import (
    Browser,
    Connection,
    Failed,
    Handshake,
    HandshakeFailed,
    Handshaken,
    Http,
    HttpFailed,
    PreloginStage,
    Proxy,
    Resolution,
    Skipped,
    Versions,
)
from probe.model.target import Target
from probe.net import failures
from probe.net.connection import Connection as Wire
from probe.net.deadline import Deadline
from probe.net.engines import Attempts
from probe.net.exchange import Exchange
from probe.net.line import Broken, Line, Route
from probe.net.opening import Opening
from probe.net.session import Session
from probe.net.versions import Survey
from probe.tls.hello import TLS13
from probe.tls.versions import VersionProbe

WEB: Final = ("h2", "http/1.1")

BEFORE: Final = Skipped(because="an earlier stage did not succeed")
_LATE = Skipped(because="the deadline passed before")
_UNUSED = Skipped(because="not used for this target")
_DISABLED = Skipped(because="switched off")
SQL: Final = Skipped(because="SQL Server speaks no HTTP")
_NO_PATH = Skipped(because="no role of this target has a path that tells whether it is alive")


class Story:
    """One address. It can be read at any time; what is not reached stays skipped.

    ``address`` is None where the proxy resolves the name.
    """

    __slots__ = (
        "_alpn",
        "_browser",
        "_connection",
        "_deadline",
        "_handshake",
        "_host",
        "_http",
        "_maximum",
        "_opening",
        "_prelogin",
        "_proxy",
        "_route",
        "_session",
        "_target",
        "_versions",
        "address",
    )

    def __init__(
        self,
        target: Target,
        host: str,
        address: str | None,
        session: Session,
        deadline: Deadline,
    ) -> None:
        """Look at ``address``; ``host`` is the target's name in A-labels, or its address."""
        self.address = address
        self._target = target
        self._session = session
        self._deadline = deadline
        self._host = host
        self._route = Route(address or host, target.port)
        # What comes before each handshake on its connection, and the newest version offered.
        self._opening: Opening | None = None
        self._maximum = TLS13
        self._alpn: tuple[str, ...] = ()
        self._browser: Browser = _UNUSED
        self._connection: Connection = _LATE
        self._proxy: Proxy = _UNUSED
        self._prelogin: PreloginStage = _UNUSED
        self._handshake: Handshake = BEFORE
        self._versions: Versions = BEFORE
        self._http: Http = BEFORE

    def observation(self, resolution: Resolution) -> Observation:
        """Return what is known."""
        return Observation(
            resolution=resolution,
            browser=self._browser,
            connection=self._connection,
            proxy=self._proxy,
            prelogin=self._prelogin,
            handshake=self._handshake,
            versions=self._versions,
            http=self._http,
        )

    async def run(self) -> None:
        """Go through the stages; raises nothing but cancellation."""
        try:
            await self._tell()
        except Exception as error:  # noqa: BLE001 - translated in the one table
            failure = failures.translate(Stage.TLS, error)
            if isinstance(self._handshake, Skipped):
                self._handshake = HandshakeFailed(failure=failure, seconds=0.0, engine="none")
            elif isinstance(self._versions, Skipped):
                self._versions = Failed(failure)

    async def _tell(self) -> None:
        sql = any(ROLES[role].sql for role in self._target.roles if role in ROLES)
        await self._shake_hands(Attempts(self._session, self._host, () if sql else WEB))
        path = self._path(sql=sql)
        if path is None or not isinstance(self._handshake, Handshaken):
            await self._survey()
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look(path))
            await self._survey()

    def _line(self) -> Line:
        return Line(self._route, self._session, self._deadline)

    async def _shake_hands(self, attempts: Attempts) -> None:
        """Shake hands, more than once where another attempt tells more.

        Each attempt has a connection of its own; without one there are no more.
        """
        loop = asyncio.get_running_loop()
        while (engine := attempts.next()) is not None:
            line = self._line()
            first = attempts.best is None
            try:
                async with line as wire:
                    exchange, early = await self._open(wire, engine, line.early)
                    begun = loop.time()
                    try:
                        await wire.run(exchange, early)
                    finally:
                        attempts.note(engine, loop.time() - begun)
                        self._handshake = attempts.best or self._handshake
            except Broken:
                return
            finally:
                if first:
                    self._connection, self._proxy = line.connection, line.proxy

    async def _open(self, wire: Wire, exchange: Exchange, early: bytes) -> tuple[Exchange, bytes]:
        """Do what comes before a handshake; return how that goes on, and early octets."""
        if self._opening is None:
            return exchange, early
        return await self._opening.run(wire, exchange, early)

    async def _survey(self) -> None:
        """Learn which versions the server accepts."""
        handshake = self._handshake
        negotiated = getattr(handshake, "version", None)
        if not self._session.settings.versions:
            self._versions = _DISABLED
        elif isinstance(handshake, (Handshaken, HandshakeFailed)) and negotiated:
            survey = Survey(self._host, negotiated, self._maximum, self._alpn)
            loop = asyncio.get_running_loop()
            begun = loop.time()
            try:
                await survey.run(self._ask)
            finally:
                self._versions = survey.result(loop.time() - begun)

    async def _ask(self, probe: VersionProbe) -> Failure | None:
        """Run a probe; the failure is that of its connection."""
        line = self._line()
        try:
            async with line as wire:
                await wire.run(*await self._open(wire, probe, line.early))
        except Broken as broken:
            return broken.failure
        except Exception as error:  # noqa: BLE001 - translated in the one table
            return failures.translate(Stage.TLS, error)
        return None

    def _path(self, *, sql: bool) -> str | None:
        """Return the liveness path of the first role that has one; None with the reason noted."""
        roles = [ROLES[role] for role in self._target.roles if role in ROLES]
        path = next((role.liveness_path for role in roles if role.liveness_path), None)
        if not self._session.settings.http:
            self._http = _DISABLED
        elif sql:
            self._http = SQL
        elif path is None:
            self._http = _NO_PATH
        else:
            return path
        return None

    async def _look(self, path: str) -> None:
        """Ask whether the role is there."""
        # httpx is large, and many scans need none of it.
        from probe.net import http  # noqa: PLC0415

        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            self._http = await http.get(
                self._session, self._line(), self._host, self._target.port, path
            )
        except asyncio.CancelledError:
            failure = Failure(Stage.HTTP, Kind.TIMEOUT, "no answer within the deadline")
            self._http = HttpFailed(failure, loop.time() - begun)
            raise

"""A line to the target: slot, TCP connection, and the tunnel through the proxy if there is one."""

import asyncio
from types import TracebackType
from typing import NamedTuple

from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import Connected, Connection, Failed, Proxied, Proxy, Skipped
from probe.net import failures
from probe.net import proxy as proxies
from probe.net.connection import Connection as Wire
from probe.net.deadline import Deadline
from probe.net.session import Session

_NO_PROXY = Skipped(because="no proxy is used")


class Route(NamedTuple):
    """Where to: ``host`` is the address, or with a proxy what it shall connect to."""

    host: str
    port: int


class Broken(Exception):  # noqa: N818 - it carries a Failure out of a context manager
    """The line could not be made."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class Line:
    """An asynchronous context manager: a connected `Wire`, or Broken.

    ``connection`` and ``proxy`` tell how it went, whatever happens. A proxy that cannot be
    reached is a failure of stage proxy: it says nothing of the target.
    """

    __slots__ = (
        "_deadline",
        "_held",
        "_route",
        "_session",
        "_wire",
        "connection",
        "early",
        "proxy",
    )

    def __init__(self, route: Route, session: Session, deadline: Deadline) -> None:
        self.connection: Connection = Skipped(because="not tried before the deadline")
        self.proxy: Proxy = _NO_PROXY
        self.early = b""
        self._route = route
        self._session = session
        self._deadline = deadline
        self._held = False
        self._wire: Wire | None = None

    async def __aenter__(self) -> Wire:
        """Connect."""
        await self._session.slots.take(self._route.host, self._deadline)
        self._held = True
        try:
            if self._session.proxy is None:
                return await self._open()
            return await self._tunnel(self._session.proxy)
        except BaseException:
            self._release()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Hang up."""
        self._release()

    def _release(self) -> None:
        if self._wire is not None:
            self._wire.close()
        if self._held:
            self._held = False
            self._session.slots.give(self._route.host)

    async def _open(self) -> Wire:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        route = self._route
        try:
            self._wire = await Wire.open(route.host, route.port, self._session.buffer)
        except asyncio.CancelledError:
            failure = Failure(Stage.TCP, Kind.TIMEOUT, "no answer within the deadline")
            self.connection = Failed(failure, loop.time() - begun)
            raise
        except Exception as error:  # noqa: BLE001 - translated in the one table
            failure = failures.translate(Stage.TCP, error)
            self.connection = Failed(failure, loop.time() - begun)
            raise Broken(failure) from None
        self.connection = Connected(seconds=loop.time() - begun)
        return self._wire

    async def _tunnel(self, proxy: proxies.Proxy) -> Wire:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        self.connection = Skipped(because="the proxy was not reached")
        connect = proxies.Connect(self._route.host, self._route.port, proxy.authorization)
        try:
            address = await self._address(proxy)
            self._wire = await Wire.open(address, proxy.port, self._session.buffer)
            connected = loop.time()
            self.connection = Connected(seconds=connected - begun)
            await self._wire.run(connect)
        except asyncio.CancelledError:
            failure = connect.failure or _unreached(proxy, "timeout")
            self.proxy = Failed(failure, loop.time() - begun)
            raise
        except Broken as broken:
            self.proxy = Failed(broken.failure, loop.time() - begun)
            raise
        except Exception as error:  # noqa: BLE001 - translated in the one table
            failure = failures.translate(Stage.PROXY, error)
            if failure.kind is Kind.REFUSED:
                failure = _unreached(proxy, failure.detail)
            self.proxy = Failed(failure, loop.time() - begun)
            raise Broken(failure) from None
        if connect.failure is not None:
            self.proxy = Failed(connect.failure, loop.time() - connected)
            raise Broken(connect.failure)
        self.proxy = Proxied(seconds=loop.time() - connected, proxy=str(proxy))
        self.early = connect.surplus
        return self._wire

    async def _address(self, proxy: proxies.Proxy) -> str:
        resolver = self._session.resolver(self._session.settings.resolver)
        answer = await resolver.resolve(proxy.host)
        if answer.failure is not None:
            raise Broken(_unreached(proxy, str(answer.failure)))
        return answer.addresses[0]


def _unreached(proxy: proxies.Proxy, why: str) -> Failure:
    return Failure(Stage.PROXY, Kind.REFUSED, f"the proxy {proxy} cannot be reached: {why}")

"""What comes before a TLS handshake inside TDS: PRELOGIN, on every connection anew."""

import asyncio
from typing import Final

from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import Failed, Prelogin, PreloginStage, Skipped
from probe.net.connection import Connection
from probe.net.exchange import Exchange
from probe.net.line import Broken
from probe.net.tds.carried import Carried
from probe.net.tds.greeting import Greeting
from probe.net.tds.prelogin import Encryption

_NAMES: Final = {
    Encryption.OFF: "off",
    Encryption.ON: "on",
    Encryption.NOT_SUPPORTED: "not_supported",
    Encryption.REQUIRED: "required",
}


class Opening:
    """Asks for PRELOGIN on a connection, within ``limit`` seconds if there is one.

    ``stage`` tells the best that was answered on any connection, and ``failure`` why the last
    one is of no use: a server that does not encrypt has answered, and cannot be shaken hands with.
    """

    __slots__ = ("_limit", "failure", "stage")

    def __init__(self, limit: float | None = None) -> None:
        self.stage: PreloginStage = Skipped(because="an earlier stage did not succeed")
        self.failure: Failure | None = None
        self._limit = limit

    async def run(
        self, wire: Connection, exchange: Exchange, early: bytes
    ) -> tuple[Exchange, bytes]:
        """Open; return ``exchange`` inside TDS packets, and octets that came early. Or Broken."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        greeting = Greeting()
        try:
            async with asyncio.timeout(self._limit):
                await wire.run(greeting, early)
        except TimeoutError:
            # The greeting has expired, and says so.
            pass
        finally:
            self._note(greeting, loop.time() - begun)
        if self.failure is not None:
            raise Broken(self.failure)
        return Carried(exchange), greeting.surplus

    def _note(self, greeting: Greeting, seconds: float) -> None:
        answer, self.failure = greeting.answer, greeting.failure
        if answer is not None:
            if answer.encryption is Encryption.NOT_SUPPORTED:
                detail = f"SQL Server {answer.version} offers no encryption"
                self.failure = Failure(Stage.PRELOGIN, Kind.ENCRYPTION_NOT_SUPPORTED, detail)
            self.stage = Prelogin(
                seconds=seconds, version=answer.version, encryption=_NAMES[answer.encryption]
            )
        elif self.failure is not None and not isinstance(self.stage, Prelogin):
            self.stage = Failed(self.failure, seconds)

"""Asking for PRELOGIN as an exchange: what comes first on a connection to SQL Server."""

from typing import Final

from probe.model.failure import Failure, Kind, Stage
from probe.net.tds import packets, prelogin
from probe.net.tds.packets import MalformedError, Packets

_KINDS: Final = frozenset((packets.REPLY, packets.PRELOGIN))
_ALERT: Final = b"\x15"
_HTTP: Final = b"HTTP/"


class Greeting:
    """Sends PRELOGIN and reads the answer: ``answer``, or ``failure``.

    ``surplus`` is what came after it. A TLS alert is counted as a close: so do servers refuse
    that expect TLS first, as TDS 8.0 has it.
    """

    __slots__ = ("_first", "_message", "_packets", "answer", "failure", "finished", "surplus")

    def __init__(self) -> None:
        self.finished = False
        self.answer: prelogin.Answer | None = None
        self.failure: Failure | None = None
        self.surplus = b""
        self._packets = Packets(_KINDS)
        self._message = bytearray()
        self._first = b""

    def begin(self) -> bytes:
        """Return the request."""
        return packets.encode(packets.PRELOGIN, prelogin.REQUEST)

    def receive(self, data: bytes) -> bytes:
        """Read the answer; there is nothing to say to it."""
        if not self.finished:
            if len(self._first) < len(_HTTP):
                self._first = (self._first + data)[: len(_HTTP)]
            self._packets.feed(data)
            try:
                self._read()
            except MalformedError as error:
                self._refuse(error)
        return b""

    def closed(self, *, reset: bool) -> None:
        """Take a close for a refusal."""
        if not self.finished:
            how = "reset" if reset else "closed"
            when = "in the middle of" if self._first else "in answer to"
            self._fail(Kind.CLOSED, f"{how} {when} PRELOGIN")

    def expire(self) -> None:
        """Take note that no answer came."""
        if not self.finished:
            self._fail(Kind.TIMEOUT, "no answer to PRELOGIN")

    def _read(self) -> None:
        while not self.finished and (packet := self._packets.pull()) is not None:
            self._message += packet.payload
            if len(self._message) > prelogin.LONGEST:
                raise MalformedError(
                    f"an answer to PRELOGIN of more than {prelogin.LONGEST} octets"
                )
            if not packet.payload and not packet.last:
                raise MalformedError("an empty packet in the answer to PRELOGIN")
            if packet.last:
                self.answer = prelogin.parse(bytes(self._message))
                self.surplus = self._packets.rest()
                self._finish()

    def _refuse(self, error: MalformedError) -> None:
        if self._first.startswith(_ALERT):
            self._fail(Kind.CLOSED, "refused with a TLS alert: it expects TLS first")
        elif self._first.startswith(_HTTP):
            self._fail(Kind.MALFORMED, "the answer to PRELOGIN is HTTP")
        else:
            self._fail(Kind.MALFORMED, str(error))

    def _fail(self, kind: Kind, detail: str) -> None:
        self.failure = Failure(Stage.PRELOGIN, kind, detail)
        self._finish()

    def _finish(self) -> None:
        self.finished = True
        self._message.clear()
        self._packets.rest()

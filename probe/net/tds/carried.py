"""A TLS handshake inside TDS packets (MS-TDS 2.2.6.5): any exchange of TLS records, carried.

Both sides put their records into packets of type PRELOGIN until the handshake is over, and send
them bare from then on. A record may span packets and a packet may hold records: only the octets
count. Some servers send type 0x04.
"""

from typing import Final

from probe.net.exchange import Exchange
from probe.net.recordwatch import RecordWatch
from probe.net.tds import packets
from probe.net.tds.packets import MalformedError, Packets
from probe.tls import limits
from probe.tls.records import Content

_KINDS: Final = frozenset((packets.REPLY, packets.PRELOGIN))


class Carried:
    """Runs ``inner`` inside packets.

    What is no packet reaches ``inner`` as it stands, so that a TLS alert without a packet is read,
    and anything else fails as what it is: not TLS.
    """

    __slots__ = ("_bare", "_changed", "_inner", "_packets", "_received", "_watch", "finished")

    def __init__(self, inner: Exchange) -> None:
        self.finished = False
        self._inner = inner
        self._packets = Packets(_KINDS)
        self._watch = RecordWatch()
        self._received = 0
        self._bare = False
        # Whether the server's ChangeCipherSpec came: its Finished ends the handshake (RFC 5246,
        # 7.3), and what is sent after that is bare.
        self._changed = False

    @property
    def patience(self) -> float | None:
        """Seconds that are worth waiting, as the inner exchange says."""
        patience: float | None = getattr(self._inner, "patience", None)
        return patience

    @property
    def farewell(self) -> bytes:
        """What to send after `expire`."""
        return self._wrap(getattr(self._inner, "farewell", b""))

    def begin(self) -> bytes:
        """Return the first packets."""
        first = self._inner.begin()
        self.finished = self._inner.finished
        return self._wrap(first)

    def receive(self, data: bytes) -> bytes:
        """Unwrap, pass on, and wrap the reply."""
        self._received += len(data)
        self._packets.feed(data)
        reply = b"".join(self._pass_on())
        self.finished = self._inner.finished
        return self._wrap(reply)

    def closed(self, *, reset: bool) -> None:
        """Pass on."""
        self._inner.closed(reset=reset)
        self.finished = self._inner.finished

    def expire(self) -> None:
        """Pass on."""
        self._inner.expire()
        self.finished = self._inner.finished

    def _pass_on(self) -> list[bytes]:
        replies = []
        while not self._inner.finished and (octets := self._next()):
            self._changed = self._changed or Content.CHANGE_CIPHER_SPEC in self._watch.feed(octets)
            replies.append(self._inner.receive(octets))
        return replies

    def _next(self) -> bytes:
        """Return the next octets of TLS, none when there are none yet."""
        # Packets may be empty; a peer that sends nothing else does not go on for ever.
        if self._received > 2 * limits.OCTETS:
            self._bare = True
        while not self._bare:
            try:
                packet = self._packets.pull()
            except MalformedError:
                self._bare = True
                break
            if packet is None:
                return b""
            if packet.payload:
                return packet.payload
        return self._packets.rest()

    def _wrap(self, octets: bytes) -> bytes:
        if not octets or (self._changed and self._inner.finished):
            return octets
        return packets.encode(packets.PRELOGIN, octets)

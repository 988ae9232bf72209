"""What a connection can run: a conversation as a state machine that does no input or output.

HTTP CONNECT, PRELOGIN and every TLS engine have this shape, so that the same machine runs over
TCP, through a tunnel, inside TDS packets, and over recorded octets in tests.
"""

from typing import Protocol

from probe.model.stages import HandshakeFailed, Handshaken


class Exchange(Protocol):
    """One conversation with a peer: octets in, octets out, no clock and no socket.

    It bounds what it keeps: a hostile peer may send without end. Nothing is called once
    ``finished`` is true.

    An exchange may also have ``patience``: once it is a number of seconds, everything but the
    peer's last word is known, waiting longer is not worth it, and after `expire` the octets in
    ``farewell`` are to be sent.
    """

    finished: bool

    def begin(self) -> bytes:
        """Return the octets to send first, none when the peer speaks first."""
        ...

    def receive(self, data: bytes) -> bytes:
        """Take octets from the peer; return octets to send."""
        ...

    def closed(self, *, reset: bool) -> None:
        """Take notice that the peer closed the connection, or reset it."""
        ...

    def expire(self) -> None:
        """Take notice that there is no time left; what was seen until now is the result."""
        ...


class TlsEngine(Exchange, Protocol):
    """A TLS client handshake that reports what it saw, also when it failed."""

    def result(self, seconds: float) -> Handshaken | HandshakeFailed:
        """Report the handshake, which took ``seconds``."""
        ...

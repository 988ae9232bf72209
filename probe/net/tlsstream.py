"""A stream of octets inside TLS, over our connection.

OpenSSL over memory buffers lets us see what a library stream hides: whether the server asks for a
client certificate after the request, by renegotiation (a handshake record while we only read;
RFC 5246, 7.4.1.1) or by post-handshake authentication (octets to send while we only read;
RFC 8446, 4.6.2). OpenSSL answers with the client certificate, or with an empty one.
"""

import contextlib
import ssl
from collections.abc import Iterable
from typing import Final

from probe.model.stages import HttpClientAuth
from probe.net.connection import Connection
from probe.net.openssl import OpenSsl
from probe.net.recordwatch import RecordWatch
from probe.tls.records import Content

LIMIT: Final = 128 * 1024
"""Octets that are read of an answer; the head of a sound one has a few hundred."""

_KEY_UPDATE: Final = 5 + 4 + 1 + 1 + 16
"""Octets of the one other thing that is sent unasked: an answer to KeyUpdate (RFC 8446, 4.6.3)."""


class TooMuch(Exception):  # noqa: N818 - it is what the peer did
    """The peer sends without end."""


class TlsStream:
    """A stream after the handshake of ``engine`` on ``connection``.

    It is an exchange itself: every read that finds nothing runs it until something comes.
    """

    def __init__(self, connection: Connection, engine: OpenSsl) -> None:
        self.finished = False
        self.asked = HttpClientAuth.NONE
        self._ended = False
        self._connection = connection
        self._tls = engine.tls
        self._incoming, self._outgoing = engine.incoming, engine.outgoing
        self._modern = engine.tls.version() == "TLSv1.3"
        self._watch = RecordWatch()
        self._received = 0
        self._plain = b""
        self._error: Exception | None = None

    async def read(self) -> bytes:
        """Return what comes next, nothing at the end.

        Raises ssl.SSLError for an alert or a broken record, ConnectionResetError, and TooMuch.
        """
        self._take()
        if not self.finished:
            await self._connection.run(self)
        if self._error is not None:
            raise self._error
        data, self._plain = self._plain, b""
        return data

    def write(self, data: bytes) -> None:
        """Encrypt and send."""
        self._tls.write(data)
        self._connection.send(self._outgoing.read())

    def close(self) -> None:
        """Close in good order."""
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        self._connection.send(self._outgoing.read())
        self._connection.close()

    def begin(self) -> bytes:
        """Send nothing: reading waits."""
        return b""

    def receive(self, data: bytes) -> bytes:
        """Decrypt, and note what else is going on."""
        self._received += len(data)
        if self._received > LIMIT:
            self._fail(TooMuch(f"more than {LIMIT} octets"))
            return b""
        self._incoming.write(data)
        self._note(self._watch.feed(data))
        self._take()
        sent = self._outgoing.read()
        if self._modern and len(sent) > _KEY_UPDATE and self._error is None:
            self.asked = HttpClientAuth.POST_HANDSHAKE
        return sent

    def closed(self, *, reset: bool) -> None:
        """End."""
        self._ended = True
        if reset:
            self._fail(ConnectionResetError("the connection was reset"))
        else:
            self.finished = True

    def expire(self) -> None:
        """Nothing is lost that was not already."""
        self.finished = True

    def _note(self, records: Iterable[int]) -> None:
        if not self._modern and Content.HANDSHAKE in records:
            self.asked = HttpClientAuth.RENEGOTIATION

    def _take(self) -> None:
        """Read what is decrypted already; finished when there is something to return."""
        self.finished = bool(self._plain) or self._ended or self._error is not None
        if self.finished:
            return
        try:
            self._plain = self._tls.read(LIMIT)
            self._ended = not self._plain
            self.finished = True
        except ssl.SSLWantReadError:
            return
        except ssl.SSLZeroReturnError:
            self._ended = self.finished = True
        except ssl.SSLError as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._error = error
        self.finished = True

"""The OpenSSL engine: the standard library's TLS over memory buffers, as an exchange.

It completes whatever OpenSSL completes, with a client certificate if there is one. Beside it
`Flight` reads what the server says in the clear, for what the library does not show.

A server that refuses us for want of a client certificate has shown its chain and proven its key:
that is a handshake with ``client_auth`` required, as the observer has it. In TLS 1.3 the refusal
comes after our side is complete, so the engine then waits ``patience`` seconds for the last word.
"""

import contextlib
import ssl
from typing import Final

import msgspec

from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import ClientAuth, HandshakeFailed, Handshaken
from probe.net import clientauth, failures
from probe.net.contexts import server_name
from probe.net.flight import Flight, Progress
from probe.net.peer_chain import unverified_chain
from probe.net.recordwatch import RecordWatch
from probe.tls import alerts, hello, limits
from probe.tls.seen import Seen

ENGINE: Final = "openssl"

_PATIENCE: Final = 0.3
_READ: Final = 16384
_NO_CERTIFICATE: Final = "the server sent an empty chain"


class OpenSsl:
    """One handshake. ``host`` is the A-label for SNI; None or an address sends none.

    ``identified`` is whether the context has a client certificate. With ``keep`` the connection
    stays open for what comes after the handshake, in ``tls``, ``incoming`` and ``outgoing``.
    """

    __slots__ = (
        "_client_auth",
        "_complete",
        "_failure",
        "_flight",
        "_identified",
        "_keep",
        "_octets",
        "_replied",
        "_watch",
        "farewell",
        "finished",
        "incoming",
        "outgoing",
        "patience",
        "tls",
    )

    def __init__(
        self,
        context: ssl.SSLContext,
        host: str | None,
        *,
        keep: bool = False,
        identified: bool = False,
    ) -> None:
        self.finished = False
        self.patience: float | None = None
        self.farewell = b""
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=server_name(host))
        self._flight = Flight()
        self._failure: Failure | None = None
        self._client_auth = ClientAuth.UNKNOWN
        self._watch = RecordWatch()
        self._octets = 0
        self._keep = keep
        self._identified = identified
        # Whether we answered the server's first flight, and whether our side is through.
        self._replied = False
        self._complete = False

    def begin(self) -> bytes:
        """Return the ClientHello."""
        return self._shake(b"")

    def receive(self, data: bytes) -> bytes:
        """Go on with the handshake."""
        if self.finished:
            return b""
        self._octets += len(data)
        if self._octets > limits.OCTETS:
            self._fail(Kind.LIMIT, f"more than {limits.OCTETS} octets")
            return b""
        if self._complete:
            self.incoming.write(data)
            return self._hear_out(data)
        self._flight.feed(data)
        if self._flight.failure is not None:
            self._end(self._flight.failure)
            return b""
        self.incoming.write(data)
        return self._shake(data)

    def closed(self, *, reset: bool) -> None:
        """Take the peer's close: a failure, or a refusal of a client without certificate."""
        if self.finished:
            return
        self._flight.ended()
        if self._flight.failure is not None:
            self._end(self._flight.failure)
        elif not self._insists(None):
            self._fail(Kind.RESET if reset else Kind.CLOSED, self._so_far())

    def expire(self) -> None:
        """Take what is there as the result; ``farewell`` is what to send then."""
        if self.finished:
            return
        if self._complete:
            self._end(None)
            self.farewell = self._close()
        else:
            self._fail(Kind.TIMEOUT, self._so_far())

    def result(self, seconds: float) -> Handshaken | HandshakeFailed:
        """Report what was negotiated and received."""
        self.expire()
        flight, failure, cipher = self._flight, self._failure, self.tls.cipher()
        seen = Seen()
        seen.version = flight.version_name
        seen.cipher = flight.suite_name or (cipher[0] if cipher and seen.version else None)
        seen.group, seen.signature_scheme = flight.group, flight.scheme
        seen.alpn = self.tls.selected_alpn_protocol()
        asked = self._client_auth
        seen.client_auth = flight.client_auth if asked is ClientAuth.UNKNOWN else asked
        seen.acceptable_cas = flight.authorities
        seen.key_proven = self._proven()
        sent = flight.certificates
        seen.chain = sent if sent is not None else unverified_chain(self.tls)
        if failure is None and not seen.chain:
            failure = Failure(Stage.TLS, Kind.NO_CERTIFICATE, _NO_CERTIFICATE)
        result = seen.success(seconds) if failure is None else seen.failed(failure, seconds)
        return msgspec.structs.replace(result, engine=ENGINE)

    def _shake(self, data: bytes) -> bytes:
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            sent = self.outgoing.read()
            self._replied = self._replied or bool(sent and self._flight.progress)
            return sent
        except ssl.SSLError as error:
            self._refused(error)
            return self.outgoing.read()
        sent = self.outgoing.read()
        self._replied = self._complete = True
        self._client_auth = self._asked(sent)
        if self._keep:
            self._end(None)
            return sent
        if self._client_auth is ClientAuth.REQUESTED and self._flight.version == hello.TLS13:
            # There the client is through before the server has judged its certificate.
            self.patience = _PATIENCE
            return sent + self._hear_out(data[len(data) - self.incoming.pending :])
        self._end(None)
        return sent + self._close()

    def _hear_out(self, data: bytes) -> bytes:
        """Read on after our Finished: an alert refuses us, anything else lets us go on."""
        if not self._watch.feed(data):
            return b""
        try:
            self.tls.read(_READ)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self._refused(error)
            return self.outgoing.read()
        self._end(None)
        return self._close()

    def _close(self) -> bytes:
        """Close the way the protocol asks for, so that servers log no error (RFC 8446, 6.1)."""
        # It would wait for the peer's close_notify; ours is written.
        with contextlib.suppress(ssl.SSLError):
            self.tls.unwrap()
        return self.outgoing.read()

    def _asked(self, sent: bytes) -> ClientAuth:
        flight = self._flight
        if flight.version != hello.TLS13:
            return flight.client_auth
        cipher = self.tls.cipher()
        asked = clientauth.answered(sent, cipher[0] if cipher else "")
        return ClientAuth.REQUESTED if asked else ClientAuth.NONE

    def _insists(self, alert: int | None) -> bool:
        """Whether the server goes no further without a client certificate; then that is all."""
        asked = ClientAuth.REQUESTED in (self._client_auth, self._flight.client_auth)
        if not (asked and self._replied) or self._identified or not clientauth.refuses(alert):
            return False
        self._client_auth = ClientAuth.REQUIRED
        self._end(None)
        return True

    def _proven(self) -> bool | None:
        """Whether the server proved that it holds the key.

        OpenSSL answers a flight only after it has verified the signature in it; with a static
        RSA suite there is none, and the server's Finished is the proof.
        """
        if self._complete:
            return True
        suite = self._flight.suite_name or ""
        signed = self._flight.progress is Progress.DONE and "DHE_" in suite
        return True if signed and self._replied else None

    def _so_far(self) -> str:
        progress = self._flight.progress
        if self._replied:
            return "after our answer to the server's first flight"
        if progress is Progress.NOTHING:
            return "in answer to the ClientHello"
        return f"after the server's {progress.label}"

    def _refused(self, error: ssl.SSLError) -> None:
        alert = failures.alert_of(error)
        if alert is None:
            alert = self._flight.alert
        if alert is None and self._flight.certificates == ():
            self._fail(Kind.NO_CERTIFICATE, _NO_CERTIFICATE)
        elif alert is None:
            self._end(failures.translate(Stage.TLS, error))
        elif not self._insists(alert):
            self._fail(Kind.ALERT, alerts.describe(alert))

    def _fail(self, kind: Kind, detail: str) -> None:
        self._end(Failure(Stage.TLS, kind, detail))

    def _end(self, failure: Failure | None) -> None:
        self._failure = failure
        self.finished = True

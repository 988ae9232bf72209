"""The observer: a TLS client handshake as a state machine without input, output or clock.

It offers TLS 1.3 and 1.2 in one ClientHello, reads what the server shows, checks that the server
holds the key of its certificate, completes the handshake where the suite allows, and closes it in
good order. It makes no decision about trust: certificates come out as they came in.

Client certificates: the observer has none and answers a CertificateRequest with an empty
Certificate. ``required`` means that the server then refused: by a fatal alert, or by closing or
resetting the connection. ``requested`` means that it went on, or (TLS 1.3) had said nothing when
`Observer.expire` was called; there the server's refusal comes after our side is complete, so the
observer is ``lingering`` for a moment instead of finished. A refusal is no failed handshake: the
chain was received and the key proven.
"""

import os
from collections.abc import Callable
from typing import Final

from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import ClientAuth, HandshakeFailed, Handshaken
from probe.tls import alerts, limits
from probe.tls.alerts import Alert
from probe.tls.channel import Channel
from probe.tls.errors import Abort, excessive, malformed, unexpected
from probe.tls.greeting import Greeting
from probe.tls.hello import TLS12, TLS13
from probe.tls.messages import Assembler
from probe.tls.offer import Offer
from probe.tls.records import Content
from probe.tls.seen import Incomplete, Seen
from probe.tls.shares import KeyShares
from probe.tls.stage import Stage as Part

PATIENCE: Final = 0.3
"""Seconds that are worth waiting while ``lingering``: a few round trips."""

# As numbers: to look a member of an enumeration up takes four times as long, for every record.
_HANDSHAKE = int(Content.HANDSHAKE)
_ALERT = int(Content.ALERT)
_CHANGE_CIPHER_SPEC = int(Content.CHANGE_CIPHER_SPEC)

# Alerts that say that our keys are wrong. Any other one in answer to an empty Certificate is a
# refusal: GnuTLS says decode_error, Java bad_certificate, Go certificate_required.
_NO_REFUSAL = frozenset((Alert.BAD_RECORD_MAC, Alert.DECRYPT_ERROR))


class Observer:
    """One handshake. Feed it until ``finished``, then ask for the `result`.

    ``incomplete`` says why the handshake was stopped on purpose before its end, None if it was
    not: then another engine may be worth asking. ``lingering``: everything is known but whether
    the server insists on a client certificate; call `expire` after ``patience`` seconds, then
    send ``farewell``.
    """

    __slots__ = (
        "_assembler",
        "_changes",
        "_channel",
        "_failure",
        "_part",
        "_seen",
        "_warning",
        "_warnings",
        "farewell",
        "finished",
        "incomplete",
    )

    def __init__(
        self,
        host: str | None,
        *,
        alpn: tuple[str, ...] = (),
        maximum: int = TLS13,
        random: Callable[[int], bytes] = os.urandom,
        shares: KeyShares | None = None,
    ) -> None:
        """Prepare a handshake with ``host``: an A-label, or None or an address for no SNI.

        ``maximum`` is 0x0304, or 0x0303 to stay with TLS 1.2 as inside TDS packets. ``shares``
        may serve many observers; without, this one makes its own. ValueError for what cannot
        be put into a ClientHello.
        """
        if maximum not in (TLS12, TLS13):
            raise ValueError(f"no handshake for version 0x{maximum:04x}")
        self.finished = False
        self.incomplete: Incomplete | None = None
        self.farewell = b""
        self._seen = Seen()
        self._channel = Channel()
        self._assembler = Assembler()
        self._failure: Failure | None = None
        self._warning: int | None = None
        self._warnings = 0
        self._changes = 0
        offer = Offer(host, alpn, maximum, shares or KeyShares(), random)
        self._part: Part = Greeting(self._channel, self._seen, offer)

    @property
    def lingering(self) -> bool:
        """Whether only the server's answer to an empty client certificate is missing."""
        return not self.finished and self._part.asked

    @property
    def patience(self) -> float | None:
        """Seconds after which to call `expire` from now on, None while more is to come."""
        return PATIENCE if self.lingering and self._seen.version == "TLSv1.3" else None

    def begin(self) -> bytes:
        """Return the ClientHello."""
        if isinstance(self._part, Greeting):
            self._part.begin()
        return self._channel.take()

    def receive(self, data: bytes) -> bytes:
        """Take octets from the server in any pieces; return octets to send."""
        if self.finished:
            return b""
        try:
            self._channel.records.feed(data)
            self._read()
        except Abort as abort:
            self._abort(abort)
        except Exception as error:  # noqa: BLE001 - a bug here is a failed step, never a crash
            self._fail(Kind.INTERNAL, f"{type(error).__name__}: {error}")
        return self._channel.take()

    def closed(self, *, reset: bool) -> None:
        """Note that the server closed or reset the connection."""
        if self.finished:
            return
        if self._part.asked:
            self._refused()
            return
        try:
            self._channel.records.ended()
        except Abort as abort:
            self._fail(abort.kind, abort.detail)
            return
        detail = f"while waiting for {self._part.waiting}"
        if self._warning is not None:
            detail += f", after the warning {alerts.describe(self._warning)}"
        self._fail(Kind.RESET if reset else Kind.CLOSED, detail)

    def expire(self) -> None:
        """Note that time is up: the end of lingering, otherwise a timeout."""
        if self.finished:
            return
        if self.patience is not None:
            self._channel.close()
            self.farewell = self._channel.take()
            self._finish()
            return
        self._fail(Kind.TIMEOUT, f"while waiting for {self._part.waiting}")

    def result(self, seconds: float) -> Handshaken | HandshakeFailed:
        """Report what was seen; ``seconds`` is how long it took."""
        self.expire()
        if self._failure is not None:
            return self._seen.failed(self._failure, seconds)
        return self._seen.success(seconds)

    def _read(self) -> None:
        records = self._channel.records
        while not self.finished and (record := records.pull()) is not None:
            kind, fragment = record
            if kind == _HANDSHAKE:
                self._handshake(fragment)
            elif kind == _ALERT:
                self._alert(fragment)
            elif kind == _CHANGE_CIPHER_SPEC:
                self._change_cipher_spec(fragment)
            elif kind == Content.APPLICATION_DATA:
                self._part.application_data()
                self._check_done()
            else:
                raise malformed(f"content type {kind}", Alert.UNEXPECTED_MESSAGE)

    def _handshake(self, fragment: bytes) -> None:
        if self._assembler.whole(fragment):
            self._part = self._part.handshake(fragment, last=True)
        else:
            for raw, last in self._assembler.cut(fragment):
                self._part = self._part.handshake(raw, last=last)
                if self._part.done:
                    break
        self._check_done()

    def _check_done(self) -> None:
        if self._part.done:
            self.incomplete = self._part.incomplete
            self._finish()

    def _change_cipher_spec(self, fragment: bytes) -> None:
        """Take one (RFC 8446, 5 and D.4; RFC 5246, 7.1)."""
        self._changes += 1
        if self._changes > limits.CHANGE_CIPHER_SPECS:
            raise excessive(f"more than {limits.CHANGE_CIPHER_SPECS} ChangeCipherSpec records")
        if fragment != b"\x01":
            raise unexpected("a malformed ChangeCipherSpec")
        if self._assembler.pending:
            raise unexpected("ChangeCipherSpec inside a handshake message")
        self._part.change_cipher_spec()

    def _alert(self, fragment: bytes) -> None:
        """Take an alert (RFC 8446, 6; RFC 5246, 7.2)."""
        if len(fragment) != 2:  # noqa: PLR2004 - level and description
            raise malformed(f"an alert of {len(fragment)} octets")
        level, code = fragment
        if level == alerts.WARNING and code != Alert.CLOSE_NOTIFY:
            # RFC 5246, 7.2.2: a warning such as unrecognized_name leaves the choice to us.
            self._warning = code
            self._warnings += 1
            if self._warnings > limits.WARNINGS:
                raise excessive(f"more than {limits.WARNINGS} warnings")
            return
        if self._part.asked and code not in _NO_REFUSAL:
            self._refused()
        elif code == Alert.CLOSE_NOTIFY:
            self._fail(Kind.CLOSED, f"close_notify while waiting for {self._part.waiting}")
        else:
            self._fail(Kind.ALERT, alerts.describe(code))

    def _refused(self) -> None:
        """Report that the server does not go on without a client certificate."""
        self._seen.client_auth = ClientAuth.REQUIRED
        self.incomplete = Incomplete.CLIENT_CERTIFICATE
        self._finish()

    def _abort(self, abort: Abort) -> None:
        """Tell the server why we stop (RFC 8446, 6.2), unless it does not speak TLS."""
        if abort.alert is not None:
            self._part.secure()
            self._channel.alert(alerts.FATAL, abort.alert)
        self._fail(abort.kind, abort.detail)

    def _fail(self, kind: Kind, detail: str) -> None:
        self._failure = Failure(Stage.TLS, kind, detail)
        self._finish()

    def _finish(self) -> None:
        """Keep the result and let go of keys and octets."""
        self.finished = True
        self._channel.records.clear()

"""The TLS 1.3 handshake after ServerHello (RFC 8446, 4.3 and 4.4)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from enum import IntEnum
from typing import ClassVar

from probe.model.failure import Kind
from probe.model.stages import ClientAuth
from probe.tls import authorities, extensions, signatures
from probe.tls.alerts import Alert
from probe.tls.channel import Channel
from probe.tls.codec import Reader, vector
from probe.tls.errors import Abort, illegal, unexpected
from probe.tls.extensions import Extension
from probe.tls.key_schedule import KeySchedule, TrafficSecret
from probe.tls.keyed import Hash
from probe.tls.messages import HEADER, Message, message, name
from probe.tls.protection import Protection13
from probe.tls.records import Content
from probe.tls.schemes import describe
from probe.tls.seen import Incomplete, Seen
from probe.tls.stage import Stage, certificates, disproved
from probe.tls.suites import Suite


class _State(IntEnum):
    """What is waited for (RFC 8446, A.1)."""

    EXTENSIONS = 0
    REQUEST_OR_CERTIFICATE = 1
    CERTIFICATE = 2
    VERIFY = 3
    FINISHED = 4
    ANSWER = 5


_WAITING = (
    "EncryptedExtensions",
    "Certificate",
    "Certificate after CertificateRequest",
    "CertificateVerify",
    "Finished",
    "the answer to an empty client certificate",
)


class Tls13:
    """Reads the server's encrypted flight, proves it, and answers it."""

    __slots__ = (
        "_channel",
        "_compatible",
        "_context",
        "_schedule",
        "_seen",
        "_state",
        "_suite",
        "_transcript",
        "asked",
        "done",
        "incomplete",
    )

    def __init__(
        self,
        channel: Channel,
        seen: Seen,
        suite: Suite,
        schedule: KeySchedule,
        transcript: Hash,
        *,
        compatible: bool,
    ) -> None:
        """Read with the handshake keys from now on.

        ``compatible`` is whether a ChangeCipherSpec is still due (RFC 8446, D.4).
        """
        self.done = False
        self.asked = False
        self.incomplete: Incomplete | None = None
        self._channel = channel
        self._seen = seen
        self._suite = suite
        self._schedule = schedule
        self._transcript = transcript
        self._compatible = compatible
        self._context = b""
        self._state = _State.EXTENSIONS
        channel.records.protect(self._protection(schedule.server))

    @property
    def waiting(self) -> str:
        """What comes next."""
        return _WAITING[self._state]

    def secure(self) -> None:
        """Write with the handshake keys from now on, if we do not already."""
        if self._channel.sealer is None:
            if self._compatible:
                self._channel.change_cipher_spec()
            self._channel.sealer = self._protection(self._schedule.client)

    def change_cipher_spec(self) -> None:
        """Drop it: it is there for middleboxes only (RFC 8446, 5)."""

    def application_data(self) -> None:
        """Take it as the sign that the server went on without a client certificate."""
        if self._state is not _State.ANSWER:
            raise unexpected("application data before Finished")
        self._went_on()

    def handshake(self, raw: bytes, *, last: bool) -> Stage:
        """Take the next message of the server's flight."""
        step = self._steps.get((self._state, raw[0]))
        if step is None:
            raise unexpected(f"{name(raw[0])} instead of {self.waiting}")
        step(self, raw)
        if self._state is _State.ANSWER and not last and not self.done:
            # RFC 8446, 5.1: keys changed with Finished.
            raise unexpected("a record goes on after Finished")
        return self

    def _protection(self, secret: TrafficSecret) -> Protection13:
        suite = self._suite
        return Protection13(suite, *secret.keys(suite.key_length))

    def _encrypted_extensions(self, raw: bytes) -> None:
        """RFC 8446, 4.3.1."""
        reader = Reader(raw, "EncryptedExtensions", HEADER)
        found = extensions.parse(reader.vector(2), "EncryptedExtensions")
        reader.done()
        alpn = found.get(Extension.ALPN)
        if alpn is not None:
            self._seen.alpn = extensions.chosen_alpn(alpn)
        self._transcript.update(raw)
        self._state = _State.REQUEST_OR_CERTIFICATE

    def _certificate_request(self, raw: bytes) -> None:
        """RFC 8446, 4.3.2; the names of acceptable authorities are 4.2.4."""
        reader = Reader(raw, "CertificateRequest", HEADER)
        self._context = reader.vector(1)
        found = extensions.parse(reader.vector(2), "CertificateRequest")
        reader.done()
        self._seen.client_auth = ClientAuth.REQUESTED
        block = found.get(Extension.CERTIFICATE_AUTHORITIES)
        if block is not None:
            listed = Reader(block, "CertificateRequest")
            self._seen.acceptable_cas = authorities.names(listed.vector(2))
        self._transcript.update(raw)
        self._state = _State.CERTIFICATE

    def _certificate(self, raw: bytes) -> None:
        """RFC 8446, 4.4.2; the leaf's staple is 4.4.2.1."""
        if self._state is _State.REQUEST_OR_CERTIFICATE:
            self._seen.client_auth = ClientAuth.NONE
        block = certificates(raw, self._seen, extended=True)
        if block:
            found = extensions.parse(block, "Certificate").get(Extension.STATUS_REQUEST)
            if found is not None:
                self._seen.ocsp_staple = extensions.staple(found)
        self._transcript.update(raw)
        self._state = _State.VERIFY

    def _certificate_verify(self, raw: bytes) -> None:
        """RFC 8446, 4.4.3: the proof that the server holds the key."""
        reader = Reader(raw, "CertificateVerify", HEADER)
        scheme = reader.number(2)
        signature = reader.vector(2)
        reader.done()
        self._seen.signature_scheme = describe(scheme)
        if not signatures.allowed_13(scheme):
            raise illegal(f"CertificateVerify with {describe(scheme)}")
        proven = signatures.verify_transcript(
            self._seen.chain[0], scheme, signature, self._transcript.digest()
        )
        self._seen.key_proven = proven
        if proven is False:
            raise disproved("CertificateVerify")
        self._transcript.update(raw)
        self._state = _State.FINISHED

    def _finished(self, raw: bytes) -> None:
        """RFC 8446, 4.4.4; then our own flight."""
        expected = self._schedule.server.verify_data(self._transcript.digest())
        if not hmac.compare_digest(raw[HEADER:], expected):
            raise Abort(
                Kind.MALFORMED, "the server's Finished does not verify", Alert.DECRYPT_ERROR
            )
        self._transcript.update(raw)
        self._answer()

    def _answer(self) -> None:
        """Send our flight, and close unless the answer to an empty certificate is due."""
        channel, schedule = self._channel, self._schedule
        transcript = self._transcript.digest()
        flight = b""
        self.asked = self._seen.client_auth is ClientAuth.REQUESTED
        if self.asked:
            # RFC 8446, 4.4.2: no certificate is an empty list behind the request's context.
            flight = message(Message.CERTIFICATE, vector(1, self._context) + bytes(3))
            self._transcript.update(flight)
        data = schedule.client.verify_data(self._transcript.digest())
        self.secure()
        channel.send(Content.HANDSHAKE, flight + message(Message.FINISHED, data))
        schedule.enter_master()
        channel.sealer = self._protection(schedule.client_application(transcript))
        self._state = _State.ANSWER
        if self.asked:
            channel.records.protect(self._protection(schedule.server_application(transcript)))
        else:
            channel.close()
            self.done = True

    def _after(self, raw: bytes) -> None:
        """Take NewSessionTicket or KeyUpdate (RFC 8446, 4.6): the server went on."""
        del raw
        self._went_on()

    def _went_on(self) -> None:
        self.asked = False
        self._channel.close()
        self.done = True

    _steps: ClassVar[dict[tuple[_State, int], Callable[[Tls13, bytes], None]]] = {
        (_State.EXTENSIONS, Message.ENCRYPTED_EXTENSIONS): _encrypted_extensions,
        (_State.REQUEST_OR_CERTIFICATE, Message.CERTIFICATE_REQUEST): _certificate_request,
        (_State.REQUEST_OR_CERTIFICATE, Message.CERTIFICATE): _certificate,
        (_State.CERTIFICATE, Message.CERTIFICATE): _certificate,
        (_State.VERIFY, Message.CERTIFICATE_VERIFY): _certificate_verify,
        (_State.FINISHED, Message.FINISHED): _finished,
        (_State.ANSWER, Message.NEW_SESSION_TICKET): _after,
        (_State.ANSWER, Message.KEY_UPDATE): _after,
    }

"""The TLS 1.2 handshake after ServerHello (RFC 5246, 7.4), and the first flight of older ones."""

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
from probe.tls.hello import TLS12, ServerHello
from probe.tls.key_exchange import server_key_exchange
from probe.tls.keyed import HASHES
from probe.tls.keys12 import Keys12
from probe.tls.messages import HEADER, Message, message, name
from probe.tls.offer import Offer
from probe.tls.records import Content
from probe.tls.schemes import SCHEMES, describe
from probe.tls.seen import Incomplete, Seen, obstacle
from probe.tls.shares import GROUPS
from probe.tls.stage import Stage, certificates, disproved
from probe.tls.suites import Exchange, Suite


class _State(IntEnum):
    """What is waited for (RFC 5246, 7.3)."""

    CERTIFICATE = 0
    STATUS_OR_KEY = 1
    STATUS_OR_DONE = 2
    REQUEST_OR_DONE = 3
    DONE = 4
    CHANGE = 5
    FINISHED = 6


_WAITING = (
    "Certificate",
    "ServerKeyExchange",
    "ServerHelloDone after Certificate",
    "ServerHelloDone",
    "ServerHelloDone after CertificateRequest",
    "ChangeCipherSpec",
    "Finished",
)


class Tls12:
    """Reads the server's first flight; answers it where the suite is one that completes."""

    __slots__ = (
        "_channel",
        "_extended",
        "_hello",
        "_keys",
        "_offer",
        "_public",
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
        offer: Offer,
        hello: ServerHello,
        suite: Suite,
        sent: bytes,
    ) -> None:
        """Go on from ``hello``; ``sent`` is the transcript up to and including it."""
        self.done = False
        self.asked = False
        self.incomplete: Incomplete | None = None
        self._channel = channel
        self._seen = seen
        self._offer = offer
        self._hello = hello
        self._suite = suite
        # RFC 5246, 7.4.9: the PRF's hash; older versions are not taken so far.
        self._transcript = HASHES[suite.hash](sent)
        self._extended = Extension.EXTENDED_MASTER_SECRET in hello.extensions
        self._public: tuple[int, bytes] | None = None
        self._keys: Keys12 | None = None
        self._state = _State.CERTIFICATE
        alpn = hello.extensions.get(Extension.ALPN)
        if alpn is not None:
            seen.alpn = extensions.chosen_alpn(alpn)

    @property
    def waiting(self) -> str:
        """What comes next."""
        return _WAITING[self._state]

    def application_data(self) -> None:
        """Refuse it."""
        raise unexpected("application data before Finished")

    def handshake(self, raw: bytes, *, last: bool) -> Stage:
        """Take the next message of the server's."""
        if raw[0] == Message.HELLO_REQUEST:
            # RFC 5246, 7.4.1.1: ignored by a client that is negotiating, and not hashed.
            return self
        step = self._steps.get((self._state, raw[0]))
        if step is None:
            raise unexpected(f"{name(raw[0])} instead of {self.waiting}")
        step(self, raw)
        self._transcript.update(raw)
        if raw[0] == Message.SERVER_HELLO_DONE:
            self._answer()
        del last
        return self

    def secure(self) -> None:
        """Go on as before."""

    def change_cipher_spec(self) -> None:
        """Read with the new keys from now on (RFC 5246, 7.1)."""
        if self._state is not _State.CHANGE or self._keys is None:
            raise unexpected(f"ChangeCipherSpec instead of {self.waiting}")
        self._channel.records.protect(self._keys.server)
        self._state = _State.FINISHED

    def _certificate(self, raw: bytes) -> None:
        """RFC 5246, 7.4.2."""
        certificates(raw, self._seen, extended=False)
        static = self._suite.exchange is Exchange.RSA
        self._state = _State.STATUS_OR_DONE if static else _State.STATUS_OR_KEY

    def _certificate_status(self, raw: bytes) -> None:
        """RFC 6066, 8."""
        if self._seen.ocsp_staple is not None:
            raise unexpected("CertificateStatus twice")
        self._seen.ocsp_staple = extensions.staple(raw[HEADER:])

    def _key_exchange(self, raw: bytes) -> None:
        """RFC 5246, 7.4.3: key and proof in one message."""
        named = self._hello.version == TLS12
        said = server_key_exchange(raw, self._suite.exchange, named_scheme=named)
        if said.group is not None:
            self._seen.group = GROUPS[said.group]
            self._public = said.group, said.public
        leaf = self._seen.chain[0]
        scheme = said.scheme if named else signatures.scheme_before_12(leaf)
        if scheme is not None:
            self._seen.signature_scheme = describe(scheme)
            if named and scheme not in SCHEMES:
                raise illegal(f"ServerKeyExchange with {describe(scheme)}")
            # RFC 5246, 7.4.3: the server signs both randoms and its parameters.
            signed = self._offer.random + self._hello.random + said.parameters
            proven = signatures.verify(leaf, scheme, said.signature, signed)
            self._seen.key_proven = proven
            if proven is False:
                raise disproved("ServerKeyExchange")
        self._state = _State.REQUEST_OR_DONE

    def _certificate_request(self, raw: bytes) -> None:
        """RFC 5246, 7.4.4."""
        reader = Reader(raw, "CertificateRequest", HEADER)
        reader.vector(1)
        if self._hello.version >= TLS12:
            reader.vector(2)
        names = reader.vector(2)
        reader.done()
        self._seen.client_auth = ClientAuth.REQUESTED
        self._seen.acceptable_cas = authorities.names(names)
        self._state = _State.DONE

    def _hello_done(self, raw: bytes) -> None:
        """RFC 5246, 7.4.5."""
        Reader(raw, "ServerHelloDone", HEADER).done()
        if self._state is not _State.DONE:
            self._seen.client_auth = ClientAuth.NONE
        self._state = _State.CHANGE

    def _answer(self) -> None:
        """Send our flight, or stop here where the suite is not one that completes."""
        channel = self._channel
        self.incomplete = obstacle(self._hello.version, self._suite)
        if self._public is None or self.incomplete is not None:
            channel.cancel()
            self.done = True
            return
        self.asked = self._seen.client_auth is ClientAuth.REQUESTED
        group, public = self._public
        own = self._offer.shares.public(group)
        flight = message(Message.CLIENT_KEY_EXCHANGE, vector(1, own))
        if self.asked:
            # RFC 5246, 7.4.6: an empty list says that there is none.
            flight = message(Message.CERTIFICATE, bytes(3)) + flight
        self._transcript.update(flight)
        shared = self._offer.shares.agree(group, public)
        # RFC 7627, 4: the hash of everything up to and including ClientKeyExchange.
        hashed = self._transcript.digest()
        randoms = self._offer.random, self._hello.random
        keys = Keys12(self._suite, shared, *randoms, hashed if self._extended else None)
        self._keys = keys
        finished = message(Message.FINISHED, keys.verify_data(b"client finished", hashed))
        self._transcript.update(finished)
        channel.send(Content.HANDSHAKE, flight)
        channel.change_cipher_spec()
        channel.sealer = keys.client
        channel.send(Content.HANDSHAKE, finished)

    def _ticket(self, raw: bytes) -> None:
        """Ignore a session ticket (RFC 5077, 3.3); it is part of the transcript."""

    def _finished(self, raw: bytes) -> None:
        """RFC 5246, 7.4.9; everything is known, close."""
        keys, hashed = self._keys, self._transcript.digest()
        expected = keys.verify_data(b"server finished", hashed) if keys is not None else b""
        if not hmac.compare_digest(raw[HEADER:], expected):
            raise Abort(
                Kind.MALFORMED, "the server's Finished does not verify", Alert.DECRYPT_ERROR
            )
        self.asked = False
        self._channel.close()
        self.done = True

    _steps: ClassVar[dict[tuple[_State, int], Callable[[Tls12, bytes], None]]] = {
        (_State.CERTIFICATE, Message.CERTIFICATE): _certificate,
        (_State.STATUS_OR_KEY, Message.CERTIFICATE_STATUS): _certificate_status,
        (_State.STATUS_OR_KEY, Message.SERVER_KEY_EXCHANGE): _key_exchange,
        (_State.STATUS_OR_DONE, Message.CERTIFICATE_STATUS): _certificate_status,
        (_State.STATUS_OR_DONE, Message.CERTIFICATE_REQUEST): _certificate_request,
        (_State.STATUS_OR_DONE, Message.SERVER_HELLO_DONE): _hello_done,
        (_State.REQUEST_OR_DONE, Message.CERTIFICATE_REQUEST): _certificate_request,
        (_State.REQUEST_OR_DONE, Message.SERVER_HELLO_DONE): _hello_done,
        (_State.DONE, Message.SERVER_HELLO_DONE): _hello_done,
        (_State.CHANGE, Message.NEW_SESSION_TICKET): _ticket,
        (_State.FINISHED, Message.FINISHED): _finished,
    }

"""TLS servers without input or output of their own: the chain exactly as planted."""

import contextlib
import os
import ssl
import tempfile
import warnings
from enum import StrEnum
from pathlib import Path

from probe.lab import builder
from probe.lab.builder import Issued
from probe.lab.listening import Conversation

_RECORD = 16 * 1024


class Asks(StrEnum):
    """When a server asks its clients for a certificate."""

    NEVER = "never"
    HANDSHAKE = "handshake"
    AFTER_REQUEST = "after_request"


def server_context(
    leaf: Issued,
    sent: tuple[bytes, ...],
    *,
    asks: Asks = Asks.NEVER,
    legacy: bool = False,
    tds: bool = False,
    clients: bytes = b"",
) -> ssl.SSLContext:
    """Make the context of a server that sends ``sent`` as it stands, ``leaf`` being its first.

    ``legacy`` is TLS 1.0 and nothing newer, ``tds`` is TLS 1.2 and nothing newer. ``clients`` is
    the DER of the authority that client certificates must come from.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Level 0 lets OpenSSL load what it would refuse to serve, such as SHA-1 members. Which
    # suites and versions are offered is said explicitly and does not depend on it.
    if legacy:
        context.set_ciphers("ALL:!aNULL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # old on purpose
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
    else:
        context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if tds:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
    if asks is not Asks.NEVER:
        # A trusted authority would also complete a chain; this one issues no server certificate.
        context.load_verify_locations(cadata=clients)
    if asks is Asks.HANDSHAKE:
        context.verify_mode = ssl.CERT_REQUIRED
    elif asks is Asks.AFTER_REQUEST:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.post_handshake_auth = True
    _load(context, builder.pem(*sent), leaf.key_pem)
    return context


def _load(context: ssl.SSLContext, chain: bytes, key: bytes) -> None:
    # The standard library loads a key from a file only; this one is private (0600).
    descriptor, name = tempfile.mkstemp(prefix="cmprobe-lab-", suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key + chain)
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()


class Tls:
    """One connection: TLS around an inner conversation."""

    def __init__(
        self, context: ssl.SSLContext, inner: Conversation, *, asks: Asks = Asks.NEVER
    ) -> None:
        """Hold ``inner`` inside TLS."""
        self.finished = False
        self._inner = inner
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._handshaken = False
        self._held = b""
        self._asked = asks is not Asks.AFTER_REQUEST

    def receive(self, data: bytes) -> bytes:
        """Take records; return records."""
        self._incoming.write(data)
        try:
            self._advance()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            # The alert that tells the client so is among the outgoing octets already.
            self.finished = True
        return self._outgoing.read()

    def _advance(self) -> None:
        if not self._handshaken:
            self._tls.do_handshake()
            self._handshaken = True
        request, self._held = self._held, b""
        request += self._read()
        if not request:
            return
        if not self._asked and self._ask():
            self._held = request  # answered when the client has answered
            self._read()  # which sends the CertificateRequest
            return
        answer = self._inner.receive(request)
        if answer:
            self._tls.write(answer)
        if self._inner.finished:
            self._goodbye()

    def _read(self) -> bytes:
        """Read all that has come; an end of the client's half ends the connection."""
        received = []
        try:
            while part := self._tls.read(_RECORD):
                received.append(part)
        except ssl.SSLWantReadError:
            return b"".join(received)
        self._goodbye()
        return b"".join(received)

    def _ask(self) -> bool:
        """Ask for a certificate, as IIS does for a path that wants one (RFC 8446, 4.6.2)."""
        self._asked = True
        if self._tls.version() != "TLSv1.3":
            return False
        try:
            self._tls.verify_client_post_handshake()
        except ssl.SSLError:  # a client that cannot is answered without
            return False
        return True

    def _goodbye(self) -> None:
        self.finished = True
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()

"""Reading along: what a TLS server says in the clear while OpenSSL does the handshake.

OpenSSL loses a chain that holds a certificate which it cannot decode, and the standard library
shows neither CertificateRequest nor the negotiated group. Up to TLS 1.2 all of that travels
unencrypted until ChangeCipherSpec; in TLS 1.3 only ServerHello does.
"""

from enum import IntEnum
from typing import Final

from probe.model.failure import Failure, Stage
from probe.model.stages import ClientAuth
from probe.tls import alerts, authorities, hello, limits
from probe.tls.codec import Reader
from probe.tls.errors import Abort, excessive
from probe.tls.extensions import Extension
from probe.tls.messages import HEADER, Assembler, Message
from probe.tls.records import Content, Records
from probe.tls.schemes import describe
from probe.tls.shares import GROUPS
from probe.tls.signatures import scheme_before_12
from probe.tls.suites import SUITES

_NAMED_CURVE: Final = 3  # RFC 8422, 5.4
_MORE_GROUPS: Final = {
    0x001E: "x448",
    0x0100: "ffdhe2048",
    0x0101: "ffdhe3072",
    0x0102: "ffdhe4096",
}
"""What OpenSSL offers beside the observer's groups (IANA TLS Supported Groups)."""

_WARNINGS: Final = 4
"""Warnings that OpenSSL bears without a word."""


class Progress(IntEnum):
    """How far the server came, for people."""

    NOTHING = 0
    HELLO = 1
    CERTIFICATE = 2
    DONE = 3

    @property
    def label(self) -> str:
        """The last message that came."""
        return ("", "ServerHello", "Certificate", "ServerHelloDone")[self]


class Flight:
    """A server's first flight. Feeding never raises: ``failure`` says why reading ended early.

    ``alert`` is a fatal alert in the clear, ``certificates`` the chain as sent (None where it was
    not seen), ``version`` the negotiated one as on the wire.
    """

    __slots__ = (
        "_assembler",
        "_reading",
        "_records",
        "_warnings",
        "alert",
        "authorities",
        "certificates",
        "client_auth",
        "failure",
        "group",
        "progress",
        "scheme",
        "suite",
        "version",
    )

    def __init__(self) -> None:
        self.version: int | None = None
        self.suite: int | None = None
        self.group: str | None = None
        self.scheme: str | None = None
        self.certificates: tuple[bytes, ...] | None = None
        self.client_auth = ClientAuth.UNKNOWN
        self.authorities: tuple[str, ...] = ()
        self.alert: int | None = None
        self.failure: Failure | None = None
        self.progress = Progress.NOTHING
        self._records = Records()
        self._assembler = Assembler()
        self._reading = True
        self._warnings = 0

    @property
    def version_name(self) -> str | None:
        """The negotiated version, such as ``TLSv1.2``."""
        return None if self.version is None else hello.VERSIONS.get(self.version)

    @property
    def suite_name(self) -> str | None:
        """The negotiated suite's IANA name, where it is one that the observer offers too."""
        suite = None if self.suite is None else SUITES.get(self.suite)
        return None if suite is None else suite.name

    def feed(self, data: bytes) -> None:
        """Read along."""
        if not self._reading:
            return
        try:
            self._records.feed(data)
            while (record := self._next()) is not None:
                self._record(*record)
        except Abort as abort:
            self._refuse(abort)

    def ended(self) -> None:
        """Note that nothing more comes."""
        if self._reading:
            try:
                self._records.ended()
            except Abort as abort:
                self._refuse(abort)

    def _next(self) -> tuple[int, bytes] | None:
        return self._records.pull() if self._reading else None

    def _refuse(self, abort: Abort) -> None:
        self._reading = False
        self._records.clear()
        self.failure = Failure(Stage.TLS, abort.kind, abort.detail)

    def _stop(self) -> None:
        self._reading = False
        self._records.clear()

    def _record(self, kind: int, fragment: bytes) -> None:
        if kind == Content.HANDSHAKE:
            for message, _ in self._assembler.cut(fragment):
                try:
                    self._message(message)
                except Abort:
                    # OpenSSL is the judge of what is well formed; here it is only not noted.
                    continue
        elif kind == Content.ALERT:
            self._alert(fragment)
        elif kind == Content.CHANGE_CIPHER_SPEC and self.version is not None:
            # After a HelloRetryRequest it means nothing (RFC 8446, D.4).
            self._stop()

    def _alert(self, fragment: bytes) -> None:
        if fragment[:1] != bytes((alerts.FATAL,)):
            self._warnings += 1
            if self._warnings > _WARNINGS:
                raise excessive(f"more than {_WARNINGS} warnings")
        elif len(fragment) == 2:  # noqa: PLR2004 - level and description
            self.alert = fragment[1]

    def _message(self, message: bytes) -> None:
        kind = message[0]
        if kind == Message.SERVER_HELLO:
            self._hello(message)
        elif kind == Message.CERTIFICATE:
            self._certificate(message)
        elif kind == Message.SERVER_KEY_EXCHANGE:
            self._key_exchange(message)
        elif kind == Message.CERTIFICATE_REQUEST:
            self.client_auth = ClientAuth.REQUESTED
            self._request(message)
        elif kind == Message.SERVER_HELLO_DONE:
            self.progress = Progress.DONE
            if self.client_auth is ClientAuth.UNKNOWN:
                self.client_auth = ClientAuth.NONE

    def _hello(self, message: bytes) -> None:
        found = hello.server_hello(message, hello.TLS13)
        if found.retry:
            return
        self.version, self.suite = found.version, found.suite
        self.progress = Progress.HELLO
        if found.version == hello.TLS13:
            share = found.extensions.get(Extension.KEY_SHARE, b"")
            self.group = _group(int.from_bytes(share[:2], "big")) if share else None
            self._stop()

    def _certificate(self, message: bytes) -> None:
        """Read a chain (RFC 5246, 7.4.2)."""
        listed = Reader(Reader(message, "Certificate", HEADER).vector(3), "Certificate")
        chain: list[bytes] = []
        while listed.more and len(chain) < limits.CERTIFICATES:
            chain.append(listed.vector(3))
        self.certificates = tuple(chain)
        self.progress = Progress.CERTIFICATE

    def _key_exchange(self, message: bytes) -> None:
        """Read group and signature scheme (RFC 8422, 5.4; RFC 5246, 7.4.3)."""
        suite = self.suite_name or ""
        reader = Reader(message, "ServerKeyExchange", HEADER)
        if suite.startswith("TLS_ECDHE_"):
            if reader.number(1) != _NAMED_CURVE:
                return
            self.group = _group(reader.number(2))
            reader.vector(1)
        elif suite.startswith("TLS_DHE_"):
            for _ in ("p", "g", "Ys"):
                reader.vector(2)
        else:
            return
        if self.version == hello.TLS12:
            self.scheme = describe(reader.number(2))
        elif self.certificates:
            dictated = scheme_before_12(self.certificates[0])
            self.scheme = None if dictated is None else describe(dictated)

    def _request(self, message: bytes) -> None:
        """Read the acceptable authorities (RFC 5246, 7.4.4)."""
        reader = Reader(message, "CertificateRequest", HEADER)
        reader.vector(1)
        if self.version == hello.TLS12:
            reader.vector(2)
        self.authorities = authorities.names(reader.vector(2))


def _group(code: int) -> str:
    return GROUPS.get(code) or _MORE_GROUPS.get(code, f"0x{code:04x}")

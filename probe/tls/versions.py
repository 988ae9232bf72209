"""Asking for one protocol version with a minimal ClientHello; no handshake is completed."""

import os
from collections.abc import Callable

from probe.model.failure import Failure, Kind, Stage
from probe.tls import alerts, hello, wide
from probe.tls.alerts import Alert
from probe.tls.errors import Abort, malformed, unexpected
from probe.tls.extensions import Extension, extension, number_list, server_name
from probe.tls.extensions import alpn as protocols
from probe.tls.messages import Assembler, Message, name
from probe.tls.records import Content, Records, plain

# Refusals that are about the name we asked for, not about the version.
_NOT_THE_VERSION = frozenset((Alert.UNRECOGNIZED_NAME,))
# Refusals that may be about what was offered beside the version. GnuTLS and Java say it of both.
_PERHAPS_NOT_THE_VERSION = frozenset((Alert.HANDSHAKE_FAILURE, Alert.INSUFFICIENT_SECURITY))
_HEAD = 3  # octets of a record: its type and version (RFC 5246, 6.2.1)
_HELLOS: dict[tuple[int, bool], tuple[bytes, bytes]] = {}


class VersionProbe:
    """Sends one ClientHello of at most version ``maximum`` and reads what comes back.

    ``answer`` is the version of the ServerHello, which may be lower than asked. ``refused`` is
    whether the peer answered by refusing: a fatal alert, or closing or resetting the connection
    (as Windows does). ``failure`` says how, or why nothing could be learned (``refused`` False).
    ``doubtful``: the refusal may be about suites or groups, and a probe with ``everything`` that
    anybody ever offered is worth sending. ``speaks_lower``: the refusal came in a record of a
    lower version than was asked for, so a lower one may be there. Runs over any transport: octets
    in, octets out.
    """

    __slots__ = (
        "_alpn",
        "_assembler",
        "_everything",
        "_first",
        "_host",
        "_maximum",
        "_random",
        "_records",
        "_warning",
        "answer",
        "doubtful",
        "failure",
        "finished",
        "refused",
        "speaks_lower",
    )

    def __init__(
        self,
        host: str | None,
        maximum: int,
        *,
        alpn: tuple[str, ...] = (),
        everything: bool = False,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Ask for ``maximum`` (0x0300 to 0x0304); ``host`` is an A-label, an address or None.

        ``alpn`` is for servers that shake hands for one protocol only (RFC 7301).
        """
        if maximum not in hello.VERSIONS:
            raise ValueError(f"no TLS version 0x{maximum:04x}")
        self.finished = False
        self.answer: int | None = None
        self.failure: Failure | None = None
        self.refused = False
        self.doubtful = False
        self.speaks_lower = False
        self._first = b""
        self._host = host
        self._alpn = alpn
        self._everything = everything
        self._maximum = maximum
        self._random = random
        self._records = Records()
        self._assembler = Assembler()
        self._warning: int | None = None

    def begin(self) -> bytes:
        """Return the ClientHello."""
        maximum = self._maximum
        key = maximum, self._everything
        parts = _HELLOS.get(key)
        if parts is None:
            source = wide if self._everything else hello
            block = source.era(maximum) + _of_tls13(maximum)
            parts = _HELLOS[key] = source.suite_list(maximum), block
        suites, block = parts
        if maximum > hello.SSL3:
            block = server_name(self._host) + protocols(self._alpn) + block
        message = hello.client_hello(
            min(maximum, hello.TLS12), self._random(hello.RANDOM), b"", suites, block
        )
        # RFC 5246, E.1: old servers look at the record's version too.
        return plain(Content.HANDSHAKE, min(maximum, hello.TLS10), message)

    def receive(self, data: bytes) -> bytes:
        """Take what the peer sent; return what ends the handshake politely, if anything."""
        if self.finished:
            return b""
        self._first = (self._first + data[:_HEAD])[:_HEAD]
        try:
            self._records.feed(data)
            self._read()
        except Abort as abort:
            self._fail(abort.kind, abort.detail)
        except Exception as error:  # noqa: BLE001 - a bug here is a failed step, never a crash
            self._fail(Kind.INTERNAL, f"{type(error).__name__}: {error}")
        return _farewell(self.answer) if self.answer is not None else b""

    def closed(self, *, reset: bool) -> None:
        """Note that the peer closed or reset the connection: a refusal when it said nothing."""
        if self.finished:
            return
        try:
            self._records.ended()
        except Abort as abort:
            self._fail(abort.kind, abort.detail)
            return
        self.refused = True
        detail = "in answer to the ClientHello"
        if self._warning is not None:
            detail += f", after the warning {alerts.describe(self._warning)}"
        self._fail(Kind.RESET if reset else Kind.CLOSED, detail)

    def expire(self) -> None:
        """Note that the deadline passed."""
        if not self.finished:
            self._fail(Kind.TIMEOUT, "no answer to the ClientHello")

    def _read(self) -> None:
        while not self.finished and (record := self._records.pull()) is not None:
            self._record(*record)

    def _record(self, kind: int, fragment: bytes) -> None:
        if kind == Content.ALERT:
            self._alert(fragment)
        elif kind == Content.HANDSHAKE:
            for message, _ in self._assembler.cut(fragment):
                self._message(message)
                if self.finished:
                    return
        else:
            raise unexpected(f"a record of type {kind} before any ServerHello")

    def _alert(self, fragment: bytes) -> None:
        if len(fragment) != 2:  # noqa: PLR2004 - level and description
            raise malformed(f"an alert of {len(fragment)} octets")
        level, code = fragment
        if level == alerts.WARNING and code != Alert.CLOSE_NOTIFY:
            self._warning = code
            return
        self.refused = code not in _NOT_THE_VERSION
        self.doubtful = code in _PERHAPS_NOT_THE_VERSION and not self._everything
        # GnuTLS refuses in its lowest version, whereas OpenSSL takes the one asked for.
        self.speaks_lower = int.from_bytes(self._first[1:]) < self._maximum
        closed = code == Alert.CLOSE_NOTIFY
        self._fail(Kind.CLOSED if closed else Kind.ALERT, alerts.describe(code))

    def _message(self, message: bytes) -> None:
        if message[0] == Message.HELLO_REQUEST:
            return
        if message[0] != Message.SERVER_HELLO:
            raise unexpected(f"{name(message[0])} before any ServerHello")
        self.answer = hello.server_hello(message, self._maximum).version
        self._finish()

    def _fail(self, kind: Kind, detail: str) -> None:
        self.failure = Failure(Stage.TLS, kind, detail)
        self._finish()

    def _finish(self) -> None:
        self.finished = True
        self._records.clear()


def _of_tls13(maximum: int) -> bytes:
    if maximum < hello.TLS13:
        return b""
    # RFC 8446, 4.2.8: no share at all asks for a HelloRetryRequest, which is answer enough.
    versions = number_list(Extension.SUPPORTED_VERSIONS, (hello.TLS13,), 1)
    return versions + extension(Extension.KEY_SHARE, b"\x00\x00")


def _farewell(version: int) -> bytes:
    """Say that nothing is wrong (user_canceled), and close (RFC 8446, 6.1)."""
    return b"".join(
        plain(Content.ALERT, min(version, hello.TLS12), alerts.encode(alerts.WARNING, alert))
        for alert in (Alert.USER_CANCELED, Alert.CLOSE_NOTIFY)
    )

"""The first stage: from ClientHello to ServerHello, with a retry if asked (RFC 8446, 4.1)."""

from probe.tls.channel import Channel
from probe.tls.codec import Reader
from probe.tls.errors import illegal, malformed, unexpected
from probe.tls.extensions import Extension
from probe.tls.hello import TLS12, TLS13, VERSIONS, ServerHello, check_downgrade, server_hello
from probe.tls.key_schedule import KeySchedule
from probe.tls.keyed import HASHES
from probe.tls.messages import Message, message, name
from probe.tls.offer import Offer
from probe.tls.records import Content
from probe.tls.seen import Incomplete, Seen
from probe.tls.shares import GROUPS
from probe.tls.stage import Stage
from probe.tls.suites import SUITES, Exchange, Suite
from probe.tls.tls12 import Tls12
from probe.tls.tls13 import Tls13


class Greeting:
    """Sends the offer and reads the server's choice."""

    __slots__ = ("_channel", "_offer", "_retried", "_seen", "_sent", "asked", "done", "incomplete")

    def __init__(self, channel: Channel, seen: Seen, offer: Offer) -> None:
        self.done = False
        self.asked = False
        self.incomplete: Incomplete | None = None
        self._channel = channel
        self._seen = seen
        self._offer = offer
        # The transcript so far (RFC 8446, 4.4.1): its hash is not known before ServerHello.
        self._sent = b""
        # The suite that a HelloRetryRequest has fixed.
        self._retried: Suite | None = None

    @property
    def waiting(self) -> str:
        """What comes next."""
        return "ServerHello"

    def begin(self) -> None:
        """Write the ClientHello."""
        self._sent = self._offer.first()
        self._channel.send(Content.HANDSHAKE, self._sent)
        self._channel.version = TLS12

    def secure(self) -> None:
        """Go on as before."""

    def change_cipher_spec(self) -> None:
        """Ignore one: a retrying server sends it at once (RFC 8446, D.4)."""

    def application_data(self) -> None:
        """Refuse it."""
        raise unexpected("application data before ServerHello")

    def handshake(self, raw: bytes, *, last: bool) -> Stage:
        """Take ServerHello or HelloRetryRequest (RFC 8446, 4.1.3 and 4.1.4)."""
        if raw[0] == Message.HELLO_REQUEST:
            # RFC 5246, 7.4.1.1: ignored by a client that is negotiating, and not hashed.
            return self
        if raw[0] != Message.SERVER_HELLO:
            raise unexpected(f"{name(raw[0])} instead of ServerHello")
        hello = server_hello(raw, self._offer.maximum)
        check_downgrade(hello, self._offer.maximum)
        suite = self._suite(hello)
        self._seen.version = VERSIONS[hello.version]
        self._seen.cipher = suite.name
        if hello.version < TLS13:
            if self._retried is not None:
                raise illegal(f"{VERSIONS[hello.version]} after a HelloRetryRequest")
            # RFC 5246, E.1: records carry the negotiated version from now on.
            self._channel.version = hello.version
            return Tls12(self._channel, self._seen, self._offer, hello, suite, self._sent + raw)
        if hello.session != self._offer.session:
            raise illegal("the session id is not echoed")
        if not last:
            # RFC 8446, 5.1: keys change after this message, so nothing may share its record.
            raise unexpected("a record goes on after ServerHello")
        if hello.retry:
            return self._retry(hello, suite, raw)
        return self._agree(hello, suite, raw)

    def _suite(self, hello: ServerHello) -> Suite:
        suite = SUITES.get(hello.suite)
        if suite is None or not _belongs(suite, hello.version):
            raise illegal(f"cipher suite 0x{hello.suite:04x} for {VERSIONS[hello.version]}")
        if self._retried not in (None, suite):
            raise illegal(f"{suite.name} after a retry with another suite")
        return suite

    def _retry(self, hello: ServerHello, suite: Suite, raw: bytes) -> Stage:
        """Answer a HelloRetryRequest (RFC 8446, 4.1.4)."""
        if self._retried is not None:
            raise unexpected("a second HelloRetryRequest")
        self._retried = suite
        group = None
        share = hello.extensions.get(Extension.KEY_SHARE)
        if share is not None:
            group = int.from_bytes(share, "big")
            if group not in GROUPS or group in self._offer.groups:
                raise illegal(f"HelloRetryRequest for group 0x{group:04x}")
        cookie = hello.extensions.get(Extension.COOKIE)
        if group is None and cookie is None:
            raise illegal("a HelloRetryRequest that changes nothing")
        # RFC 8446, 4.4.1: the first ClientHello stands in the transcript as its hash.
        first = HASHES[suite.hash](self._sent).digest()
        second = self._offer.second(group, cookie)
        self._sent = message(Message.MESSAGE_HASH, first) + raw + second
        if self._offer.session:
            self._channel.change_cipher_spec()
        self._channel.send(Content.HANDSHAKE, second)
        return self

    def _agree(self, hello: ServerHello, suite: Suite, raw: bytes) -> Stage:
        """Agree on keys and go on encrypted (RFC 8446, 4.2.8 and 7.1)."""
        share = hello.extensions.get(Extension.KEY_SHARE)
        if share is None:
            raise malformed("ServerHello without key_share")
        reader = Reader(share, "key_share")
        group = reader.number(2)
        public = reader.vector(2)
        reader.done()
        if group not in self._offer.groups:
            raise illegal(f"a share of group 0x{group:04x}, which was not offered")
        self._seen.group = GROUPS[group]
        transcript = HASHES[suite.hash](self._sent)
        transcript.update(raw)
        shared = self._offer.shares.agree(group, public)
        schedule = KeySchedule(suite.hash, shared, transcript.digest())
        compatible = bool(self._offer.session) and self._retried is None
        return Tls13(self._channel, self._seen, suite, schedule, transcript, compatible=compatible)


def _belongs(suite: Suite, version: int) -> bool:
    """Whether a suite may be chosen with a version (RFC 8446, B.4; RFC 5246, A.5)."""
    if (suite.exchange is Exchange.TLS13) != (version == TLS13):
        return False
    return version >= TLS12 or suite.cipher is None

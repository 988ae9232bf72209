"""The ClientHello of one connection: what is offered, and the second one after a retry."""

from collections.abc import Callable

from probe.tls import extensions, hello
from probe.tls.extensions import Extension, extension
from probe.tls.hello import TLS10, TLS11, TLS12, TLS13
from probe.tls.shares import SHARED, KeyShares

# RFC 8446, 4.2.1: a server that knows the extension looks nowhere else, so the old versions whose
# first flight is read stand here too.
_VERSIONS_13 = extensions.number_list(Extension.SUPPORTED_VERSIONS, (TLS13, TLS12, TLS11, TLS10), 1)


class Offer:
    """One connection's offer. Random and session id are its own; shares may be shared."""

    __slots__ = ("_alpn", "_host", "groups", "maximum", "random", "session", "shares")

    def __init__(
        self,
        host: str | None,
        alpn: tuple[str, ...],
        maximum: int,
        shares: KeyShares,
        random: Callable[[int], bytes],
    ) -> None:
        self._host = extensions.server_name(host)
        self._alpn = alpn
        self.maximum = maximum
        self.shares = shares
        # RFC 8446, D.4: a session id makes TLS 1.3 look like a resumption to middleboxes.
        drawn = random(hello.RANDOM * 2 if maximum >= TLS13 else hello.RANDOM)
        self.random = drawn[: hello.RANDOM]
        self.session = drawn[hello.RANDOM :]
        # The groups that the last ClientHello has shares of.
        self.groups = SHARED if maximum >= TLS13 else ()

    def first(self) -> bytes:
        """Return the ClientHello message (RFC 8446, 4.1.2)."""
        suites, block = self._constant()
        if self.maximum >= TLS13:
            block += self._share(SHARED)
        return self._write(suites, block)

    def second(self, group: int | None, cookie: bytes | None) -> bytes:
        """Return the ClientHello that answers a HelloRetryRequest (RFC 8446, 4.1.2).

        It is the first one, with a share of ``group`` alone (None: the same shares) and the
        server's ``cookie`` extension.
        """
        if group is not None:
            self.groups = (group,)
        suites, block = self._constant()
        if cookie is not None:
            block += extension(Extension.COOKIE, cookie)
        return self._write(suites, block + self._share(self.groups))

    def _write(self, suites: bytes, block: bytes) -> bytes:
        return hello.client_hello(TLS12, self.random, self.session, suites, self._host + block)

    def _constant(self) -> tuple[bytes, bytes]:
        """Return suites and the extensions that are the same for every host."""
        key = (self.maximum, self._alpn)
        found = _CONSTANT.get(key)
        if found is None:
            block = hello.era(self.maximum) + extensions.STATUS_REQUEST
            block += extensions.alpn(self._alpn) + extensions.EXTENDED_MASTER_SECRET
            if self.maximum >= TLS13:
                block += _VERSIONS_13
            found = hello.suite_list(self.maximum), block
            if len(_CONSTANT) < _KEPT:
                _CONSTANT[key] = found
        return found

    def _share(self, groups: tuple[int, ...]) -> bytes:
        """Return the key_share extension, kept with the shares that it shows."""
        kept = self.shares.hellos
        block = kept.get(groups)
        if block is None:
            block = kept[groups] = hello.key_share(self.shares, groups)
        return block


_KEPT = 16
_CONSTANT: dict[tuple[int, tuple[str, ...]], tuple[bytes, bytes]] = {}

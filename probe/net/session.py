"""What the targets of one scan share: resolvers, limits, TLS contexts and the proxy."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from probe.model.settings import Settings
from probe.model.stages import Chain
from probe.model.target import Target
from probe.net import proxy
from probe.net.contexts import client_context, unusable
from probe.net.resolve import Resolver
from probe.net.slots import Slots
from probe.tls.shares import KeyShares

if TYPE_CHECKING:
    from probe.net.revocation.errand import Fetcher
    from probe.net.revocation.sources import Sources
    from probe.net.revocation.store import Store

_BUFFER: Final = 64 * 1024
_ENGINES: Final = frozenset({"auto", "observer", "openssl"})
_INTERNED: Final = 4096


class SessionError(Exception):
    """The settings cannot be used: a message for the person who gave them."""


class Session:
    """State of one scan on one event loop; an asynchronous context manager.

    SessionError for a proxy, resolver, engine or client certificate that cannot be used. The
    environment gives the proxy's credentials (see `probe.net.proxy`). ``fetcher`` fetches what
    certificates name; without one this session does.
    """

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str] = os.environ,
        *,
        fetcher: "Fetcher | None" = None,
    ) -> None:
        self.settings = settings
        self.buffer = memoryview(bytearray(_BUFFER))
        self.slots = Slots(max(1, settings.per_host))
        # One pair of keys serves many handshakes (see `KeyShares`); randoms never do.
        self.shares = KeyShares()
        self._resolvers: dict[str | None, Resolver] = {}
        self._contexts: dict[object, ssl.SSLContext] = {}
        self._issuers: dict[bytes, bytes] = {}
        self._sources: dict[str | None, Sources] = {}
        self._retired: list[Sources] = []
        self._fetcher = fetcher
        self._store = None if settings.cache is None else _store(settings.cache)
        if settings.tls_engine not in _ENGINES:
            raise SessionError(f"unknown TLS engine {settings.tls_engine}")
        try:
            self.proxy = (
                None if settings.proxy is None else proxy.parse(settings.proxy, environment)
            )
            if settings.resolver is not None:
                self.resolver(settings.resolver)
        except ValueError as error:
            raise SessionError(str(error)) from None
        if settings.client_certificate is not None:
            try:
                self.context()
            except (OSError, ssl.SSLError, ValueError) as error:
                reason = unusable(settings.client_certificate, error)
                raise SessionError(f"{settings.client_certificate}: {reason}") from None

    async def __aenter__(self) -> Self:
        """Start with empty caches."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give up what is still being asked."""
        await self.close()

    async def close(self) -> None:
        """Give up what is still being asked."""
        for sources in (*self._retired, *self._sources.values()):
            await sources.close()
        for resolver in self._resolvers.values():
            await resolver.close()

    def resolver(self, server: str | None) -> Resolver:
        """Return the resolver that asks ``server``, or the platform's for None."""
        found = self._resolvers.get(server)
        if found is None:
            found = self._resolvers[server] = Resolver(server, self.settings.family)
        return found

    def resolver_for(self, target: Target) -> Resolver:
        """Return the resolver for a target: that of the settings comes first."""
        return self.resolver(self.settings.resolver or target.resolver)

    def sources(self, target: Target) -> "Sources":
        """Return the revocation sources as the resolver of a target finds them."""
        server = self.settings.resolver or target.resolver
        found = self._sources.get(server)
        if found is None:
            # Only scans that fetch need it.
            from probe.net.revocation.sources import Sources  # noqa: PLC0415

            found = self._sources[server] = Sources(self.fetcher(), server, self._store)
        return found

    def fetcher(self) -> "Fetcher":
        """Return what fetches for this session."""
        if self._fetcher is None:
            from probe.net.revocation.local import Local  # noqa: PLC0415 - as above

            self._fetcher = Local(self.settings, self.resolver)
        return self._fetcher

    def begin(self) -> None:
        """Begin another scan: revocation is looked up anew, with what is known confirmed.

        Whoever is looking up goes on with the sources of the scan before.
        """
        before = self._sources
        self._retired = [one for one in (*self._retired, *before.values()) if one.busy]
        self._sources = {server: one.anew() for server, one in before.items()}

    def inherit(self, before: "Session") -> None:
        """Know the CRLs that a session with the same settings knows; they are confirmed anew."""
        for server, one in before._sources.items():  # noqa: SLF001 - another of this class
            self._sources[server] = one.anew(self.fetcher())

    def context(
        self,
        alpn: tuple[str, ...] = (),
        maximum: ssl.TLSVersion | None = None,
        *,
        post_handshake: bool = False,
    ) -> ssl.SSLContext:
        """Return the OpenSSL context for these needs, made once."""
        key = (alpn, maximum, post_handshake)
        found = self._contexts.get(key)
        if found is None:
            found = self._contexts[key] = client_context(
                alpn,
                certificate=self.settings.client_certificate,
                maximum=maximum,
                post_handshake=post_handshake,
            )
        return found

    @property
    def identified(self) -> bool:
        """Whether we have a client certificate."""
        return self.settings.client_certificate is not None

    def same(self, chain: Chain) -> Chain:
        """Return a chain whose issuers are the very octets of earlier chains.

        Thousands of servers send the same few intermediates; the results keep them once.
        """
        leaf, issuers = chain.certificates[:1], chain.certificates[1:]
        if not issuers or len(self._issuers) > _INTERNED:
            return chain
        return Chain((*leaf, *(self._issuers.setdefault(der, der) for der in issuers)))

    @staticmethod
    def key(target: Target) -> str:
        """Return what limits and fairness count a target by before its name is resolved."""
        return target.address or target.host


def _store(directory: str) -> "Store":
    """Return the directory of kept CRLs; SessionError if it cannot be used."""
    from probe.net.revocation.store import Store  # noqa: PLC0415 - few scans keep any

    try:
        return Store(Path(directory))
    except OSError as error:
        raise SessionError(f"--cache {directory}: {error.strerror or error}") from None

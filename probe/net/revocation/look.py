"""Look up the revocation of one chain: ask everything that its certificates name, and record it."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from probe.model.certificate import Certificate
from probe.model.observation import Observation
from probe.model.path import Explanation, PathEnd
from probe.model.revocation import IssuerSource, RevocationSource, SourceKind
from probe.model.settings import Fetch
from probe.model.stages import Handshaken
from probe.model.target import Accepts, Target
from probe.net.revocation import records
from probe.net.revocation.choosing import (
    LDAP,
    MOST_URLS,
    TOO_MANY,
    WEB,
    Asked,
    path,
    presented,
    scheme,
    strangers,
)
from probe.net.revocation.shared import wait
from probe.net.revocation.sources import Sources
from probe.net.session import Session
from probe.pki.chain import explain
from probe.pki.crl import RevocationList
from probe.pki.trust import TrustStore

_NOT_ASKED: Final = "OCSP is asked with --fetch all"
_PROXIED: Final = "nothing is fetched through a proxy, which would choose where to connect"
_NO_SERVER: Final = "it names no server: only domain members can follow it (see --ldap-server)"
_INTERRUPTED: Final = "interrupted before an answer came"


class Look:
    """One chain."""

    def __init__(
        self,
        target: Target,
        seen: Observation,
        session: Session,
        store: TrustStore,
        until: float,
        seconds: float,
    ) -> None:
        """Look until that time of the loop, which was ``seconds`` away."""
        self._seen = seen
        self._session = session
        self._store = store
        self._until = until
        self._seconds = seconds
        self._private = (
            session.settings.fetch_private or target.names.accepts is not Accepts.INTERNET
        )
        self._sources: Sources = session.sources(target)
        self._all = session.settings.fetch is Fetch.ALL
        ldap = session.settings.fetch_ldap
        self._schemes = WEB | {LDAP} if ldap else WEB
        self._presented = presented(seen)
        self._issuers: list[IssuerSource] = []
        self._path: Sequence[Asked] = ()
        self._interrupted = False

    async def run(self) -> Observation:
        """Ask, and record."""
        if not self._presented:
            return self._seen
        explanation = explain(self._presented, self._store)
        self._path = list(path(explanation, None, self._schemes))
        last = await self._completed(explanation)
        self._path = list(path(explanation, last, self._schemes))
        if self._session.proxy is None:
            await self._ask(self._path)
            await self._index(self._path)
        return self._recorded()

    def cut(self) -> Observation:
        """Record what is known now: nothing more is waited for."""
        self._interrupted = True
        return self._recorded() if self._presented else self._seen

    def _recorded(self) -> Observation:
        found = [*self._records(self._path), *strangers(self._presented, self._path)]
        if not found and not self._issuers:
            return self._seen
        return msgspec.structs.replace(
            self._seen, revocation=tuple(found), issuers=tuple(self._issuers)
        )

    async def _completed(self, explanation: Explanation) -> Certificate | None:
        """Return the issuer of the last certificate of the path, where AIA has it."""
        if (
            not self._all
            or self._session.proxy is not None
            or explanation.end is not PathEnd.MISSING_ISSUER
        ):
            return None
        from probe.net.revocation.issuers import complete  # noqa: PLC0415 - few need it

        members = [member.certificate for member in explanation.path]
        try:
            async with asyncio.timeout_at(self._until):
                return await complete(
                    members, self._issuers, self._sources, self._store, private=self._private
                )
        except TimeoutError:
            return None

    async def _ask(self, asked: Sequence[Asked]) -> None:
        sources, private = self._sources, self._private
        tasks = [
            sources.ask_list(url, one.issuer, kind, private=private)
            for one in asked
            for kind in (SourceKind.CRL, SourceKind.DELTA)
            for url in one.urls(kind)
            if not self._homeless(url)
        ]
        if self._all:
            tasks += [
                sources.ask_responder(url, one.certificate, one.issuer, private=private)
                for one in asked
                if one.issuer is not None
                for url in one.urls(SourceKind.OCSP)
            ]
        await self._wait(tasks)
        await self._wait(
            sources.ask_list(url, one.issuer, SourceKind.DELTA, private=private)
            for one in asked
            for url, _ in self._deltas(one)
        )

    async def _wait(self, tasks: Iterable[asyncio.Task[None] | None]) -> None:
        await wait(tasks, self._until - asyncio.get_running_loop().time())

    async def _index(self, asked: Sequence[Asked]) -> None:
        """Make the index of a large CRL that many targets need, in a thread."""
        for url in {url for one in asked for url in one.urls(SourceKind.CRL)}:
            published = self._sources.published(url, private=self._private)
            if published is not None and published.crl is not None and published.crl.claim_index():
                await asyncio.to_thread(published.crl.make_index)

    def _deltas(self, one: Asked) -> Iterator[tuple[str, RevocationList]]:
        """Yield the delta CRLs that base CRLs name, and the certificate does not."""
        known = set(one.certificate.delta_crl_urls)
        for url in one.urls(SourceKind.CRL):
            published = self._sources.published(url, private=self._private)
            if published is None or published.crl is None:
                continue
            for delta in published.crl.freshest[:MOST_URLS]:
                if (
                    delta not in known
                    and one.fetchable(delta, SourceKind.DELTA)
                    and not self._homeless(delta)
                ):
                    known.add(delta)
                    yield delta, published.crl

    def _records(self, asked: Sequence[Asked]) -> Iterator[RevocationSource]:
        for one in asked:
            if one.position == 0 and isinstance(self._seen.handshake, Handshaken):
                staple = self._seen.handshake.ocsp_staple
                if staple is not None:
                    yield records.of_staple(staple, one)
            for kind in (SourceKind.CRL, SourceKind.DELTA, SourceKind.OCSP):
                urls = one.urls(kind)
                for url in one.named(kind)[: 2 * MOST_URLS]:
                    if because := self._skips(url, kind, one, urls):
                        yield records.skipped(url, kind, one, because)
                    else:
                        yield self._record(url, kind, one)
            for url, base in self._deltas(one):
                yield self._record(url, SourceKind.DELTA, one, base)

    def _homeless(self, url: str) -> bool:
        """Whether a URL names no server, and nobody else does."""
        without = url[len(LDAP) :].startswith((":///", ":/?", ":?")) or url.endswith("://")
        return scheme(url) == LDAP and without and self._session.settings.ldap_server is None

    def _skips(self, url: str, kind: SourceKind, one: Asked, urls: Sequence[str]) -> str | None:
        if not one.fetchable(url, kind):
            hint = " (see --fetch-ldap)" if scheme(url) == LDAP else ""
            return f"{scheme(url) or 'no scheme'} is not fetched{hint}"
        if kind is SourceKind.OCSP and not self._all:
            return _NOT_ASKED
        if self._session.proxy is not None:
            return _PROXIED
        if self._homeless(url):
            return _NO_SERVER
        return None if url in urls else TOO_MANY

    def _record(
        self, url: str, kind: SourceKind, one: Asked, base: RevocationList | None = None
    ) -> RevocationSource:
        if kind is SourceKind.OCSP:
            return self._answer(url, one)
        published = self._sources.published(url, private=self._private)
        if published is None:
            return self._missed(url, kind, one)
        if kind is SourceKind.DELTA and base is None:
            base = self._base(one)
        return records.of_list(url, kind, one, published, base)

    def _missed(self, url: str, kind: SourceKind, one: Asked) -> RevocationSource:
        if self._interrupted:
            return records.skipped(url, kind, one, _INTERRUPTED)
        return records.late(url, kind, one, self._seconds)

    def _answer(self, url: str, one: Asked) -> RevocationSource:
        if one.issuer is None:
            return records.skipped(url, SourceKind.OCSP, one, records.UNKNOWN_ISSUER)
        answered = self._sources.answered(url, one.certificate, one.issuer, private=self._private)
        if answered is None:
            return self._missed(url, SourceKind.OCSP, one)
        return records.of_responder(url, one, answered)

    def _base(self, one: Asked) -> RevocationList | None:
        """Return the first base CRL that came, which a delta CRL of the certificate adds to."""
        for url in one.urls(SourceKind.CRL):
            published = self._sources.published(url, private=self._private)
            if published is not None and published.crl is not None:
                return published.crl
        return None

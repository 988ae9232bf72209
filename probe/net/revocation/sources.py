"""The sources that a scan has asked so far: CRLs, OCSP answers and issuers, each asked once."""

import asyncio
from typing import Final

from probe.model.certificate import Certificate
from probe.model.failure import Stage
from probe.model.revocation import SourceKind
from probe.net.revocation import responder
from probe.net.revocation.choosing import place
from probe.net.revocation.errand import LIMIT, Errand, Fetched, Fetcher, now
from probe.net.revocation.lists import Lists
from probe.net.revocation.published import Answered, Published
from probe.net.revocation.shared import Kept, Shared, wait
from probe.net.revocation.store import Store

SECONDS: Final = 12.0
"""For all that the certificates of a target name, however much that is."""

_ATTRIBUTES: Final = {SourceKind.DELTA: "deltaRevocationList"}


class Sources:
    """CRLs by URL and OCSP answers by URL and certificate, as one resolver finds them.

    ``private`` is whether loopback and private addresses may be asked. What came from public ones
    alone serves those who may not, too; a refusal by the policy serves only those it holds for.
    """

    def __init__(
        self, fetcher: Fetcher, server: str | None = None, store: Store | None = None
    ) -> None:
        self._fetcher = fetcher
        self._server = server
        self._store = store
        self._kept = Lists(fetcher, server, store)
        self._lists: Shared[Published] = Shared()
        self._answers: Shared[Answered] = Shared()
        self._issuers: Shared[Fetched] = Shared()

    def anew(self, fetcher: Fetcher | None = None) -> "Sources":
        """Return the sources of another scan: everything is asked again, or confirmed."""
        found = Sources(fetcher or self._fetcher, self._server, self._store)
        found._kept.remember(self._kept.remembered(), self._lists.items())
        return found

    @property
    def busy(self) -> bool:
        """Whether anything is being fetched."""
        return self._lists.busy or self._answers.busy or self._issuers.busy

    async def close(self) -> None:
        """Give up what is being fetched."""
        await self._lists.close()
        await self._answers.close()
        await self._issuers.close()

    def published(self, url: str, *, private: bool) -> Published | None:
        """Return what a CRL's URL gave, None while that is not known."""
        found = self._lists.known((url, private))
        if found is None:
            found = self._lists.known((url, not private))
            if found is not None and (found.failure is not None or not (private or found.public)):
                return None
        return found

    def answered(
        self, url: str, certificate: Certificate, issuer: Certificate, *, private: bool
    ) -> Answered | None:
        """Return what a responder gave, None while that is not known."""
        return self._answers.known((url, private, issuer.sha256, certificate.serial))

    def ask_list(
        self,
        url: str,
        issuer: Certificate | None,
        kind: SourceKind = SourceKind.CRL,
        *,
        private: bool,
    ) -> asyncio.Task[None] | None:
        """Have a CRL fetched, unless it is there; ``issuer`` is who probably signed it."""
        if self.published(url, private=private) is not None:
            return None

        async def get() -> Kept[Published]:
            attribute = _ATTRIBUTES.get(kind, "certificateRevocationList")
            published = await self._kept.get(url, issuer, attribute, private)
            # A CRL that is overdue is not asked for twice in one scan.
            left = (published.until - now()).total_seconds() if published.until else 0.0
            return Kept(published, published.size, left if left > 0 else None)

        return self._lists.ask((url, private), get, place(url))

    def ask_responder(
        self, url: str, certificate: Certificate, issuer: Certificate, *, private: bool
    ) -> asyncio.Task[None] | None:
        """Have a responder asked, unless its answer is there."""
        asked = Errand(url=url, server=self._server, private=private, stage=Stage.OCSP, limit=LIMIT)

        async def get() -> Kept[Answered]:
            answered = await responder.ask(self._fetcher, asked, certificate, issuer)
            return Kept(answered, len(answered.data), None)

        key = (url, private, issuer.sha256, certificate.serial)
        return self._answers.ask(key, get, place(url))

    async def certificates(self, url: str, *, private: bool) -> Fetched:
        """Return what an AIA URL gives."""
        errand = Errand(url=url, server=self._server, private=private, stage=Stage.CRL, limit=LIMIT)

        async def get() -> Kept[Fetched]:
            fetched = await self._fetcher.fetch(errand)
            return Kept(fetched, len(fetched.data), None)

        key = (url, private)
        while (known := self._issuers.known(key)) is None:
            await wait([self._issuers.ask(key, get, place(url))], SECONDS)
        return known

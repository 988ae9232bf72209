"""CRLs fetched, or kept from earlier: in memory by this session, in a directory by any process."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import Final

from probe.model.certificate import Certificate
from probe.model.failure import Stage
from probe.net.revocation.choosing import LDAP, scheme
from probe.net.revocation.errand import CRL_LIMIT, NOTHING_KNOWN, Errand, Fetched, Fetcher
from probe.net.revocation.published import Published, read
from probe.net.revocation.shared import MOST_OCTETS
from probe.net.revocation.store import Store

_LARGE: Final = 256 * 1024
"""Octets from which decoding and verifying go to a thread: the event loop must not wait."""

Key = Hashable
"""A URL, and whether loopback and private addresses were allowed."""


class Lists:
    """Gives the CRL of a URL for one scan, with the least that has to come over the network.

    A CRL kept from earlier is taken as it is for `published.FRESH`, and after that its server is
    asked whether it is still its own. One past its next update is fetched.
    """

    def __init__(self, fetcher: Fetcher, server: str | None, store: Store | None) -> None:
        self._fetcher = fetcher
        self._server = server
        self._store = store
        self._before: OrderedDict[Key, Published] = OrderedDict()

    def remember(self, *earlier: Iterable[tuple[Key, Published]]) -> None:
        """Keep what earlier scans have; the newest are last, and the oldest dropped first."""
        octets = 0
        for key, published in (one for part in earlier for one in part):
            self._before.pop(key, None)
            if published.holds:
                self._before[key] = published
        for key in reversed(list(self._before)):
            octets += self._before[key].size
            if octets > MOST_OCTETS:
                del self._before[key]

    def remembered(self) -> Iterable[tuple[Key, Published]]:
        """Return what earlier scans had."""
        return self._before.items()

    async def get(
        self,
        url: str,
        issuer: Certificate | None,
        attribute: str,
        private: bool,  # noqa: FBT001 - passed on
    ) -> Published:
        """Return what a URL gives now; ``issuer`` is who probably signed it."""
        known = self._before.get((url, private)) or self._before.get((url, not private))
        if known is None or not (private or known.public):
            known = await self._stored(url, issuer, private)
        if known is not None and not known.holds:
            known = None
        if known is not None and known.fresh:
            return known.again()
        errand = Errand(
            url=url,
            server=self._server,
            private=private,
            stage=Stage.CRL,
            limit=CRL_LIMIT,
            known=known.validators if known is not None else NOTHING_KNOWN,
            attribute=attribute,
        )
        fetched = await self._fetcher.fetch(errand)
        if fetched.unchanged and known is not None:
            if self._store is not None:
                await asyncio.to_thread(self._store.confirm, url, self._server)
            return known.again(fetched)
        published = await _read(fetched, issuer)
        await self._keep(url, published, issuer, fetched)
        return published

    async def _stored(
        self,
        url: str,
        issuer: Certificate | None,
        private: bool,  # noqa: FBT001 - passed on
    ) -> Published | None:
        """Return what the directory has, if the issuer signed it and it still holds."""
        if self._store is None or issuer is None or scheme(url) == LDAP:
            return None
        fetched = await asyncio.to_thread(self._store.load, url, self._server)
        if fetched is None or not (private or fetched.public):
            return None
        published = await _read(fetched, issuer)
        sound = published.crl is not None and published.not_from(issuer) is None
        return published if sound else None

    async def _keep(
        self, url: str, published: Published, issuer: Certificate | None, fetched: Fetched
    ) -> None:
        if (
            self._store is not None
            and issuer is not None
            and scheme(url) != LDAP
            and published.holds
            and published.not_from(issuer) is None
        ):
            await asyncio.to_thread(self._store.save, url, self._server, fetched)


async def _read(fetched: Fetched, issuer: Certificate | None) -> Published:
    if len(fetched.data) > _LARGE:
        return await asyncio.to_thread(read, fetched, issuer)
    return read(fetched, issuer)

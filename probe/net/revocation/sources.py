"""The sources that a scan has asked so far: CRLs and OCSP answers, decoded, each asked once."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from probe.model.certificate import Certificate
from probe.model.failure import Failure, Kind, Stage
from probe.net.revocation.shared import Kept, Shared, wait
from probe.pki import crl_scope
from probe.pki.crl import CrlError, RevocationList, decode

if TYPE_CHECKING:
    from probe.net.resolve import Resolver
    from probe.net.revocation.fetch import Fetched

SECONDS: Final = 12.0
"""For all that the certificates of a target name, however much that is."""

_LARGE: Final = 256 * 1024
"""Octets from which decoding and verifying go to a thread: the event loop must not wait."""

_LONGEST_GET: Final = 255
"""Octets of a URL with an OCSP request in it (RFC 5019, 5)."""


class Published:
    """What a CRL's URL gave: a list, or why there is none. Shared by all who ask."""

    __slots__ = ("_words", "crl", "failure", "fetched", "public", "seconds")

    def __init__(
        self, fetched: "Fetched", crl: RevocationList | None, failure: Failure | None
    ) -> None:
        self.fetched = datetime.now(UTC).replace(microsecond=0)
        self.seconds = fetched.seconds
        self.public = fetched.public
        self.crl = crl
        self.failure = failure
        self._words: dict[str, str | None] = {}

    def not_from(self, issuer: Certificate) -> str | None:
        """Say why it is not the word of ``issuer``; each issuer is verified once."""
        if self.crl is not None and issuer.sha256 not in self._words:
            self._words[issuer.sha256] = crl_scope.not_from(self.crl, issuer)
        return self._words.get(issuer.sha256)


class Answered:
    """What an OCSP responder gave for one certificate: octets, or why there are none."""

    __slots__ = ("data", "failure", "fetched", "public", "seconds")

    def __init__(self, fetched: "Fetched") -> None:
        self.fetched = datetime.now(UTC).replace(microsecond=0)
        self.seconds = fetched.seconds
        self.public = fetched.public
        self.data = fetched.data
        self.failure = fetched.failure


class Sources:
    """CRLs by URL and OCSP answers by URL and certificate, as one resolver finds them.

    ``private`` is whether loopback and private addresses may be asked. What came from public ones
    alone serves those who may not, too; a refusal by the policy serves only those it holds for.
    """

    def __init__(self, resolver: "Resolver") -> None:
        self._resolver = resolver
        self._lists: Shared[Published] = Shared()
        self._answers: Shared[Answered] = Shared()
        self._issuers: Shared[Fetched] = Shared()

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
        self, url: str, issuer: Certificate | None, *, private: bool
    ) -> asyncio.Task[None] | None:
        """Have a CRL fetched, unless it is there; ``issuer`` is who probably signed it."""
        if self.published(url, private=private) is not None:
            return None
        return self._lists.ask((url, private), lambda: self._fetch_list(url, issuer, private))

    def ask_responder(
        self, url: str, certificate: Certificate, issuer: Certificate, *, private: bool
    ) -> asyncio.Task[None] | None:
        """Have a responder asked, unless its answer is there."""
        key = (url, private, issuer.sha256, certificate.serial)
        return self._answers.ask(key, lambda: self._fetch_answer(url, certificate, issuer, private))

    async def certificates(self, url: str, *, private: bool) -> "Fetched":
        """Return what an AIA URL gives."""
        from probe.net.revocation.fetch import LIMIT, Rules, fetch  # noqa: PLC0415 - as below

        async def get() -> "Kept[Fetched]":
            fetched = await fetch(url, Rules(self._resolver, private), stage=Stage.CRL, limit=LIMIT)
            return Kept(fetched, len(fetched.data), None)

        key = (url, private)
        while (known := self._issuers.known(key)) is None:
            await wait([self._issuers.ask(key, get)], SECONDS)
        return known

    async def _fetch_list(
        self,
        url: str,
        issuer: Certificate | None,
        private: bool,  # noqa: FBT001 - passed on
    ) -> Kept[Published]:
        # httpx is large, and a scan that fetches nothing needs none of it.
        from probe.net.revocation.fetch import CRL_LIMIT, Rules, fetch  # noqa: PLC0415

        rules = Rules(self._resolver, private)
        fetched = await fetch(url, rules, stage=Stage.CRL, limit=CRL_LIMIT)
        if len(fetched.data) > _LARGE:
            published = await asyncio.to_thread(_decode, fetched, issuer)
        else:
            published = _decode(fetched, issuer)
        crl = published.crl
        return Kept(published, len(fetched.data), _left(crl.next_update if crl else None))

    async def _fetch_answer(
        self,
        url: str,
        certificate: Certificate,
        issuer: Certificate,
        private: bool,  # noqa: FBT001 - passed on
    ) -> Kept[Answered]:
        """Ask by GET, which caches serve, and by POST where that is too long or not understood."""
        import base64  # noqa: PLC0415 - only where OCSP is asked

        from probe.net.revocation.fetch import LIMIT, Rules, fetch  # noqa: PLC0415
        from probe.pki import ocsp  # noqa: PLC0415

        rules = Rules(self._resolver, private)
        request = ocsp.request(certificate, issuer)
        path = quote(base64.b64encode(request).decode("ascii"), safe="")
        by_get = f"{url.rstrip('/')}/{path}"
        fetched = None
        if len(by_get) <= _LONGEST_GET:
            fetched = await fetch(by_get, rules, stage=Stage.OCSP, limit=LIMIT)
        if fetched is None or (fetched.failure and fetched.failure.kind is Kind.STATUS):
            fetched = await fetch(url, rules, stage=Stage.OCSP, limit=LIMIT, body=request)
        return Kept(Answered(fetched), len(fetched.data), None)


def _decode(fetched: "Fetched", issuer: Certificate | None) -> Published:
    if fetched.failure is not None:
        return Published(fetched, None, fetched.failure)
    try:
        crl = decode(fetched.data)
    except CrlError as error:
        return Published(fetched, None, Failure(Stage.CRL, Kind.MALFORMED, str(error)))
    published = Published(fetched, crl, None)
    if issuer is not None:
        published.not_from(issuer)
    return published


def _left(until: datetime | None) -> float | None:
    """Return the seconds until then; None where it is unknown or over: then it is kept as it is."""
    seconds = (until - datetime.now(UTC)).total_seconds() if until is not None else 0.0
    return seconds if seconds > 0 else None

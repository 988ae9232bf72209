"""Fetch what a URL from a certificate names, under the fetch policy: nothing of it is trusted.

http and https without credentials, cookies, proxies or environment; sizes are counted as they
come, decompressed octets included; one clock of a few seconds runs over redirects and all. TLS is
not verified: CRLs, OCSP answers and certificates are signed themselves.
"""

import asyncio
import zlib
from collections.abc import AsyncIterable
from typing import Final, NamedTuple

import httpx
import msgspec

from probe.model.failure import Failure, Kind, Stage
from probe.net import failures
from probe.net.contexts import client_context
from probe.net.resolve import Resolver
from probe.net.revocation import policy
from probe.net.revocation.ask import Conversation
from probe.net.revocation.dial import Forbidden, Stream, Unreachable, dial

SECONDS: Final = 5.0
REDIRECTS: Final = 2
CRL_LIMIT: Final = 10 * 1024 * 1024
LIMIT: Final = 64 * 1024

_LONGEST_URL: Final = 2048
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}
_HEADERS: Final = {"User-Agent": "cmprobe", "Accept": "*/*", "Connection": "close"}
_INFLATE: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_OK: Final = 200


class Rules(NamedTuple):
    """What holds for a fetch: through which resolver, and whether to private addresses too."""

    resolver: Resolver
    private: bool


class Fetched(msgspec.Struct, frozen=True):
    """What came, or why nothing did. ``public`` is whether only public addresses were involved."""

    seconds: float
    data: bytes = b""
    failure: Failure | None = None
    public: bool = True


class _Refused(Exception):  # noqa: N818 - it carries a Failure's kind out of nested calls
    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


async def fetch(
    url: str, rules: Rules, *, stage: Stage, limit: int, body: bytes | None = None
) -> Fetched:
    """GET ``url``, or POST an OCSP request to it; raises nothing but cancellation."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    visit = _Visit(rules, limit)
    failure, data = None, b""
    try:
        async with asyncio.timeout(SECONDS):
            data = await visit.get(url, body)
    except (_Refused, Forbidden, Unreachable) as error:
        kinds = {Forbidden: Kind.POLICY, Unreachable: Kind.UNREACHABLE}
        kind = error.kind if isinstance(error, _Refused) else kinds[type(error)]
        failure = Failure(stage, kind, str(error)[:300])
    except TimeoutError:
        failure = Failure(stage, Kind.TIMEOUT, f"not finished within {SECONDS:g} s")
    except Exception as error:  # noqa: BLE001 - translated in the one table
        failure = failures.translate(stage, error)
    return Fetched(round(loop.time() - begun, 6), data, failure, visit.public)


class _Visit:
    """One fetch with its redirects."""

    def __init__(self, rules: Rules, limit: int) -> None:
        self.public = True
        self._rules = rules
        self._limit = limit

    async def get(self, address: str, body: bytes | None) -> bytes:
        url = parse(address)
        for _ in range(REDIRECTS + 1):
            answer = await self._ask(url, body)
            if isinstance(answer, bytes):
                return answer
            if body is not None:
                raise _Refused(Kind.STATUS, "redirected")
            url = parse(str(url.join(answer)), "redirected to ")
        raise _Refused(Kind.POLICY, f"more than {REDIRECTS} redirects")

    async def _ask(self, url: httpx.URL, body: bytes | None) -> bytes | httpx.URL:
        """Return the body, or where a redirect leads."""
        port = url.port or _PORTS[url.scheme]
        resolver, private = self._rules
        try:
            stream, address = await dial(url.raw_host.decode(), port, resolver, private=private)
        except Forbidden:
            self.public = False
            raise
        self.public = self.public and policy.is_public(address)
        try:
            if url.scheme == "https":
                await stream.encrypt(client_context(), url.raw_host.decode().strip("[]"))
            return await self._exchange(stream, url, body)
        finally:
            stream.close()

    async def _exchange(
        self, stream: Stream, url: httpx.URL, body: bytes | None
    ) -> bytes | httpx.URL:
        headers = dict(_HEADERS)
        if body is not None:
            headers["Content-Type"] = "application/ocsp-request"
        method = "GET" if body is None else "POST"
        conversation = Conversation(stream)
        answer = await conversation.ask(httpx.Request(method, url, headers=headers, content=body))
        head = answer.headers
        if answer.status_code in _REDIRECTS and "location" in head:
            return _location(head["location"])
        if answer.status_code != _OK:
            raise _Refused(Kind.STATUS, f"HTTP {answer.status_code}")
        size = head.get("content-length", "")
        if size.isdecimal() and int(size[:20]) > self._limit:
            raise _Refused(Kind.TOO_LARGE, f"{size[:20]} octets, more than {self._limit}")
        return await collect(conversation.parts(), head.get("content-encoding", ""), self._limit)


def parse(text: str, how: str = "") -> httpx.URL:
    """Parse a URL and refuse what is not to be fetched."""
    if len(text) > _LONGEST_URL:
        raise _Refused(Kind.POLICY, f"{how}a URL of {len(text)} characters")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise _Refused(Kind.MALFORMED, f"{how}no URL: {error}") from None
    if url.scheme not in _PORTS:
        raise _Refused(Kind.POLICY, f"{how}{url.scheme or 'no scheme'}, which is not fetched")
    if url.userinfo:
        raise _Refused(Kind.POLICY, f"{how}a URL with credentials")
    if not url.host:
        raise _Refused(Kind.MALFORMED, f"{how}a URL without host")
    return url


def _location(text: str) -> httpx.URL:
    try:
        return httpx.URL(text[: _LONGEST_URL + 1])
    except (httpx.InvalidURL, ValueError) as error:
        raise _Refused(Kind.MALFORMED, f"redirected to no URL: {error}") from None


async def collect(parts: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """Join the octets of a body, decompressed where the server compressed it unasked.

    Counted as they come: neither what arrives nor what it unfolds to exceeds ``limit``.
    """
    encoding = encoding.strip().lower()
    inflate = None
    if encoding not in {"", "identity"}:
        if encoding not in _INFLATE:
            raise _Refused(
                Kind.MALFORMED, f"content coding {encoding[:40]}, which nobody asked for"
            )
        inflate = zlib.decompressobj(_INFLATE[encoding])
    body = bytearray()
    received = 0
    async for part in parts:
        received += len(part)
        try:
            body += part if inflate is None else inflate.decompress(part, limit + 1 - len(body))
        except zlib.error as error:
            raise _Refused(Kind.MALFORMED, f"content coding {encoding}: {error}") from None
        if max(len(body), received) > limit:
            raise _Refused(Kind.TOO_LARGE, f"more than {limit} octets")
    if inflate is not None and not inflate.eof:
        raise _Refused(Kind.MALFORMED, f"content coding {encoding}: cut off")
    return bytes(body)

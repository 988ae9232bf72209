"""Fetch what a URL from a certificate names, under the fetch policy: nothing of it is trusted.

http and https without credentials, cookies, proxies or environment; sizes are counted as they
come, decompressed octets included; one clock of a few seconds runs over redirects and all. TLS is
not verified: CRLs, OCSP answers and certificates are signed themselves.
"""

import zlib
from collections.abc import AsyncIterable
from typing import Final

import httpx

from probe.model.failure import Kind, Stage
from probe.net.contexts import client_context
from probe.net.revocation import policy
from probe.net.revocation.ask import Conversation
from probe.net.revocation.attempt import Refused, Rules, attempt
from probe.net.revocation.dial import Forbidden, Stream, dial
from probe.net.revocation.errand import NOTHING_KNOWN, Fetched, Validators

REDIRECTS: Final = 2

_LONGEST_URL: Final = 2048
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}
_PORT_LIMIT: Final = 1 << 16
_HEADERS: Final = {"User-Agent": "cmprobe", "Accept": "*/*", "Connection": "close"}
_INFLATE: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_OK: Final = 200
_UNCHANGED: Final = 304


async def fetch(
    url: str,
    rules: Rules,
    *,
    stage: Stage,
    limit: int,
    body: bytes | None = None,
    known: Validators = NOTHING_KNOWN,
) -> Fetched:
    """GET ``url``, or POST an OCSP request to it; raises nothing but cancellation.

    What is ``known`` already need not come again (RFC 9110, 13).
    """
    visit = _Visit(rules, limit, known)
    data, failure, seconds = await attempt(stage, visit.get(url, body))
    if failure is not None:
        return Fetched(seconds, failure=failure, public=visit.public)
    return Fetched(
        seconds, data, None, visit.public, validators=visit.validators, unchanged=visit.unchanged
    )


class _Visit:
    """One fetch with its redirects."""

    def __init__(self, rules: Rules, limit: int, known: Validators) -> None:
        self.public = True
        self.unchanged = False
        self.validators = NOTHING_KNOWN
        self._rules = rules
        self._limit = limit
        self._known = known

    async def get(self, address: str, body: bytes | None) -> bytes:
        url = parse(address)
        visited = set()
        for _ in range(REDIRECTS + 1):
            visited.add(url)
            answer = await self._ask(url, body)
            if isinstance(answer, bytes):
                return answer
            if body is not None:
                raise Refused(Kind.STATUS, "redirected")
            url = parse(str(url.join(answer)), "redirected to ")
            if url in visited:  # no client comes to an end here
                raise Refused(Kind.STATUS, "redirected in a circle")
        raise Refused(Kind.POLICY, f"more than {REDIRECTS} redirects")

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
        headers = _HEADERS | self._known.headers()
        if body is not None:
            headers["Content-Type"] = "application/ocsp-request"
        method = "GET" if body is None else "POST"
        conversation = Conversation(stream)
        answer = await conversation.ask(httpx.Request(method, url, headers=headers, content=body))
        head = answer.headers
        if answer.status_code in _REDIRECTS and "location" in head:
            return _location(head["location"])
        if answer.status_code == _UNCHANGED and self._known:
            self.unchanged, self.validators = True, self._known
            return b""
        if answer.status_code != _OK:
            raise Refused(Kind.STATUS, f"HTTP {answer.status_code}")
        size = head.get("content-length", "")
        if size.isdecimal() and int(size[:20]) > self._limit:
            raise Refused(Kind.TOO_LARGE, f"{size[:20]} octets, more than {self._limit}")
        self.validators = Validators.of(head)
        return await collect(conversation.parts(), head.get("content-encoding", ""), self._limit)


def parse(text: str, how: str = "") -> httpx.URL:
    """Parse a URL and refuse what is not to be fetched."""
    if len(text) > _LONGEST_URL:
        raise Refused(Kind.POLICY, f"{how}a URL of {len(text)} characters")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(Kind.MALFORMED, f"{how}no URL: {error}") from None
    if url.scheme not in _PORTS:
        raise Refused(Kind.POLICY, f"{how}{url.scheme or 'no scheme'}, which is not fetched")
    if url.userinfo:
        raise Refused(Kind.POLICY, f"{how}a URL with credentials")
    if not url.host:
        raise Refused(Kind.MALFORMED, f"{how}a URL without host")
    if url.port is not None and not 0 < url.port < _PORT_LIMIT:
        raise Refused(Kind.MALFORMED, f"{how}a URL with port {str(url.port)[:20]}")
    return url


def _location(text: str) -> httpx.URL:
    try:
        return httpx.URL(text[: _LONGEST_URL + 1])
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(Kind.MALFORMED, f"redirected to no URL: {error}") from None


async def collect(parts: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """Join the octets of a body, decompressed where the server compressed it unasked.

    Counted as they come: neither what arrives nor what it unfolds to exceeds ``limit``.
    """
    encoding = encoding.strip().lower()
    inflate = None
    if encoding not in {"", "identity"}:
        if encoding not in _INFLATE:
            raise Refused(Kind.MALFORMED, f"content coding {encoding[:40]}, which nobody asked for")
        inflate = zlib.decompressobj(_INFLATE[encoding])
    body = bytearray()
    received = 0
    async for part in parts:
        received += len(part)
        try:
            body += part if inflate is None else inflate.decompress(part, limit + 1 - len(body))
        except zlib.error as error:
            raise Refused(Kind.MALFORMED, f"content coding {encoding}: {error}") from None
        if max(len(body), received) > limit:
            raise Refused(Kind.TOO_LARGE, f"more than {limit} octets")
    if inflate is not None and not inflate.eof:
        raise Refused(Kind.MALFORMED, f"content coding {encoding}: cut off")
    return bytes(body)

"""Ask an OCSP responder of one certificate, in the ways that responders differ in."""

import asyncio
import base64
import os
from typing import Final
from urllib.parse import quote

import msgspec

from probe.model.certificate import Certificate
from probe.model.failure import Failure, Kind
from probe.net.revocation.errand import SECONDS, Errand, Fetched, Fetcher
from probe.net.revocation.published import Answered
from probe.pki import ocsp

_LONGEST_GET: Final = 255
"""Octets of a URL with an OCSP request in it (RFC 5019, 5)."""

_NONCE: Final = 32
"""Octets, as RFC 9654, 2.1 recommends."""


async def ask(
    fetcher: Fetcher, errand: Errand, certificate: Certificate, issuer: Certificate
) -> Answered:
    """Ask until an answer knows the certificate; what came last otherwise.

    First by GET with SHA-1, which caches serve and every responder knows (RFC 5019). Then by POST
    with a nonce; a responder without nonces leaves it out. Then by SHA-256, as those want that
    know no SHA-1. One clock of a few seconds runs over all.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    failure = Failure(errand.stage, Kind.TIMEOUT, f"not finished within {SECONDS:g} s")
    answered = Answered(Fetched(SECONDS, failure=failure), None, SECONDS)
    try:
        async with asyncio.timeout(SECONDS):
            for digest, nonce in (
                ("sha1", None),
                ("sha1", os.urandom(_NONCE)),
                ("sha256", None),
            ):
                request = ocsp.request(certificate, issuer, digest, nonce)
                attempt = _by_get(errand, request) if nonce is None and digest == "sha1" else None
                if attempt is None:
                    attempt = msgspec.structs.replace(errand, body=request)
                fetched = await fetcher.fetch(attempt)
                answered = Answered(fetched, nonce, round(loop.time() - begun, 6))
                if not _worth_another(answered, certificate, issuer):
                    break
    except TimeoutError:
        # What came before stays: it is the last answer that there is.
        pass
    return answered


def _by_get(errand: Errand, request: bytes) -> Errand | None:
    """Return the errand with the request in its URL, None where that is too long."""
    text = quote(base64.b64encode(request).decode("ascii"), safe="")
    url = f"{errand.url.rstrip('/')}/{text}"
    return msgspec.structs.replace(errand, url=url) if len(url) <= _LONGEST_GET else None


def _worth_another(answered: Answered, certificate: Certificate, issuer: Certificate) -> bool:
    """Whether another way to ask may get a better answer."""
    if answered.failure is not None:
        return answered.failure.kind is Kind.STATUS
    try:
        status = ocsp.read(answered.data, certificate, issuer, answered.fetched, answered.nonce)
    except ocsp.OcspError as error:
        return error.kind in {Kind.STATUS, Kind.MALFORMED}
    return status.revoked is None

"""Find issuers that were not sent where certificates say they are (AIA, RFC 5280, 4.2.2.1)."""

from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from msgspec.structs import replace

from probe.model.certificate import Certificate
from probe.model.failure import Failure, Kind, Stage
from probe.model.revocation import IssuerFetched, IssuerNotFetched, IssuerSource
from probe.net.revocation.sources import Sources
from probe.pki import pem, signatures
from probe.pki.certificate import load
from probe.pki.chain import explain
from probe.pki.quiet import Quietly
from probe.pki.trust import TrustStore

_MOST_STEPS: Final = 4
_MOST_URLS: Final = 4
_MOST_CERTIFICATES: Final = 16
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")  # RFC 5652, 5.1
_KINDS: Final = {
    Kind.TIMEOUT: Kind.TIMEOUT,
    Kind.INTERNAL: Kind.INTERNAL,
    Kind.UNREACHABLE: Kind.CLOSED,
}


async def complete(
    path: Sequence[Certificate],
    tried: list[IssuerSource],
    sources: Sources,
    store: TrustStore,
    *,
    private: bool,
) -> Certificate | None:
    """Fetch the issuers above ``path``, a few steps up; returns the first, notes what was tried.

    What is found is verified as an issuer and trusted in nothing.
    """
    found: list[Certificate] = []
    for _ in range(_MOST_STEPS):
        above = await _above((*path, *found)[-1], tried, sources, private=private)
        if above is None:
            break
        found.append(above)
        if above.self_issued or store.named(above.issuer.der):
            break
    if found:
        trust = explain((*path, *found), store).trust
        tried[:] = [
            replace(one, trust=trust) if isinstance(one, IssuerFetched) else one for one in tried
        ]
    return found[0] if found else None


async def _above(
    top: Certificate, tried: list[IssuerSource], sources: Sources, *, private: bool
) -> Certificate | None:
    urls = [url for url in top.issuer_urls if url.lower().startswith(("http:", "https:"))]
    for url in urls[:_MOST_URLS]:
        fetched = await sources.certificates(url, private=private)
        failure = fetched.failure
        if failure is None:
            found = issuer_in(fetched.data, top)
            if found is not None:
                tried.append(
                    IssuerFetched(
                        url=url,
                        seconds=fetched.seconds,
                        sha256=found.sha256,
                        subject=found.subject.text,
                    )
                )
                return found
            failure = Failure(Stage.HTTP, Kind.MALFORMED, "no certificate of the issuer")
        kind = _KINDS.get(failure.kind, Kind.MALFORMED)
        detail = f"{failure.kind}: {failure.detail}" if fetched.failure else failure.detail
        tried.append(
            IssuerNotFetched(
                url=url, seconds=fetched.seconds, failure=Failure(Stage.HTTP, kind, detail)
            )
        )
    return None


def issuer_in(data: bytes, child: Certificate) -> Certificate | None:
    """Return the certificate in DER, PEM or PKCS#7 that issued ``child``."""
    for octets in _certificates(data)[:_MOST_CERTIFICATES]:
        found = load(octets)
        if (
            isinstance(found, Certificate)
            and found.subject.der == child.issuer.der
            and signatures.verify(child, found)
        ):
            return found
    return None


def _certificates(data: bytes) -> list[bytes]:
    try:
        if data.startswith(b"\x30") and _SIGNED_DATA in data[:32]:
            with Quietly():
                found = pkcs7.load_der_pkcs7_certificates(data)
                return [one.public_bytes(Encoding.DER) for one in found]
        return pem.split(data)
    except Exception:  # noqa: BLE001 - a stranger's octets, and any part may refuse them
        return []

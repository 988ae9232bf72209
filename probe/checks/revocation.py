"""Where a certificate says that its revocation can be looked up (RFC 5280, 4.2.1.13, 4.2.2.1)."""

from datetime import datetime
from functools import cache

from probe.checks.known import known_state, self_signed
from probe.checks.registry import content_check
from probe.checks.texts import either, listed, short
from probe.checks.verdicts import failed, inapplicable, passed, undecided, unread
from probe.model.certificate import Certificate
from probe.model.finding import Judgement


@content_check
def revocation_source(
    certificate: Certificate, _as_of: datetime, *, schemes: tuple[str, ...] = ()
) -> Judgement:
    """Look for a CRL or OCSP address with one of these URL schemes, or for any.

    With ``schemes`` a certificate that names no source at all is left to the rule without.
    """
    expected = _asked(schemes)
    if state := known_state(certificate):
        return inapplicable(state, expected)
    if self_signed(certificate):
        return inapplicable("self-signed: nobody revokes it", expected)
    urls = (*certificate.crl_urls, *certificate.ocsp_urls)
    if not urls:
        if because := unread(certificate, "cRLDistributionPoints"):
            return undecided(because, expected)
        text = "neither a CRL distribution point nor an OCSP responder"
        return inapplicable(text, expected) if schemes else failed(text, expected)
    fits = [url for url in urls if not schemes or _scheme(url) in schemes]
    if not fits:
        return failed(f"only {listed(urls)}", expected)
    return passed(f"{short(fits[0])}{_after(certificate, schemes)}", expected)


def _after(certificate: Certificate, schemes: tuple[str, ...]) -> str:
    """Note that clients try another address first, which some wait for in vain."""
    if not schemes or not certificate.crl_urls:
        return ""
    first = _scheme(certificate.crl_urls[0])
    return "" if first in schemes else f" (after {first}, which clients try first)"


def _scheme(url: str) -> str:
    return short(url.partition(":")[0].lower())


@cache
def _asked(schemes: tuple[str, ...]) -> str:
    kind = f"by {either(schemes)}" if schemes else "of any kind"
    return f"a CRL or OCSP address {kind}"

"""States of a site that explain a certificate: self-signed, Enhanced HTTP, SQL Server's own."""

from datetime import datetime
from typing import Literal

from probe.checks.registry import certificate_check, content_check
from probe.checks.texts import label
from probe.checks.verdicts import failed, inapplicable, passed, undecided
from probe.model.certificate import Certificate
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.pki import signatures
from probe.pki.names import matches

State = Literal["enhanced-http", "sql-fallback"]

# Issuer of "SMS Role SSL Certificate", and name of the certificate that SQL Server makes for
# itself at start: neither exists in any PKI.
_ENHANCED_HTTP_ISSUER = "SMS Issuing"
_SQL_FALLBACK = "SSL_Self_Signed_Fallback"
_TEXTS: dict[str, str] = {
    "enhanced-http": f"Enhanced HTTP: issued by the site's own {_ENHANCED_HTTP_ISSUER}",
    "sql-fallback": "SQL Server's own fallback certificate, made at its start",
}


def state_of(certificate: Certificate) -> State | None:
    """Recognise a certificate that no PKI issued, by the names that the product gives."""
    if _ENHANCED_HTTP_ISSUER in certificate.issuer.common_names:
        return "enhanced-http"
    if _SQL_FALLBACK in certificate.subject.common_names:
        return "sql-fallback"
    return None


def known_state(certificate: Certificate) -> str | None:
    """Describe the state that `state_of` recognises."""
    state = state_of(certificate)
    return _TEXTS[state] if state else None


def self_signed(certificate: Certificate) -> bool:
    """Whether a certificate is its own issuer, by name and (if that can be told) signature."""
    return certificate.self_issued and signatures.verify(certificate, certificate) is not False


@content_check
def not_self_signed(certificate: Certificate, _as_of: datetime) -> Judgement:
    """Ask whether an authority issued the certificate."""
    expected = "a certificate issued by an authority"
    if not self_signed(certificate):
        return passed("issued by an authority", expected)
    state = known_state(certificate)
    return failed(f"self-signed: {state or label(certificate)}", expected)


@content_check
def not_in_state(certificate: Certificate, _as_of: datetime, *, state: State) -> Judgement:
    """Look for certificates that Configuration Manager or SQL Server made for themselves."""
    expected = "a certificate from the PKI"
    if state_of(certificate) == state:
        return failed(_TEXTS[state], expected)
    return passed("no such certificate", expected)


@certificate_check
def not_site_self_signed(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Look for the self-signed certificate that a site makes: named only after its server.

    Its friendly name, such as "ConfigMgr SQL Server Identification Certificate", is not part of
    the certificate, so the common name and the absence of any trace of a PKI must do.
    """
    expected = "a certificate from the PKI"
    if not self_signed(certificate):
        return passed("issued by an authority", expected)
    if state := known_state(certificate):
        return inapplicable(state, expected)
    names = evidence.target.names
    own = {evidence.target.host, names.intranet_fqdn, names.cluster_fqdn, names.computer_name}
    name = certificate.common_name
    if name and any(matches(name, one) for one in own if one) and not certificate.crl_urls:
        return failed(f"self-signed with the server's own name, {label(certificate)}", expected)
    return passed(f"self-signed, but not as a site does it: {label(certificate)}", expected)


@certificate_check
def not_self_signed_beside_https(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Ask for a certificate from the PKI, if every management point of the site uses HTTPS."""
    expected = "a certificate from the PKI, if every management point uses HTTPS"
    if not self_signed(certificate):
        return passed("issued by an authority", expected)
    if evidence.target.https_only:
        return failed("self-signed, and every management point uses HTTPS", expected)
    text = "self-signed; whether every management point uses HTTPS is not known (--https-only)"
    return undecided(text, expected)

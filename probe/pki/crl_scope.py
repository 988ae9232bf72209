"""Whether a CRL speaks of a certificate at all, and with whose authority (RFC 5280, 6.3.3)."""

from probe.model.certificate import Certificate
from probe.pki.crl import RevocationList


def not_from(crl: RevocationList, issuer: Certificate) -> str | None:
    """Say why a CRL is not the word of a certificate's issuer; None when it is."""
    if crl.issuer != issuer.subject.der:
        return f"it is the CRL of {crl.issuer_text or 'nobody'}"[:200]
    if issuer.key_usage is not None and "crl_sign" not in issuer.key_usage:
        return "the issuer's key usage does not allow it to sign CRLs"
    signed = crl.signed_by(issuer)
    if signed is None:
        return "its signature cannot be verified: the key or the algorithm is not supported"
    return None if signed else "it is not signed with the key of the certificate's issuer"


def out_of_scope(crl: RevocationList, certificate: Certificate) -> str | None:
    """Say why a CRL does not decide about a certificate; None when it does."""
    scope = crl.scope
    constraints = certificate.basic_constraints
    authority = constraints is not None and constraints.ca
    named = (*certificate.crl_urls, *certificate.delta_crl_urls)
    if crl.unknown_critical:
        return f"it has critical extensions that are not understood: {crl.unknown_critical[0]}"
    if scope.indirect:
        return "it is an indirect CRL, which is not judged"
    if scope.attribute_only or (scope.user_only if authority else scope.authority_only):
        return "its scope is other certificates than this one"
    if scope.urls and not set(scope.urls) & set(named):
        return "it is for another distribution point"
    if scope.some_reasons:
        return "it lists revocations for some reasons only"
    return None


def adds_to(delta: RevocationList, base: RevocationList) -> str | None:
    """Say why a delta CRL does not go with a base CRL (RFC 5280, 5.2.4); None when it does."""
    if delta.base is None:
        return "it is no delta CRL"
    if base.number is None or delta.number is None:
        return "without numbers nobody can tell whether it goes with the base CRL"
    if base.number < delta.base:
        return f"it needs base CRL {delta.base}, and {base.number} is published"
    if delta.number < base.number:
        return f"it is older than the base CRL ({delta.number} before {base.number})"
    return None

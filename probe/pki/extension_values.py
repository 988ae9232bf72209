"""Restate decoded extensions (RFC 5280, 4.2) as fields of the vocabulary's certificate."""

from collections.abc import Callable, Iterable
from typing import Any

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from probe.model.certificate import BasicConstraints

Fields = dict[str, Any]

_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)
_AGREEMENT_USAGES = ("encipher_only", "decipher_only")


def restate(value: x509.ExtensionType) -> Fields:
    """Restate one extension; nothing for those that have no field."""
    handler = _HANDLERS.get(type(value))
    return handler(value) if handler else {}


def _eku(value: x509.ExtendedKeyUsage) -> Fields:
    return {"eku": tuple([usage.dotted_string for usage in value])}


def _key_usage(value: x509.KeyUsage) -> Fields:
    asked = _USAGES + _AGREEMENT_USAGES if value.key_agreement else _USAGES
    return {"key_usage": tuple([name for name in asked if getattr(value, name)])}


def _basic_constraints(value: x509.BasicConstraints) -> Fields:
    return {"basic_constraints": BasicConstraints(value.ca, value.path_length)}


def _authority_key_id(value: x509.AuthorityKeyIdentifier) -> Fields:
    return {"authority_key_id": value.key_identifier}


def _points(value: Iterable[x509.DistributionPoint]) -> tuple[str, ...]:
    names = [name for point in value for name in point.full_name or ()]
    return tuple([n.value for n in names if isinstance(n, x509.UniformResourceIdentifier)])


def _crl(value: x509.CRLDistributionPoints) -> Fields:
    return {"crl_urls": _points(value)}


def _delta_crl(value: x509.FreshestCRL) -> Fields:
    return {"delta_crl_urls": _points(value)}


def _access(value: x509.AuthorityInformationAccess) -> Fields:
    return {
        "issuer_urls": _urls(value, AuthorityInformationAccessOID.CA_ISSUERS),
        "ocsp_urls": _urls(value, AuthorityInformationAccessOID.OCSP),
    }


def _urls(value: x509.AuthorityInformationAccess, method: x509.ObjectIdentifier) -> tuple[str, ...]:
    places = [entry.access_location for entry in value if entry.access_method == method]
    return tuple([p.value for p in places if isinstance(p, x509.UniformResourceIdentifier)])


_HANDLERS: dict[type, Callable[[Any], Fields]] = {
    x509.ExtendedKeyUsage: _eku,
    x509.KeyUsage: _key_usage,
    x509.BasicConstraints: _basic_constraints,
    x509.AuthorityKeyIdentifier: _authority_key_id,
    x509.CRLDistributionPoints: _crl,
    x509.FreshestCRL: _delta_crl,
    x509.AuthorityInformationAccess: _access,
}

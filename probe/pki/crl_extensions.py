"""What the extensions of a CRL say (RFC 5280, 5.2), as far as anything hangs on it."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from cryptography import x509

from probe.pki import der
from probe.pki.crl_index import time

_NEXT_PUBLISH: Final = "1.3.6.1.4.1.311.21.4"
_UNDERSTOOD: Final = frozenset(
    {
        "2.5.29.20",  # cRLNumber
        "2.5.29.27",  # deltaCRLIndicator
        "2.5.29.28",  # issuingDistributionPoint
        "2.5.29.35",  # authorityKeyIdentifier
        "2.5.29.46",  # freshestCRL
    }
)
_MOST_URLS: Final = 16


class Scope(NamedTuple):
    """What a CRL is about (issuingDistributionPoint, RFC 5280, 5.2.5)."""

    urls: tuple[str, ...] = ()
    user_only: bool = False
    authority_only: bool = False
    attribute_only: bool = False
    some_reasons: bool = False
    indirect: bool = False


def facts_of(parsed: x509.CertificateRevocationList) -> dict[str, Any]:
    """Return what the extensions say, by the names that `RevocationList` gives it."""
    facts: dict[str, Any] = {}
    unknown = []
    for extension in parsed.extensions:
        match extension.value:
            case x509.CRLNumber(crl_number=number):
                facts["number"] = number
            case x509.DeltaCRLIndicator(crl_number=number):
                facts["base"] = number
            case x509.FreshestCRL() as points:
                names = [name for point in points for name in point.full_name or ()]
                facts["freshest"] = _urls(names)
            case x509.IssuingDistributionPoint() as point:
                facts["scope"] = _scope(point)
            case x509.UnrecognizedExtension(value=value) if (
                extension.oid.dotted_string == _NEXT_PUBLISH
            ):
                facts["next_publish"] = _time(value)
        if extension.critical and extension.oid.dotted_string not in _UNDERSTOOD:
            unknown.append(extension.oid.dotted_string)
    facts["unknown_critical"] = tuple(unknown)
    return facts


def _scope(point: x509.IssuingDistributionPoint) -> Scope:
    return Scope(
        urls=_urls(list(point.full_name or ())),
        user_only=point.only_contains_user_certs,
        authority_only=point.only_contains_ca_certs,
        attribute_only=point.only_contains_attribute_certs,
        some_reasons=point.only_some_reasons is not None,
        indirect=point.indirect_crl,
    )


def _urls(names: list[x509.GeneralName]) -> tuple[str, ...]:
    found = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return tuple(found[:_MOST_URLS])


def _time(value: bytes) -> datetime | None:
    """Read a Time (RFC 5280, 4.1.2.5); None for what is none, as nothing hangs on it."""
    try:
        tag, start, end = der.read(value, 0, len(value))
        return time(tag, value[start:end])
    except ValueError:
        return None

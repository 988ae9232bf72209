"""From what an endpoint wants to the certificate it gets, and what it sends of the chain."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from probe.lab import builder, der, keys
from probe.lab.builder import Issued
from probe.lab.contoso import RETIRED_HOST, REVOKED_SERIAL, Authority, Ca, Contoso
from probe.lab.deviations import Deviations
from probe.lab.endpoint import Leaf, Published, Sent, System

_BMP_STRING = 0x1E
# As SQL Server writes it: the common name in a BMPString.
_FALLBACK_NAME = der.name(("2.5.4.3", _BMP_STRING, "SSL_Self_Signed_Fallback".encode("utf-16-be")))


def certify(contoso: Contoso, leaf: Leaf, system: System, now: datetime) -> Issued:
    """Issue ``leaf`` for ``system``."""
    if leaf.fallback:
        return builder.self_signed(_FALLBACK_NAME, **_fallback(leaf, now))
    deviations = Deviations(
        not_before=now - timedelta(days=leaf.age),
        not_after=now + timedelta(days=leaf.remaining),
        dns=system.dns_names if leaf.names is None else leaf.names,
        eku=leaf.eku,
        template=leaf.template,
    )
    if leaf.key.bits is not None:
        deviations["key"] = keys.rsa_key(leaf.key.bits)
    if leaf.ca is None:
        return builder.self_signed(leaf.subject, **deviations)
    # What AlternateSignatureAlgorithm=1 in the policy file of a CA does.
    deviations["pss"] = leaf.ca is Ca.ALTERNATE
    authority = contoso.authority(leaf.ca)
    if leaf.published is not Published.EVERYWHERE:
        deviations["crl"] = tuple(_places(authority, leaf.published))
    if leaf.revoked:
        deviations["serial"] = REVOKED_SERIAL
    return authority.issue(leaf.subject, **deviations)


def _places(authority: Authority, published: Published) -> Iterator[str]:
    """Yield where the CRL is said to be."""
    location = authority.location
    if published is Published.NOWHERE or location is None:
        return
    ldap, _ = location.crl_urls
    yield ldap
    if published is Published.STALE:
        yield location.repository + location.stale_path
    elif published is Published.RETIRED:
        yield f"http://{RETIRED_HOST}{location.crl_path}"


def chain(issued: Issued, sent: Sent) -> tuple[bytes, ...]:
    """Return what the server of ``issued`` sends, its own certificate first."""
    leaf, *issuers = issued.sent
    match sent:
        case Sent.COMPLETE:
            return issued.sent
        case Sent.LEAF_ONLY:
            return (leaf,)
        case Sent.WITH_ROOT:
            return (leaf, *issued.issuers)
        case Sent.REVERSED:
            return (leaf, *reversed(issuers))
        case Sent.DOUBLED:
            return (leaf, *issuers, *issuers)


def _fallback(leaf: Leaf, now: datetime) -> Deviations:
    """Describe what SQL Server makes at its start: thirty years, and no extension at all."""
    return Deviations(
        key=keys.rsa_key(leaf.key.bits or 2048),
        not_before=now - timedelta(days=leaf.age),
        not_after=now - timedelta(days=leaf.age) + timedelta(days=30 * 365),
        eku=None,
        key_usage=None,
        subject_key_id=None,
    )

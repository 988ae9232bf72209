"""From what an endpoint wants to the certificate it gets, and what it sends of the chain."""

from datetime import datetime, timedelta

from probe.lab import builder, keys
from probe.lab.builder import Issued
from probe.lab.contoso import Ca, Contoso
from probe.lab.deviations import Deviations
from probe.lab.endpoint import Leaf, Published, Sent, System


def certify(contoso: Contoso, leaf: Leaf, system: System, now: datetime) -> Issued:
    """Issue ``leaf`` for ``system``."""
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
        urls = authority.crl_urls if leaf.published is Published.LDAP else ()
        deviations["crl"] = tuple(url for url in urls if url.startswith("ldap:"))
    return authority.issue(leaf.subject, **deviations)


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

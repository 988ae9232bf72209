"""What is wrong with a path (RFC 5280, 6.1), apart from validity and from who vouches for it."""

from collections.abc import Iterator, Sequence

from probe.model.certificate import Certificate
from probe.model.path import Fault, Member, Source
from probe.pki import signatures
from probe.pki.constraints import violation
from probe.pki.search import differ_in_key_id
from probe.pki.trust import label

# Clients that look for issuers by identifier may miss one, but its signature verifies.
_HARMLESS = frozenset({"key_identifier"})


def find(path: Sequence[Member], *, verify: bool = True) -> tuple[Fault, ...]:
    """Return every violation on ``path``, which starts with the leaf.

    Without ``verify`` the signatures are left to somebody else.
    """
    return tuple(_find(path, verify=verify))


def harmful(faults: Sequence[Fault]) -> list[Fault]:
    """Return those of ``faults`` for which a client refuses the path."""
    return [fault for fault in faults if fault.kind not in _HARMLESS]


def _find(path: Sequence[Member], *, verify: bool) -> Iterator[Fault]:
    below: list[Certificate] = []
    intermediates = 0  # between the leaf and this member, self-issued ones left out
    for place, member in enumerate(path):
        if place:
            yield from _of_link(path[place - 1], member.certificate, verify=verify)
            yield from _of_authority(member, below, intermediates)
            intermediates += not member.certificate.self_issued
        for oid in member.certificate.unknown_critical:
            yield _fault("critical_extension", member, f"critical extension {oid} is unknown")
        below.append(member.certificate)


def _of_link(child: Member, issuer: Certificate, *, verify: bool) -> Iterator[Fault]:
    if verify and signatures.verify(child.certificate, issuer) is False:
        yield _fault("signature", child, f"its signature is not by the key of {label(issuer)}")
    if differ_in_key_id(child.certificate, issuer):
        text = f"its authority key identifier is not that of {label(issuer)}"
        yield _fault("key_identifier", child, text)


def _of_authority(
    member: Member, below: Sequence[Certificate], intermediates: int
) -> Iterator[Fault]:
    authority = member.certificate
    limits, usage = authority.basic_constraints, authority.key_usage
    # A root is one because it is configured; only what it says against itself counts.
    if not limits.ca if limits else member.source is not Source.ROOT:
        yield _fault("not_ca", member, f"{label(authority)} is not an authority")
    if usage is not None and "key_cert_sign" not in usage:
        text = f"the key usage of {label(authority)} does not allow it to sign certificates"
        yield _fault("key_cert_sign", member, text)
    allowed = limits.path_length if limits else None
    if allowed is not None and intermediates > allowed:
        text = f"{label(authority)} allows {allowed} authorities below it, here are {intermediates}"
        yield _fault("path_length", member, text)
    if reason := violation(authority, below):
        yield _fault("name_constraints", member, f"{label(authority)} {reason}")


def _fault(kind: str, member: Member, detail: str) -> Fault:
    return Fault(kind, member.position, member.certificate.sha256, detail)

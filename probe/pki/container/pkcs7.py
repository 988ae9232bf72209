"""Read the certificates of PKCS#7 / CMS SignedData (RFC 5652, 5), as .p7b files hold them."""

from collections.abc import Sequence

from probe.pki.container import ber
from probe.pki.container.ber import Element
from probe.pki.container.contents import ContainerError

_SIGNED = "1.2.840.113549.1.7.2"
_PREFIX = "1.2.840.113549.1.7."


def looks_like(members: Sequence[Element]) -> bool:
    """Whether the members of an outer SEQUENCE are those of a ContentInfo."""
    return bool(members) and members[0].tag == ber.OID


def read(members: Sequence[Element]) -> tuple[list[bytes], list[str]]:
    """Return the certificates in their order, and what else was there.

    Raises `ContainerError` for other content types and for unsound structures.
    """
    kind = ber.oid(members[0])
    if kind != _SIGNED:
        known = "PKCS#7 without certificates" if kind.startswith(_PREFIX) else "an unknown type"
        raise ContainerError(f"its content is {known} ({kind})")
    if len(members) < 2:  # noqa: PLR2004 - the content is optional in the syntax
        raise ContainerError("it is empty")
    fields = ber.sequence(ber.explicit(members[1]), 3)
    certificates: list[bytes] = []
    notes: list[str] = []
    for field in fields[3:]:
        if field.tag == ber.CONTEXT_0:
            certificates += [
                choice.encoded
                for choice in ber.elements(field.content)
                if choice.tag == ber.SEQUENCE
            ]
        elif field.tag == ber.CONTEXT_1:
            notes.append("revocation lists")
    return certificates, notes

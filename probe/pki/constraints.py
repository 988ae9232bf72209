"""Name constraints (RFC 5280, 4.2.1.10) on DNS names, addresses and directory names."""

import functools
import ipaddress
from collections.abc import Iterator, Sequence

from cryptography import x509

from probe.model.certificate import Certificate
from probe.pki import der, extensions
from probe.pki.layout import layout

_OID_OCTETS = bytes.fromhex("0603551d1e")
_MOST_COMPARISONS = 200_000
_STRINGS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Rdns = tuple[bytes, ...]
_Name = str | _Address | _Rdns  # a DNS name in lower case, an address, a directory name
_Subtree = str | _Network | _Rdns


def violation(authority: Certificate, below: Sequence[Certificate]) -> str | None:
    """Say which name ``below`` an authority is not allowed by it; None if there is none.

    ``below`` starts with the leaf; self-issued authorities are exempt. Names of other kinds, and
    more names than it is sensible to compare, are no violation here.
    """
    if _OID_OCTETS not in authority.der:
        return None
    permitted, excluded = _constraints(authority.der)
    bound = [one for place, one in enumerate(below) if not place or not one.self_issued]
    names = [name for one in bound for name in _names(one)]
    if len(names) * (len(permitted) + len(excluded)) > _MOST_COMPARISONS:
        return None
    for shown, name in names:
        if any(_within(name, subtree) for subtree in excluded):
            return f"excludes the name {shown}"
        like = [subtree for subtree in permitted if _is_of_kind(name, subtree)]
        if like and not any(_within(name, subtree) for subtree in like):
            return f"does not permit the name {shown}"
    return None


@functools.lru_cache(maxsize=256)
def _constraints(authority: bytes) -> tuple[tuple[_Subtree, ...], tuple[_Subtree, ...]]:
    found = extensions.find(layout(authority).extensions, x509.NameConstraints.oid.dotted_string)
    if not isinstance(found, x509.NameConstraints):
        return (), ()
    permitted, excluded = found.permitted_subtrees or (), found.excluded_subtrees or ()
    return tuple(_subtrees(permitted)), tuple(_subtrees(excluded))


def _subtrees(names: Sequence[x509.GeneralName]) -> Iterator[_Subtree]:
    for name in names:
        match name:
            case x509.DNSName():
                yield name.value.lower()
            case x509.IPAddress(value=(ipaddress.IPv4Network() | ipaddress.IPv6Network()) as net):
                yield net
            case x509.DirectoryName():
                yield _rdns(name.value.public_bytes())


def _names(certificate: Certificate) -> Iterator[tuple[str, _Name]]:
    if not certificate.subject.empty:
        yield certificate.subject.text, _rdns(certificate.subject.der)
    for name in certificate.names or ():
        if name.type == "dns":
            yield name.value, name.value.lower()
        elif name.type == "ip":
            yield name.value, ipaddress.ip_address(name.value)


def _rdns(name: bytes) -> _Rdns:
    """Return the parts of a name, so that equal ones are equal (RFC 5280, 7.1)."""
    start, end = der.expect(name, 0, len(name), der.SEQUENCE)
    return tuple(_rdn(name, at, stop) for _, at, stop in der.children(name, start, end))


def _rdn(name: bytes, start: int, end: int) -> bytes:
    """Return a part with its text in lower case and single spaces, whatever its encoding."""
    try:
        return b"".join(
            sorted(_attribute(name, at, stop) for _, at, stop in der.children(name, start, end))
        )
    except ValueError:
        return name[start:end]


def _attribute(name: bytes, start: int, end: int) -> bytes:
    (_, _, kind), (tag, at, stop) = der.children(name, start, end)
    encoding = _STRINGS.get(tag)
    if encoding is None:
        return name[start:end]
    text = " ".join(name[at:stop].decode(encoding).casefold().split())
    return name[start:kind] + text.encode() + b"\0"


def _is_of_kind(name: _Name, subtree: _Subtree) -> bool:
    if isinstance(name, str | tuple):
        return type(name) is type(subtree)
    return isinstance(subtree, ipaddress.IPv4Network | ipaddress.IPv6Network)


def _within(name: _Name, subtree: _Subtree) -> bool:
    if isinstance(name, str):
        return isinstance(subtree, str) and _in_domain(name, subtree)
    if isinstance(name, tuple):
        return isinstance(subtree, tuple) and name[: len(subtree)] == subtree
    return isinstance(subtree, _Network) and name in subtree


def _in_domain(name: str, domain: str) -> bool:
    """Whether ``name`` is ``domain`` or below it; only below where ``domain`` begins with a dot."""
    if domain.startswith(".") or not domain:
        return name.endswith(domain)
    return name == domain or name.endswith(f".{domain}")

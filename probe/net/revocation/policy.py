"""Where a URL from a stranger's certificate may lead: decided by the address connected to.

A name proves nothing, so the addresses that it resolves to are judged, and the connection is made
to exactly those. IPv6 addresses that stand for IPv4 ones are judged as both.
"""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

_NEVER: Final[tuple[tuple[str, _Network], ...]] = tuple(
    (what, ip_network(network))
    for what, network in (
        ("link-local", "169.254.0.0/16"),
        ("link-local", "fe80::/10"),
        ("a metadata service", "100.100.100.200/32"),  # Alibaba Cloud
        ("a metadata service", "168.63.129.16/32"),  # Azure
        ("a metadata service", "192.0.0.192/32"),  # Oracle Cloud
        ("a metadata service", "fd00:ec2::/32"),  # Amazon
        ("a metadata service", "fd20:ce::/32"),  # Google Cloud
        ("unspecified", "0.0.0.0/8"),
        ("unspecified", "::/128"),
        ("multicast", "224.0.0.0/4"),
        ("multicast", "ff00::/8"),
        ("reserved", "240.0.0.0/4"),
        ("a local NAT64 prefix", "64:ff9b:1::/48"),  # RFC 8215: it may lead anywhere
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_SITE_LOCAL: Final = IPv6Network("fec0::/10")  # RFC 3879: given up, and still routed by some
_COMPATIBLE: Final = IPv6Network("::/96")
_LOOPBACK_6: Final = IPv6Address("::1")


@lru_cache(maxsize=1024)
def refusal(address: str, *, private: bool) -> str | None:
    """Say why nothing is fetched from an address literal; None when it may be.

    ``private`` is whether loopback and private addresses may be connected to.
    """
    if "%" in address:
        return f"{address} has a zone"
    for form in _forms(ip_address(address)):
        for what, network in _NEVER:
            if form.version == network.version and form in network:
                return f"{address} is {what}"
        if not private and (not form.is_global or form in _SITE_LOCAL):
            return f"{address} is {'loopback' if form.is_loopback else 'private'}"
    return None


@lru_cache(maxsize=1024)
def is_public(address: str) -> bool:
    """Whether an address literal may be fetched from for every target."""
    return refusal(address, private=False) is None


def _forms(address: Address) -> Iterator[Address]:
    """Yield the address and the IPv4 addresses that it stands for.

    RFC 4291, 2.5.5 (mapped, compatible), 6052 (NAT64), 3056 (6to4) and 4380 (Teredo).
    """
    if isinstance(address, IPv4Address):
        yield address
        return
    low = IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    if address in _NAT64:
        yield low
        return
    yield address
    if address in _COMPATIBLE and int(address) > int(_LOOPBACK_6):
        yield low
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo

"""What ``/probe`` may connect to beside the inventory: networks and domains.

A network is compared with the address that is connected to, a domain with the name that was asked
for: who may write into that domain's DNS decides where it leads.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

from probe.inventory import hosts


class Allowed(msgspec.Struct, frozen=True):
    """Networks and domains, both maybe empty. A domain that starts with a dot leaves itself out."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    domains: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is allowed."""
        return bool(self.networks or self.domains)

    def name(self, host: str) -> bool:
        """Whether a host name (lower-case A-labels) is in one of the domains."""
        return any(
            host.endswith(domain if domain.startswith(".") else f".{domain}") or host == domain
            for domain in self.domains
        )

    def address(self, text: str) -> bool:
        """Whether an address literal is in one of the networks; a mapped one as what it maps."""
        if "%" in text:
            return False
        address = ip_address(text)
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self.networks)


def parse(entries: Iterable[str]) -> Allowed:
    """Return what ``--probe-allow`` names. ValueError says which is wrong, and how."""
    networks: list[IPv4Network | IPv6Network] = []
    domains: list[str] = []
    for entry in entries:
        if "/" in entry or hosts.is_address(entry):
            try:
                networks.append(ip_network(entry))
            except ValueError as error:
                raise ValueError(f'"{entry}" is no network: {error}') from None
            continue
        try:
            name = hosts.host_name(entry.removeprefix("*.").removeprefix("."))
        except ValueError as error:
            raise ValueError(f'"{entry}" is neither network nor domain: it {error}') from None
        domains.append(f".{name}" if entry.startswith((".", "*.")) else name)
    return Allowed(tuple(networks), tuple(domains))

"""Which host names a certificate holds, indexed once however many rules ask.

Two readings live here side by side: what the published requirements accept as "contained in the
subject or the subject alternative name", and what the name check of a client accepts.
"""

import ipaddress
from typing import NamedTuple

from probe.checks.texts import listed, short
from probe.model.certificate import Certificate
from probe.pki.names import matches, normalize

DELIMITER = "&"
SAN = "the subject alternative name"
COMMON_NAME = "the common name"


class Held(NamedTuple):
    """A name found: the value that holds it, and where that stands."""

    value: str
    where: str

    def __str__(self) -> str:
        """Read as ``in the subject alternative name``, with the wildcard that did it."""
        if "*" in self.value:
            return f"covered by {short(self.value)} in {self.where}"
        return f"in {self.where}"


class HeldNames:
    """The names of one certificate, as `held_names` indexes them."""

    __slots__ = ("_wildcards", "addresses", "common_names", "dns", "has_dns")

    def __init__(self, certificate: Certificate) -> None:
        """Index ``certificate``; a SAN of 10,000 names is walked once."""
        dns: dict[str, str] = {}
        addresses = set()
        for name in certificate.names or ():
            if name.type == "dns":
                dns.setdefault(normalize(name.value), name.value)
            elif name.type == "ip":
                addresses.add(name.value)
        self.dns = dns
        self.has_dns = bool(dns)
        self.addresses = addresses
        self.common_names = certificate.subject.common_names
        self._wildcards = [value for value in dns.values() if "*" in value]

    def in_alternatives(self, host: str) -> Held | None:
        """Find ``host`` among the DNS names, exactly or under a wildcard (RFC 9525, 6.3)."""
        exact = self.dns.get(host) or self.dns.get(normalize(host))
        if exact is not None:
            return Held(exact, SAN)
        found = next((value for value in self._wildcards if matches(value, host)), None)
        return None if found is None else Held(found, SAN)

    def published(self, host: str) -> Held | None:
        """Find ``host`` as the requirements word it: the subject may join names by ``&``."""
        if found := self.in_alternatives(host):
            return found
        for name in self.common_names:
            if matches(name, host):
                return Held(name, COMMON_NAME)
            if DELIMITER in name and any(matches(part, host) for part in parts(name)):
                return Held(name, f'{COMMON_NAME}, joined by "{DELIMITER}"')
        return None

    def accepted(self, host: str) -> Held | None:
        """Find ``host`` as a client does: the common name counts only without DNS names."""
        if _is_address(host):
            address = normalize(host)
            return Held(address, SAN) if address in self.addresses else None
        if self.has_dns:
            return self.in_alternatives(host)
        last = self.common_names[-1] if self.common_names else ""
        return Held(last, COMMON_NAME) if last and matches(last, host) else None

    def __str__(self) -> str:
        """List what is there."""
        alternatives = [*self.dns.values(), *sorted(self.addresses)]
        if alternatives:
            return f"{SAN} has {listed(alternatives)}"
        return f"{COMMON_NAME} is {listed(self.common_names)}" if self.common_names else "no names"


def parts(name: str) -> list[str]:
    """Split a common name at the published delimiter."""
    return [part.strip() for part in name.split(DELIMITER)]


def _is_address(host: str) -> bool:
    if not (host[-1:].isdigit() or ":" in host):  # as no top-level domain ends (RFC 3696, 2)
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def held_names(certificate: Certificate) -> HeldNames:
    """Return the names of ``certificate``; the last index made is kept, as rules come in a row."""
    global _last  # noqa: PLW0603 - a cache of one, replaced as a whole
    kept, names = _last
    if kept is certificate and names is not None:
        return names
    names = HeldNames(certificate)
    _last = (certificate, names)
    return names


_last: tuple[Certificate | None, HeldNames | None] = (None, None)

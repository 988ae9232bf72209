"""Certificates in the words of the other exporters' labels."""

import re
from collections.abc import Iterable

from probe.model.certificate import Certificate, DistinguishedName

LONGEST = 1024
"""Characters of a label value of theirs: people match alternative names in it."""

_NAMES = 100  # more cannot be told in so many characters, and a certificate may have 10,000
_UNIT = re.compile(r"(?:^|[,+])OU=((?:\\.|[^,+\\])*)")


def leaf(one: Certificate) -> tuple[str, ...]:
    """Return the labels of `probe_ssl_last_chain_info`: whole octets of the serial in hex."""
    digits = f"{abs(one.serial):x}"
    return (
        one.sha256,
        one.subject.text,
        one.issuer.text,
        ",".join(one.dns_names[:_NAMES]),
        digits.zfill(len(digits) + len(digits) % 2),
    )


def identity(one: Certificate) -> tuple[str, ...]:
    """Return the labels of `ssl_cert_not_after`: decimal serial, lists between commas."""
    return (
        str(one.serial),
        _common_name(one.issuer),
        _common_name(one.subject),
        _listed(one.dns_names),
        _listed(_of_type(one, "ip")),
        _listed(_of_type(one, "email")),
        _listed(_units(one.subject)),
    )


def spelled(version: str) -> str:
    """Spell ``TLSv1.2`` as Go does: ``TLS 1.2``; and ``TLSv1`` as ``TLS 1.0``."""
    number = version.removeprefix("TLSv")
    if number == version:
        return "unknown"
    return f"TLS {number if '.' in number else f'{number}.0'}"


def _common_name(name: DistinguishedName) -> str:
    # Of several, Go takes the last.
    return name.common_names[-1] if name.common_names else ""


def _of_type(one: Certificate, kind: str) -> Iterable[str]:
    return (name.value for name in one.names or () if name.type == kind)


def _units(name: DistinguishedName) -> list[str]:
    """Return the organizational units in the order of the certificate; RFC 4514 reverses it."""
    found = _UNIT.findall(name.text[: 4 * LONGEST])
    return [re.sub(r"\\(.)", r"\1", unit) for unit in reversed(found)]


def _listed(values: Iterable[str]) -> str:
    found = [value for _, value in zip(range(_NAMES), values, strict=False)]
    return f",{','.join(found)}," if found else ""

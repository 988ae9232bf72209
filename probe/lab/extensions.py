"""Encode certificate extensions for the lab, the AD CS ones included."""

import ipaddress
from collections.abc import Collection, Iterable
from typing import NamedTuple

from cryptography import x509

from probe.lab import der

SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"

_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class Extension(NamedTuple):
    """One extension as it is written: a dotted OID, the DER inside, and whether critical."""

    oid: str
    value: bytes
    critical: bool = False

    def encode(self) -> bytes:
        """Encode the Extension of RFC 5280, 4.1."""
        flag = der.true() if self.critical else b""
        return der.sequence(der.oid(self.oid), flag, der.octets(self.value))


class TemplateV2(NamedTuple):
    """The template information of a version 2 or later template (311.21.7)."""

    oid: str
    major: int | None = 100
    minor: int | None = 3


def standard(extension: x509.ExtensionType, *, critical: bool = False) -> Extension:
    """Encode any extension that ``cryptography`` can encode."""
    return Extension(extension.oid.dotted_string, extension.public_bytes(), critical)


def dns_names(names: Iterable[str]) -> list[x509.GeneralName]:
    """Make DNS names and IP addresses the general names they are."""
    return [_general_name(name) for name in names]


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def key_usage(names: Collection[str]) -> Extension:
    """Encode a keyUsage with exactly ``names`` set; critical, as AD CS writes it."""
    unknown = set(names) - set(_KEY_USAGES)
    if unknown:
        raise ValueError(f"no such key usage: {sorted(unknown)}")
    flags = sum(0x8000 >> index for index, name in enumerate(_KEY_USAGES) if name in names)
    octets = flags.to_bytes(2, "big").rstrip(b"\x00")
    unused = (octets[-1] & -octets[-1]).bit_length() - 1 if octets else 0
    return Extension("2.5.29.15", der.tlv(0x03, bytes((unused,)), octets), critical=True)


def crl_points(urls: Iterable[str], *, oid: str = "2.5.29.31") -> Extension:
    """Encode distribution points: one point with every URL in its full name, as AD CS writes them.

    ``oid`` may be 2.5.29.46, freshestCRL.
    """
    names = b"".join(der.tlv(0x86, url.encode()) for url in urls)
    point = der.sequence(der.explicit(0, der.explicit(0, names)))
    return Extension(oid, der.sequence(point))


def authority_information(issuers: Iterable[str], responders: Iterable[str]) -> Extension:
    """Encode an authorityInfoAccess with caIssuers and OCSP URLs."""
    entries = [("1.3.6.1.5.5.7.48.2", url) for url in issuers]
    entries += [("1.3.6.1.5.5.7.48.1", url) for url in responders]
    return Extension(
        "1.3.6.1.5.5.7.1.1",
        der.sequence(
            *(der.sequence(der.oid(oid), der.tlv(0x86, url.encode())) for oid, url in entries)
        ),
    )


def template(value: str | TemplateV2) -> Extension:
    """Encode a template extension: the V1 name as a bare BMPString, or V2 information (MS-WCCE)."""
    if isinstance(value, str):
        return Extension("1.3.6.1.4.1.311.20.2", der.bmp(value))
    numbers = (der.integer(part) for part in (value.major, value.minor) if part is not None)
    return Extension("1.3.6.1.4.1.311.21.7", der.sequence(der.oid(value.oid), *numbers))


def application_policies(oids: Iterable[str]) -> Extension:
    """Encode application policies (311.21.10); the syntax is that of certificatePolicies."""
    policies = (der.sequence(der.oid(oid)) for oid in oids)
    return Extension("1.3.6.1.4.1.311.21.10", der.sequence(*policies))

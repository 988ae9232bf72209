"""A strict reader of the INF files that certreq takes, and the request that certreq would make.

The grammar is that of Microsoft's reference of certreq: sections, ``key = value`` with values
in quotes where they hold special characters, comments, and ``_continue_`` lines that extend the
extension above them. Whatever is not documented there is refused.
"""

import re
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509.oid import NameOID

_SECTION = re.compile(r"\[([A-Za-z]+)\]")
_LINE = re.compile(r'([\w.]+) = (?:"([^"]*)"|([^\s";%]+))', re.ASCII)
_OIDS = r"[0-9.]+(?:,[0-9.]+)*"
_KNOWN = {
    "Version": {"Signature": r"\$Windows NT\$"},
    "NewRequest": {
        "Subject": r'CN=[^,+=<>#;"%\n]+',
        "ProviderName": r"Microsoft (RSA SChannel Cryptographic|Software Key Storage) Provider",
        "ProviderType": "12",
        "KeySpec": "1",
        "KeyAlgorithm": "RSA",
        "KeyLength": "[0-9]+",
        "KeyUsage": "0x[0-9a-f]+",
        "Exportable": "TRUE|FALSE",
        "MachineKeySet": "TRUE|FALSE",
        "HashAlgorithm": "sha256",
        "RequestType": "PKCS10",
    },
    "Extensions": {
        "2.5.29.37": r"\{text\}" + _OIDS,
        "2.5.29.17": r"\{text\}",
        "Critical": r"2\.5\.29\.17",
    },
    "RequestAttributes": {"CertificateTemplate": r"[\w.-]+"},
}
_BITS = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
)


@dataclass
class Inf:
    sections: dict[str, dict[str, str]] = field(default_factory=dict)
    dns: list[str] = field(default_factory=list)

    def __getitem__(self, key: str) -> str:
        return next(section[key] for section in self.sections.values() if key in section)

    def __contains__(self, key: str) -> bool:
        return any(key in section for section in self.sections.values())


def read(text: str) -> Inf:
    """Read a file; AssertionError for what the reference does not document."""
    inf = Inf()
    section = last = ""
    for line in text.splitlines():
        if not line or line.startswith("; "):
            continue
        if found := _SECTION.fullmatch(line):
            section, last = found[1], ""
            assert section in _KNOWN, line
            assert section not in inf.sections, line
            inf.sections[section] = {}
            continue
        found = _LINE.fullmatch(line)
        assert found, line
        key, quoted, bare = found.groups()
        value = bare if quoted is None else quoted
        if key == "_continue_":
            assert last == "2.5.29.17", line
            name = re.fullmatch(r"dns=([A-Za-z0-9_.-]+)&", value)
            assert name, line
            inf.dns.append(name[1])
            continue
        assert re.fullmatch(_KNOWN[section][key], value), line
        assert key not in inf.sections[section], line
        inf.sections[section][key] = value
        last = key
    assert "NewRequest" in inf.sections
    assert ("2.5.29.17" in inf) == bool(inf.dns)
    # CNG keys have no KeySpec, keys of a legacy provider need one.
    assert ("KeySpec" in inf) == ("RSA SChannel" in inf["ProviderName"])
    return inf


def request(inf: Inf, key: RSAPrivateKey) -> x509.CertificateSigningRequest:
    """Return what ``certreq -new`` would make of it."""
    assert key.key_size == int(inf["KeyLength"])
    name = [x509.NameAttribute(NameOID.COMMON_NAME, inf["Subject"][3:])] if "Subject" in inf else []
    bits = int(inf["KeyUsage"], 16)
    usages = {usage: bool(bits & (0x80 >> index)) for index, usage in enumerate(_BITS)}
    purposes = inf["2.5.29.37"].removeprefix("{text}").split(",")
    builder = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name(name))
        .add_extension(x509.KeyUsage(**usages, decipher_only=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in purposes]), critical=False
        )
    )
    if inf.dns:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in inf.dns])
        builder = builder.add_extension(alternatives, critical="Critical" in inf)
    return builder.sign(key, hashes.SHA256())

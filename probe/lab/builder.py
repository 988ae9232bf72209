"""Build certificates from valid defaults, so that a case states its one deviation.

The defaults describe a web server certificate as an enterprise CA issues it for a site system.
Everything else is a deviation: ``authority.issue("CN=mp01", dns=["mp01.contoso.com"],
hash="sha1")``. A field given as None leaves that extension out. No clock is read: times are
fields with fixed defaults.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Unpack

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from probe.lab import der, keys
from probe.lab.deviations import (
    INTERMEDIATE,
    LEAF,
    ROOT,
    Deviations,
    Identity,
    Name,
    encode_extensions,
)
from probe.lab.keys import PrivateKey

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
"""An instant at which every default certificate is valid."""

UNDECODABLE = der.sequence(der.sequence(der.integer(1)), der.utf8("not a certificate"))
"""Well-formed DER that is no certificate."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, its private key, and its issuers (DER, nearest first, the root last)."""

    der: bytes
    key: PrivateKey
    subject: bytes
    key_id: bytes
    issuers: tuple[bytes, ...] = ()

    def issue(self, subject: Name = "", **deviations: Unpack[Deviations]) -> "Issued":
        """Issue a leaf, valid but for ``deviations``."""
        return _issue(self, subject, LEAF | deviations)

    def authority(self, subject: Name, **deviations: Unpack[Deviations]) -> "Issued":
        """Issue a subordinate authority, valid but for ``deviations``."""
        return _issue(self, subject, INTERMEDIATE | deviations)

    def reissue(self, child: "Issued", **deviations: Unpack[Deviations]) -> "Issued":
        """Certify another authority's name and key: a cross-certificate."""
        same = INTERMEDIATE | Deviations(key=child.key)
        return _issue(self, child.subject, same | deviations)

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate as ``cryptography`` reads it; raises where it refuses to."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def sha256(self) -> str:
        """The SHA-256 thumbprint in lower-case hex."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def sent(self) -> tuple[bytes, ...]:
        """What a well-configured server sends: the leaf and its issuers without the root."""
        return (self.der, *self.issuers[:-1])

    @property
    def pem(self) -> bytes:
        """The certificate alone."""
        return pem(self.der)

    @property
    def chain_pem(self) -> bytes:
        """`sent`, for a server's configuration."""
        return pem(*self.sent)

    @property
    def key_pem(self) -> bytes:
        """The private key as unencrypted PKCS#8."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def pem(*certificates: bytes) -> bytes:
    """Encode a PEM bundle; the octets need not be certificates."""
    return b"".join(map(_armour, certificates))


def root(
    subject: Name = "CN=Contoso Root CA,DC=contoso,DC=com", **deviations: Unpack[Deviations]
) -> Issued:
    """Make a self-signed root authority, valid but for ``deviations``."""
    return _issue(None, subject, ROOT | deviations)


def self_signed(subject: Name, **deviations: Unpack[Deviations]) -> Issued:
    """Make a self-signed leaf, which is what servers invent when nobody configures them."""
    plain = Deviations(authority_key_id=None, crl=None, issuer_urls=(), template=None)
    return _issue(None, subject, LEAF | plain | deviations)


def _armour(octets: bytes) -> bytes:
    text = base64.encodebytes(octets)
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n"


def _issue(signer: Issued | None, name: Name, fields: Deviations) -> Issued:
    key = fields.get("key") or keys.fresh_key()
    subject = _name(name)
    identifier = fields.get("subject_key_id")
    key_id = identifier if isinstance(identifier, bytes) else _key_id(key)
    issuers = (signer.der, *signer.issuers) if signer else ()
    signer = signer or Issued(b"", key, subject, key_id)
    version, digest, pss = fields["version"], fields["hash"], fields["pss"]
    algorithm = fields.get("algorithm") or keys.algorithm(signer.key, digest, pss=pss)
    body = der.sequence(
        der.explicit(0, der.integer(version - 1)) if version > 1 else b"",
        der.integer(fields["serial"] if "serial" in fields else x509.random_serial_number()),
        algorithm,
        _name(fields.get("issuer", signer.subject)),
        der.sequence(_time(fields["not_before"]), _time(fields["not_after"])),
        subject,
        fields.get("public_key") or _spki(key),
        encode_extensions(fields, Identity(subject, key_id, signer.key_id)),
    )
    signature = keys.sign(signer.key, body, digest, pss=pss)
    if fields.get("corrupt_signature"):
        signature = signature[:-1] + bytes((signature[-1] ^ 1,))
    octets = der.sequence(body, algorithm, der.bits(signature))
    return Issued(octets, key, subject, key_id, issuers)


def _name(value: Name) -> bytes:
    if isinstance(value, bytes):
        return value
    name = x509.Name.from_rfc4514_string(value) if isinstance(value, str) else value
    return name.public_bytes()


def _time(value: datetime | bytes) -> bytes:
    return value if isinstance(value, bytes) else der.time(value)


def _key_id(key: PrivateKey) -> bytes:
    # RFC 5280, 4.2.1.2, method 1
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest


def _spki(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

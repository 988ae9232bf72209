"""A certificate's facts (RFC 5280), decoded once and immutable."""

from datetime import datetime

import msgspec


class DistinguishedName(msgspec.Struct, frozen=True):
    """A subject or issuer: its RFC 4514 text, its DER (names are compared as octets), its CNs."""

    text: str
    der: bytes
    common_names: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it has no attribute at all."""
        return self.der == b"\x30\x00"


class GeneralName(msgspec.Struct, frozen=True, gc=False):
    """One value of a subject alternative name, in the order of the certificate.

    ``type`` is ``dns``, ``ip``, ``email``, ``uri``, ``directory``, ``upn``, ``sid``,
    ``registered_id`` or ``other``.
    """

    type: str
    value: str


class Key(msgspec.Struct, frozen=True, gc=False):
    """A public key. ``type`` is rsa, rsa-pss, ec, ed25519, ed448, dsa or unknown.

    ``curve`` is the named curve of an ec key; ``exponent`` is that of an RSA key.
    """

    type: str
    bits: int | None
    curve: str | None = None
    exponent: int | None = None


class Signature(msgspec.Struct, frozen=True, gc=False):
    """The algorithm an issuer signed with; ``hash`` is None where the algorithm names none."""

    name: str
    oid: str
    hash: str | None
    pss: bool = False


class CertificateTemplate(msgspec.Struct, frozen=True, gc=False):
    """The AD CS template of a certificate: V1 by name (311.20.2), V2+ by OID (311.21.7)."""

    oid: str | None = None
    name: str | None = None
    major: int | None = None
    minor: int | None = None


class BasicConstraints(msgspec.Struct, frozen=True, gc=False):
    """The basicConstraints extension (RFC 5280, 4.2.1.9)."""

    ca: bool
    path_length: int | None = None


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A decoded certificate. Fields are None where the extension is absent.

    ``eku`` and ``application_policies`` (AD CS, 311.21.10) hold dotted OIDs; ``key_usage`` holds
    names such as ``digital_signature``.
    ``crl_urls``, ``delta_crl_urls``, ``ocsp_urls`` and ``issuer_urls`` are as written there, in
    order, and hostile. ``problems`` says which parts could not be decoded; the rest stands.
    ``unknown_critical`` lists critical extensions that nothing here understands.
    """

    der: bytes
    sha256: str
    sha1: str
    version: int
    serial: int
    subject: DistinguishedName
    issuer: DistinguishedName
    not_before: datetime
    not_after: datetime
    signature: Signature
    key: Key
    public_key_der: bytes
    names: tuple[GeneralName, ...] | None = None
    eku: tuple[str, ...] | None = None
    key_usage: tuple[str, ...] | None = None
    basic_constraints: BasicConstraints | None = None
    subject_key_id: bytes | None = None
    authority_key_id: bytes | None = None
    crl_urls: tuple[str, ...] = ()
    delta_crl_urls: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    issuer_urls: tuple[str, ...] = ()
    template: CertificateTemplate | None = None
    application_policies: tuple[str, ...] | None = None
    unknown_critical: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def dns_names(self) -> tuple[str, ...]:
        """The DNS values of the subject alternative name, in order."""
        return tuple([name.value for name in self.names or () if name.type == "dns"])

    @property
    def common_name(self) -> str | None:
        """The last common name of the subject, the one that name checks use, or None."""
        return self.subject.common_names[-1] if self.subject.common_names else None

    @property
    def self_issued(self) -> bool:
        """Whether issuer and subject are the same name (RFC 5280, 3.2)."""
        return self.issuer.der == self.subject.der


class Undecodable(msgspec.Struct, frozen=True, kw_only=True):
    """Octets that came where a certificate was expected, and why they could not be read."""

    der: bytes
    sha256: str
    sha1: str
    reason: str


Presented = Certificate | Undecodable

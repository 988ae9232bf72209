"""What a lab certificate may say instead of the default, and the defaults."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TypedDict

from cryptography import x509

from probe.lab import der, extensions
from probe.lab.extensions import SERVER_AUTH, Extension, TemplateV2
from probe.lab.keys import PrivateKey

Name = str | x509.Name | bytes
KeyId = bytes | bool
EMPTY_NAME = der.sequence()


class Deviations(TypedDict, total=False):
    """What a certificate may say instead of the default.

    ``issuer`` is RFC 4514 text, a Name, or a Name's DER. ``dns`` takes IP
    addresses too; ``san`` replaces it by general names or by the extension's DER. ``ca`` None
    leaves basicConstraints out. ``subject_key_id`` and ``authority_key_id`` True means the
    usual one, None none, octets those. ``hash`` is the signature's, such as ``sha1``.
    ``algorithm`` and ``public_key`` replace the AlgorithmIdentifier and the
    SubjectPublicKeyInfo by any DER. ``extra`` is appended as it stands.
    """

    issuer: Name
    key: PrivateKey
    public_key: bytes
    serial: int
    version: int
    not_before: datetime | bytes
    not_after: datetime | bytes
    dns: Sequence[str]
    san: Sequence[x509.GeneralName] | bytes | None
    eku: Sequence[str] | None
    key_usage: Collection[str] | None
    ca: bool | None
    path_length: int | None
    name_constraints: x509.NameConstraints | None
    subject_key_id: KeyId | None
    authority_key_id: KeyId | None
    crl: Sequence[str] | None
    delta_crl: Sequence[str] | None
    issuer_urls: Sequence[str]
    ocsp: Sequence[str]
    template: str | TemplateV2 | None
    application_policies: Sequence[str] | None
    extra: Sequence[Extension]
    hash: str
    pss: bool
    algorithm: bytes
    corrupt_signature: bool


_ANY = Deviations(version=3, hash="sha256", pss=False, subject_key_id=True, authority_key_id=True)
LEAF = _ANY | Deviations(
    not_before=datetime(2026, 1, 1, tzinfo=UTC),
    not_after=datetime(2028, 1, 1, tzinfo=UTC),
    eku=(SERVER_AUTH,),
    key_usage=("digital_signature", "key_encipherment"),
    crl=("http://pki.contoso.com/CertEnroll/Contoso%20Issuing%20CA.crl",),
    issuer_urls=("http://pki.contoso.com/CertEnroll/Contoso%20Issuing%20CA.crt",),
    template="WebServer",
)
INTERMEDIATE = _ANY | Deviations(
    not_before=datetime(2022, 1, 1, tzinfo=UTC),
    not_after=datetime(2034, 1, 1, tzinfo=UTC),
    key_usage=("digital_signature", "key_cert_sign", "crl_sign"),
    ca=True,
    crl=("http://pki.contoso.com/CertEnroll/Contoso%20Root%20CA.crl",),
    issuer_urls=("http://pki.contoso.com/CertEnroll/Contoso%20Root%20CA.crt",),
    template="SubCA",
)
ROOT = _ANY | Deviations(
    not_before=datetime(2020, 1, 1, tzinfo=UTC),
    not_after=datetime(2040, 1, 1, tzinfo=UTC),
    key_usage=("digital_signature", "key_cert_sign", "crl_sign"),
    ca=True,
    authority_key_id=None,
)


class Identity(NamedTuple):
    """What extensions depend on beside the fields: DER of the subject, and both key ids."""

    subject: bytes
    key_id: bytes
    issuer_key_id: bytes


def encode_extensions(fields: Deviations, identity: Identity) -> bytes:
    """Encode the extensions of a certificate, in the order in which AD CS writes them."""
    if fields["version"] == 1:
        return b""
    written = [*_purpose(fields), *_identity(fields, identity), *_places(fields)]
    written += fields.get("extra", ())
    encoded = der.sequence(*(extension.encode() for extension in written))
    return der.explicit(3, encoded) if written else b""


def _purpose(fields: Deviations) -> Iterator[Extension]:
    if (template := fields.get("template")) is not None:
        yield extensions.template(template)
    if (eku := fields.get("eku")) is not None:
        usages = x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in eku])
        yield extensions.standard(usages)
    if (key_usage := fields.get("key_usage")) is not None:
        yield extensions.key_usage(key_usage)
    if (policies := fields.get("application_policies")) is not None:
        yield extensions.application_policies(policies)
    if (authority := fields.get("ca")) is not None:
        limits = x509.BasicConstraints(authority, fields.get("path_length"))
        yield extensions.standard(limits, critical=True)


def _identity(fields: Deviations, identity: Identity) -> Iterator[Extension]:
    if identifier := _chosen(fields.get("subject_key_id"), identity.key_id):
        yield Extension("2.5.29.14", der.octets(identifier))
    if (san := _san(fields)) is not None:
        # RFC 5280, 4.1.2.6: the only name there is must not be overlooked.
        yield Extension("2.5.29.17", san, critical=identity.subject == EMPTY_NAME)
    if identifier := _chosen(fields.get("authority_key_id"), identity.issuer_key_id):
        yield Extension("2.5.29.35", der.sequence(der.tlv(0x80, identifier)))
    if (constraints := fields.get("name_constraints")) is not None:
        yield extensions.standard(constraints, critical=True)


def _places(fields: Deviations) -> Iterator[Extension]:
    if urls := fields.get("crl"):
        yield extensions.crl_points(urls)
    if urls := fields.get("delta_crl"):
        yield extensions.crl_points(urls, oid="2.5.29.46")
    issuers, responders = fields.get("issuer_urls", ()), fields.get("ocsp", ())
    if issuers or responders:
        yield extensions.authority_information(issuers, responders)


def _chosen(wanted: KeyId | None, usual: bytes) -> bytes | None:
    return wanted if isinstance(wanted, bytes) else usual if wanted else None


def _san(fields: Deviations) -> bytes | None:
    value = fields["san"] if "san" in fields else extensions.dns_names(fields.get("dns", ()))
    if isinstance(value, bytes):
        return value
    return x509.SubjectAlternativeName(value).public_bytes() if value else None

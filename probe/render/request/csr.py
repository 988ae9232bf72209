"""A PKCS #10 request (RFC 2986), signed with its key."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from probe.render.request.texts import TEMPLATE_NAME, USAGES
from probe.render.request.wanted import Wanted

_HASHES = {"sha256": hashes.SHA256()}
_BMP_STRING = 0x1E
_SHORT_FORM = 0x80  # X.690, 8.1.3.4: lengths below it are one octet


def csr(wanted: Wanted, key: RSAPrivateKey) -> str:
    """Return the request for ``key`` as PEM."""
    subject = wanted.common_name
    name = [] if subject is None else [x509.NameAttribute(NameOID.COMMON_NAME, subject)]
    usages = {usage: usage in wanted.usages for usage in USAGES}
    builder = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name(name))
        .add_extension(x509.KeyUsage(**usages), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in wanted.purposes]),
            critical=False,
        )
    )
    if wanted.dns:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in wanted.dns])
        builder = builder.add_extension(alternatives, critical=subject is None)
    if wanted.template is not None:
        builder = builder.add_extension(_template(wanted), critical=False)
    return builder.sign(key, _HASHES[wanted.hash]).public_bytes(Encoding.PEM).decode("ascii")


def _template(wanted: Wanted) -> x509.ExtensionType:
    """Encode the template as AD CS reads it: the OID, or the name as a BMPString."""
    template = wanted.template or ""
    if wanted.template_is_oid:
        return x509.MSCertificateTemplate(x509.ObjectIdentifier(template), None, None)
    value = template.encode("utf-16-be")
    size = bytes([len(value)] if len(value) < _SHORT_FORM else [_SHORT_FORM + 1, len(value)])
    oid = x509.ObjectIdentifier(TEMPLATE_NAME)
    return x509.UnrecognizedExtension(oid, bytes([_BMP_STRING]) + size + value)

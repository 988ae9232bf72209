"""An authority that issues what a request asks for, and the file that an administrator gets."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from support.judging import ISSUING

from probe.lab.builder import Issued

PASSWORD = "correct horse"


def issue(request: x509.CertificateSigningRequest, key: RSAPrivateKey) -> Issued:
    """Issue the certificate as an enterprise CA does with "supply in the request"."""
    assert request.is_signature_valid
    assert request.public_key() == key.public_key()
    assert request.signature_hash_algorithm.name == "sha256"
    asked = {extension.oid.dotted_string: extension for extension in request.extensions}
    assert asked["2.5.29.15"].critical
    san = asked.get("2.5.29.17")
    if san is not None:
        # RFC 5280, 4.2.1.6
        assert san.critical == (not list(request.subject))
    usage = asked["2.5.29.15"].value
    usages = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
    return ISSUING.issue(
        request.subject,
        key=key,
        san=None if san is None else san.value.public_bytes(),
        eku=[oid.dotted_string for oid in asked["2.5.29.37"].value],
        key_usage=[name for name in usages if getattr(usage, name)],
    )


def export(issued: Issued, directory: Path, *, pfx: bool) -> Path:
    """Write the PFX or the binary certificate."""
    if not pfx:
        path = directory / "certificate.cer"
        path.write_bytes(issued.der)
        return path
    path = directory / "certificate.pfx"
    above = [x509.load_der_x509_certificate(der) for der in issued.issuers]
    encryption = BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"cmprobe", issued.key, issued.certificate, above, encryption
        )
    )
    return path

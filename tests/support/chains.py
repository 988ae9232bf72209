"""Chains that are the same octets every time: for what shows certificates and verifies none."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from probe.lab import builder, der

AS_OF = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

# One key signs everything here, and signs it the same every time; the algorithm is a claim.
_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
_SHA256_RSA = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.null())
_SHA1_RSA = der.sequence(der.oid("1.2.840.113549.1.1.5"), der.null())


@cache
def _rsa(bits: int) -> bytes:
    """Return a public key of ``bits`` whose private key nobody has."""
    numbers = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) | 0x10001)
    return numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@cache
def root() -> builder.Issued:
    return builder.root(
        "CN=Contoso Root CA,DC=contoso,DC=com",
        key=_KEY,
        serial=0x1000,
        public_key=_rsa(4096),
        algorithm=_SHA256_RSA,
        not_before=AS_OF - timedelta(days=2000),
        not_after=AS_OF + timedelta(days=5300),
    )


@cache
def issuing(hash_name: str = "sha256", subject: str | None = None) -> builder.Issued:
    return root().authority(
        subject or "CN=Contoso Issuing CA 1,DC=contoso,DC=com",
        key=_KEY,
        serial=0x6100,
        public_key=_rsa(4096),
        algorithm=_SHA256_RSA if hash_name == "sha256" else _SHA1_RSA,
        not_before=AS_OF - timedelta(days=1000),
        not_after=AS_OF + timedelta(days=1600),
    )


def leaf(
    *dns: str,
    subject: str = "",
    days: float = 400,
    bits: int = 2048,
    issuer: builder.Issued | None = None,
    lifetime: int = 730,
    serial: int = 0x6200,
    san: list[x509.GeneralName] | bytes | None = None,
) -> tuple[bytes, ...]:
    """Return a leaf that expires ``days`` after `AS_OF`, and its issuer: what a server sends."""
    names = {"dns": dns} if san is None else {"san": san}
    end = AS_OF + timedelta(days=days)
    return (
        (issuer or issuing())
        .issue(
            subject,
            **names,
            key=_KEY,
            serial=serial,
            public_key=_rsa(bits),
            algorithm=_SHA256_RSA,
            not_before=end - timedelta(days=lifetime),
            not_after=end,
        )
        .sent
    )

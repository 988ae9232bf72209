"""Certificates in the JSON report: decoded from the raw octets at the moment of writing."""

from binascii import b2a_base64
from datetime import datetime
from functools import lru_cache

import msgspec

from probe.model.certificate import Certificate, Presented
from probe.model.report import DecodedChain
from probe.model.stages import Chain
from probe.pki import certificate as certificates
from probe.render.escape import encodable
from probe.render.records import CertificateRecord, KeyRecord, UndecodableRecord
from probe.render.times import utc

MAX_NAMES = 10_000

_LINE = 48  # octets, which are the 64 characters of RFC 7468, section 2


def rfc3339(instant: datetime, timespec: str = "seconds") -> str:
    """Write an instant in UTC with Z (RFC 3339); a naive one is taken as UTC."""
    return utc(instant).isoformat(timespec=timespec)[: -len("+00:00")] + "Z"


def pem(der: bytes) -> str:
    """Armour a certificate (RFC 7468)."""
    lines = [b2a_base64(der[start : start + _LINE]) for start in range(0, len(der), _LINE)]
    body = b"".join(lines).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def describe(
    position: int, der: bytes, presented: Presented | None = None
) -> CertificateRecord | UndecodableRecord:
    """Describe what was sent at ``position``; ``presented`` is the same, if it was decoded."""
    presented = presented or certificates.load(der)
    if not isinstance(presented, Certificate):
        return UndecodableRecord(
            position=position,
            sha256=presented.sha256,
            sha1=presented.sha1,
            error=encodable(presented.reason),
            pem=pem(der),
        )
    names = presented.dns_names
    common_name = presented.common_name
    return CertificateRecord(
        position=position,
        sha256=presented.sha256,
        sha1=presented.sha1,
        subject=encodable(presented.subject.text),
        issuer=encodable(presented.issuer.text),
        serial=f"{presented.serial:x}",
        not_before=rfc3339(presented.not_before),
        not_after=rfc3339(presented.not_after),
        signature_algorithm=presented.signature.name,
        signature_hash=presented.signature.hash,
        key=KeyRecord(presented.key.type, presented.key.bits),
        common_name=None if common_name is None else encodable(common_name),
        dns_names=tuple(map(encodable, names[:MAX_NAMES])),
        dns_names_total=len(names) if len(names) > MAX_NAMES else msgspec.UNSET,
        eku=presented.eku,
        key_usage=presented.key_usage,
        template=presented.template,
        problems=tuple(map(encodable, presented.problems)) or msgspec.UNSET,
        pem=pem(der),
    )


def _encode(position: int, der: bytes, presented: Presented | None = None) -> msgspec.Raw:
    return msgspec.Raw(_ENCODER.encode(describe(position, der, presented)))


# Issuers come again with every target, leaves hardly ever: only the former are worth keeping.
_encode_issuer = lru_cache(maxsize=1024)(_encode)
_ENCODER = msgspec.json.Encoder()


def encode_chain(chain: Chain) -> list[msgspec.Raw]:
    """Encode a chain's certificates, in the order sent, as finished JSON."""
    first = chain.presented[0] if isinstance(chain, DecodedChain) and chain else None
    return [
        _encode_issuer(position, der) if position else _encode(position, der, first)
        for position, der in enumerate(chain.certificates)
    ]

"""CRLs by hand, so that a case states its one deviation; signed with whatever is asked for."""

from datetime import UTC, datetime, timedelta

from cryptography import x509

from probe.lab import der, keys
from probe.lab.builder import AS_OF, Issued

LAST = AS_OF - timedelta(hours=1)
NEXT = AS_OF + timedelta(days=7)


def crl(
    issuer: Issued,
    *revoked: int | bytes,
    last: datetime = LAST,
    next_: datetime | None = NEXT,
    number: int | None = 7,
    base: int | None = None,
    freshest: list[str] | None = None,
    scope: x509.IssuingDistributionPoint | None = None,
    next_publish: datetime | None = None,
    extra: tuple[bytes, ...] = (),
    name: bytes | None = None,
    hash_name: str = "sha256",
    pss: bool = False,
    corrupt: bool = False,
) -> bytes:
    """Sign a version 2 CRL that lists ``revoked``, serials or encoded entries."""
    extensions = [
        *([_extension("2.5.29.20", der.integer(number))] if number is not None else []),
        *([_extension("2.5.29.27", der.integer(base), critical=True)] if base is not None else []),
        *([_points(freshest)] if freshest else []),
        *([_extension("2.5.29.28", scope.public_bytes(), critical=True)] if scope else []),
        *(
            [_extension("1.3.6.1.4.1.311.21.4", der.time(next_publish))]
            if next_publish is not None
            else []
        ),
        *extra,
    ]
    entries = [one if isinstance(one, bytes) else entry(one) for one in revoked]
    algorithm = keys.algorithm(issuer.key, hash_name, pss=pss)
    body = der.sequence(
        der.integer(1),
        algorithm,
        issuer.subject if name is None else name,
        der.time(last),
        der.time(next_) if next_ is not None else b"",
        der.sequence(*entries) if entries else b"",
        der.explicit(0, der.sequence(*extensions)) if extensions else b"",
    )
    signature = keys.sign(issuer.key, body, hash_name, pss=pss)
    if corrupt:
        signature = signature[:-1] + bytes((signature[-1] ^ 1,))
    return der.sequence(body, algorithm, der.bits(signature))


def entry(serial: int, reason: int | None = None, at: datetime = LAST) -> bytes:
    """Encode an entry; ``reason`` is the code of RFC 5280, 5.3.1."""
    said = b""
    if reason is not None:
        said = der.sequence(_extension("2.5.29.21", der.tlv(0x0A, bytes((reason,)))))
    return der.sequence(der.integer(serial), der.time(at), said)


def scope(**said) -> x509.IssuingDistributionPoint:
    """Make an issuingDistributionPoint; ``urls`` are its full name."""
    urls = said.pop("urls", None)
    plain = {
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    names = [x509.UniformResourceIdentifier(url) for url in urls] if urls else None
    return x509.IssuingDistributionPoint(full_name=names, relative_name=None, **(plain | said))


def armour(octets: bytes, label: bytes = b"X509 CRL") -> bytes:
    """Encode PEM."""
    import base64

    text = base64.encodebytes(octets)
    return b"-----BEGIN " + label + b"-----\n" + text + b"-----END " + label + b"-----\n"


def many(issuer: Issued, count: int) -> bytes:
    """Sign a CRL with so many entries, quickly."""
    time = der.time(datetime(2026, 1, 1, tzinfo=UTC))
    entries = b"".join(
        der.sequence(der.tlv(2, b"\x61" + at.to_bytes(17, "big") + b"\x01"), time)
        for at in range(count)
    )
    algorithm = keys.algorithm(issuer.key, "sha256", pss=False)
    body = der.sequence(
        der.integer(1),
        algorithm,
        issuer.subject,
        der.time(LAST),
        der.time(NEXT),
        der.sequence(entries),
    )
    return der.sequence(body, algorithm, der.bits(keys.sign(issuer.key, body, "sha256", pss=False)))


def _extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    return der.sequence(der.oid(oid), der.true() if critical else b"", der.octets(value))


def _points(urls: list[str]) -> bytes:
    names = b"".join(der.tlv(0x86, url.encode()) for url in urls)
    point = der.sequence(der.explicit(0, der.explicit(0, names)))
    return _extension("2.5.29.46", der.sequence(point))


UNKNOWN_CRITICAL = _extension("1.2.3.4", b"\x05\x00", critical=True)

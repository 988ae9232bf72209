"""The certificate authorities that a server names in its CertificateRequest."""

from cryptography import x509

from probe.tls import limits
from probe.tls.codec import Reader

_SHOWN = 64


def names(block: bytes) -> tuple[str, ...]:
    """Return DistinguishedName list entries as RFC 4514 text (RFC 8446, 4.2.4).

    Names beyond a limit are left out: they are no reason to lose the certificates that follow.
    One that cannot be decoded is shown as ``#`` and the hexadecimal digits of its first octets.
    """
    found: list[str] = []
    reader = Reader(block, "the list of certificate authorities")
    while reader.more:
        der = reader.vector(2)
        if len(found) < limits.AUTHORITIES:
            found.append(_text(der))
    return tuple(found)


def _text(der: bytes) -> str:
    try:
        return x509.Name.from_bytes(der).rfc4514_string()
    except Exception:  # noqa: BLE001 - hostile octets: whatever the library says, show them
        cut = "…" if len(der) > _SHOWN else ""
        return f"#{der[:_SHOWN].hex()}{cut}"

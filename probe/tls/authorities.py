"""The certificate authorities that a server names in its CertificateRequest."""

from probe.pki import der, distinguished_name
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
        name = reader.vector(2)
        if len(found) < limits.AUTHORITIES:
            found.append(_text(name))
    return tuple(found)


def _text(name: bytes) -> str:
    try:
        return distinguished_name.decode(name)[0].text
    except der.DerError:
        cut = "…" if len(name) > _SHOWN else ""
        return f"#{name[:_SHOWN].hex()}{cut}"

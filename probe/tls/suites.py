"""Cipher suites that we offer, by IANA name, and what each needs of us.

Only TLS 1.3 suites and ECDHE with an AEAD are completed; the others are offered so that servers
which know nothing better still show their certificates.
"""

from enum import Enum
from typing import NamedTuple


class Exchange(Enum):
    """How a suite agrees on keys."""

    TLS13 = "TLS 1.3"
    ECDHE = "ECDHE"
    DHE = "DHE"
    RSA = "static RSA"


class Suite(NamedTuple):
    """A suite; ``cipher`` is ``gcm``, ``chacha`` or None for what is not completed here.

    ``hash`` names the hash of HKDF or the PRF as hashlib does; ``key_length`` is in octets.
    """

    code: int
    name: str
    exchange: Exchange
    cipher: str | None
    hash: str
    key_length: int

    @property
    def completes(self) -> bool:
        """Whether this machine can take a handshake with this suite to its end."""
        return self.cipher is not None and self.exchange in (Exchange.TLS13, Exchange.ECDHE)


def _suite(code: int, name: str) -> Suite:
    """Read a suite's parts off its registered name (RFC 5246, C; RFC 8446, B.4)."""
    if "_WITH_" not in name:
        exchange = Exchange.TLS13
    elif name.startswith("TLS_ECDHE_"):
        exchange = Exchange.ECDHE
    elif name.startswith("TLS_DHE_"):
        exchange = Exchange.DHE
    else:
        exchange = Exchange.RSA
    cipher = "gcm" if "_GCM_" in name else "chacha" if "_CHACHA20_" in name else None
    # RFC 5246, 5: SHA-256 is the PRF's hash unless the suite names a stronger one.
    digest = "sha384" if name.endswith("_SHA384") else "sha256"
    return Suite(code, name, exchange, cipher, digest, 16 if "_128_" in name else 32)


# In our order of preference: cheapest and best first, what only old servers know last.
SUITES = {
    code: _suite(code, name)
    for code, name in (
        (0x1301, "TLS_AES_128_GCM_SHA256"),
        (0x1302, "TLS_AES_256_GCM_SHA384"),
        (0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
        (0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        (0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        (0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        (0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
        (0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        (0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        (0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
        (0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
        (0xC024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
        (0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
        (0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
        (0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
        (0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
        (0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
        (0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
        (0x009F, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
        (0xCCAA, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        (0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
        (0x006B, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
        (0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
        (0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
        (0x00A2, "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256"),
        (0x00A3, "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384"),
        (0x0040, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256"),
        (0x006A, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256"),
        (0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA"),
        (0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA"),
        (0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
        (0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
        (0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
        (0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256"),
        (0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA"),
        (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
        (0xC008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"),
        (0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
        (0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"),
        (0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA"),
        (0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
        (0xC007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"),
        (0xC011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
        (0x0005, "TLS_RSA_WITH_RC4_128_SHA"),
        (0x0004, "TLS_RSA_WITH_RC4_128_MD5"),
    )
}

# RFC 5746, 3.3: says in the suite list that we know secure renegotiation; old stacks that
# stumble over extensions understand it too.
RENEGOTIATION_INFO_SCSV = 0x00FF


def offered(maximum: int) -> tuple[int, ...]:
    """Return the codes to offer to a server of at most this version, in our order."""
    if maximum >= 0x0304:  # noqa: PLR2004 - TLS 1.3 on the wire
        chosen = list(SUITES)
    elif maximum == 0x0303:  # noqa: PLR2004 - TLS 1.2 on the wire
        chosen = [code for code, suite in SUITES.items() if suite.exchange is not Exchange.TLS13]
    else:
        # AEAD and SHA-2 suites are for TLS 1.2 alone (RFC 5246, A.5; RFC 5288, 4).
        chosen = [
            code
            for code, suite in SUITES.items()
            if suite.name.endswith(("_CBC_SHA", "_SHA", "_MD5"))
        ]
    return (*chosen, RENEGOTIATION_INFO_SCSV)

"""One configuration of one server, in words that every server's recipe understands."""

from dataclasses import dataclass
from typing import NamedTuple

VERSIONS = {"1.0": "TLSv1", "1.1": "TLSv1.1", "1.2": "TLSv1.2", "1.3": "TLSv1.3"}
"""As `Handshaken.version` spells them."""


class Suite(NamedTuple):
    """A suite's IANA name, and what GnuTLS calls its parts."""

    iana: str
    gnutls: str


SUITES = {
    "TLS_AES_128_GCM_SHA256": Suite("TLS_AES_128_GCM_SHA256", "+AES-128-GCM:+AEAD"),
    "TLS_AES_256_GCM_SHA384": Suite("TLS_AES_256_GCM_SHA384", "+AES-256-GCM:+AEAD"),
    "TLS_CHACHA20_POLY1305_SHA256": Suite(
        "TLS_CHACHA20_POLY1305_SHA256", "+CHACHA20-POLY1305:+AEAD"
    ),
    "ECDHE-RSA-AES128-GCM-SHA256": Suite(
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "+ECDHE-RSA:+AES-128-GCM:+AEAD"
    ),
    "ECDHE-RSA-AES256-GCM-SHA384": Suite(
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "+ECDHE-RSA:+AES-256-GCM:+AEAD"
    ),
    "ECDHE-RSA-CHACHA20-POLY1305": Suite(
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "+ECDHE-RSA:+CHACHA20-POLY1305:+AEAD"
    ),
    "ECDHE-RSA-AES128-SHA256": Suite(
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "+ECDHE-RSA:+AES-128-CBC:+SHA256"
    ),
    "ECDHE-RSA-AES256-SHA": Suite(
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "+ECDHE-RSA:+AES-256-CBC:+SHA1"
    ),
    "ECDHE-ECDSA-AES128-GCM-SHA256": Suite(
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "+ECDHE-ECDSA:+AES-128-GCM:+AEAD"
    ),
    "ECDHE-ECDSA-AES256-GCM-SHA384": Suite(
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "+ECDHE-ECDSA:+AES-256-GCM:+AEAD"
    ),
    "ECDHE-ECDSA-CHACHA20-POLY1305": Suite(
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "+ECDHE-ECDSA:+CHACHA20-POLY1305:+AEAD",
    ),
    "ECDHE-ECDSA-AES128-SHA": Suite(
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "+ECDHE-ECDSA:+AES-128-CBC:+SHA1"
    ),
    "DHE-RSA-AES256-GCM-SHA384": Suite(
        "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "+DHE-RSA:+AES-256-GCM:+AEAD"
    ),
    "DHE-RSA-CHACHA20-POLY1305": Suite(
        "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "+DHE-RSA:+CHACHA20-POLY1305:+AEAD"
    ),
    "DHE-RSA-AES128-SHA256": Suite(
        "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", "+DHE-RSA:+AES-128-CBC:+SHA256"
    ),
    "DHE-RSA-AES256-SHA": Suite("TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "+DHE-RSA:+AES-256-CBC:+SHA1"),
    "AES128-GCM-SHA256": Suite("TLS_RSA_WITH_AES_128_GCM_SHA256", "+RSA:+AES-128-GCM:+AEAD"),
    "AES256-SHA256": Suite("TLS_RSA_WITH_AES_256_CBC_SHA256", "+RSA:+AES-256-CBC:+SHA256"),
    "AES128-SHA": Suite("TLS_RSA_WITH_AES_128_CBC_SHA", "+RSA:+AES-128-CBC:+SHA1"),
    "AES128-CCM": Suite("AES128-CCM", "+RSA:+AES-128-CCM:+AEAD"),
    "ECDHE-RSA-CAMELLIA128-SHA256": Suite(
        "ECDHE-RSA-CAMELLIA128-SHA256", "+ECDHE-RSA:+CAMELLIA-128-CBC:+SHA256"
    ),
    "NULL-SHA": Suite("NULL-SHA", "+RSA:+NULL:+SHA1"),
    "DES-CBC3-SHA": Suite("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "+RSA:+3DES-CBC:+SHA1"),
    "RC4-SHA": Suite("TLS_RSA_WITH_RC4_128_SHA", "+RSA:+ARCFOUR-128:+SHA1"),
    "RC4-MD5": Suite("TLS_RSA_WITH_RC4_128_MD5", "+RSA:+ARCFOUR-128:+MD5"),
    "ECDHE-RSA-RC4-SHA": Suite("TLS_ECDHE_RSA_WITH_RC4_128_SHA", "+ECDHE-RSA:+ARCFOUR-128:+SHA1"),
    "TLS_AES_128_CCM_SHA256": Suite("TLS_AES_128_CCM_SHA256", "+AES-128-CCM:+AEAD"),
    "CAMELLIA128-SHA": Suite("CAMELLIA128-SHA", "+RSA:+CAMELLIA-128-CBC:+SHA1"),
}
"""By OpenSSL's name. What the observer does not offer keeps that name in reports."""

_PROTOCOLS = {
    "s_server": ("http/1.1", None),
    "nginx": ("h2", "http/1.1"),
    "haproxy": ("h2", None),
    "apache": ("h2", "http/1.1"),
    "gnutls": ("http/1.1", None),
    "caddy": ("http/1.1", "h2"),
    "stunnel": (None, None),
}
"""ALPN by server, configured and not."""


@dataclass(frozen=True)
class Case:
    """A configuration. ``suite`` is OpenSSL's name of the only one, or empty for the default.

    ``asks`` is about client certificates: none, requested or required. ``chain`` is the shape of
    what is sent (see identity.py), ``groups`` the only ones that the server has, in OpenSSL's
    names. ``options`` are the server's own words, with {rsa}, {ec} and their {…_key} for the
    files of other identities.
    """

    server: str
    key: str = "rsa"
    versions: tuple[str, ...] = ("1.2", "1.3")
    suite: str = ""
    groups: tuple[str, ...] = ()
    asks: str = "none"
    staple: bool = False
    chain: str = "usual"
    alpn: bool = False
    extended_master_secret: bool = True
    options: tuple[str, ...] = ()

    @property
    def old(self) -> bool:
        """Whether OpenSSL serves this only at security level 0."""
        return min(self.versions) < "1.2"

    @property
    def version(self) -> str:
        """What both engines are to agree on, as they spell it."""
        return VERSIONS[max(self.versions)]

    @property
    def cipher(self) -> str:
        """The suite as reports name it."""
        return SUITES[self.suite].iana

    @property
    def protocol(self) -> str | None:
        """What comes of h2 and http/1.1; three servers know some of them unasked."""
        with_alpn, without = _PROTOCOLS[self.server]
        return with_alpn if self.alpn else without

    @property
    def client_auth(self) -> str:
        """What a handshake shows of ``asks``: nginx refuses by HTTP, once it has a request."""
        return "requested" if (self.server, self.asks) == ("nginx", "required") else self.asks

    @property
    def proof(self) -> bool | None:
        """What a handshake can prove: who is refused before Finished has no static RSA's proof."""
        static = bool(self.suite) and self.cipher.startswith("TLS_RSA_")
        return None if static and self.client_auth == "required" else True

    def __str__(self) -> str:
        parts = [self.server, self.key, "+".join(self.versions), self.suite, *self.groups]
        parts += [self.asks if self.asks != "none" else "", "staple" if self.staple else ""]
        parts += [self.chain if self.chain != "usual" else "", "alpn" if self.alpn else ""]
        parts += ["" if self.extended_master_secret else "no-ems", *self.options]
        return " ".join(filter(None, parts)).replace("{", "").replace("}", "")

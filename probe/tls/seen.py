"""What a handshake has shown so far; it becomes the result, whether it succeeded or not."""

from enum import StrEnum

from probe.model.failure import Failure
from probe.model.stages import Chain, ClientAuth, HandshakeFailed, Handshaken
from probe.tls.hello import TLS12
from probe.tls.suites import Exchange, Suite

ENGINE = "observer"


class Incomplete(StrEnum):
    """Why a handshake was stopped after the server's first flight, on purpose."""

    VERSION = "older than TLS 1.2"
    DHE = "DHE key exchange"
    STATIC_RSA = "static RSA key exchange"
    CIPHER = "cipher without AEAD"
    CLIENT_CERTIFICATE = "client certificate required"


def obstacle(version: int, suite: Suite) -> Incomplete | None:
    """Return why a handshake of TLS 1.2 or older is not completed here, None if it is."""
    if version < TLS12:
        return Incomplete.VERSION
    if suite.exchange is Exchange.DHE:
        return Incomplete.DHE
    if suite.exchange is Exchange.RSA:
        return Incomplete.STATIC_RSA
    return None if suite.completes else Incomplete.CIPHER


class Seen:
    """Filled in as messages come."""

    __slots__ = (
        "acceptable_cas",
        "alpn",
        "chain",
        "cipher",
        "client_auth",
        "group",
        "key_proven",
        "ocsp_staple",
        "signature_scheme",
        "version",
    )

    def __init__(self) -> None:
        self.version: str | None = None
        self.cipher: str | None = None
        self.group: str | None = None
        self.signature_scheme: str | None = None
        self.alpn: str | None = None
        self.client_auth = ClientAuth.UNKNOWN
        self.acceptable_cas: tuple[str, ...] = ()
        self.key_proven: bool | None = None
        self.ocsp_staple: bytes | None = None
        self.chain: tuple[bytes, ...] = ()

    def success(self, seconds: float) -> Handshaken:
        """Report a handshake that gave us the chain."""
        return Handshaken(
            seconds=seconds,
            engine=ENGINE,
            version=self.version or "",
            cipher=self.cipher or "",
            group=self.group,
            signature_scheme=self.signature_scheme,
            alpn=self.alpn,
            client_auth=self.client_auth,
            acceptable_cas=self.acceptable_cas,
            key_proven=self.key_proven,
            ocsp_staple=self.ocsp_staple,
            chain=Chain(self.chain),
        )

    def failed(self, failure: Failure, seconds: float) -> HandshakeFailed:
        """Report a handshake that failed, with everything received before."""
        return HandshakeFailed(
            failure=failure,
            seconds=seconds,
            engine=ENGINE,
            version=self.version,
            cipher=self.cipher,
            group=self.group,
            signature_scheme=self.signature_scheme,
            alpn=self.alpn,
            client_auth=self.client_auth,
            acceptable_cas=self.acceptable_cas,
            key_proven=self.key_proven,
            ocsp_staple=self.ocsp_staple,
            chain=Chain(self.chain),
        )

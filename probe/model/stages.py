"""What each network step yields: its own success struct, or Failed, or Skipped.

Every stage is a union tagged by ``status`` (ok, failed, skipped); success structs are flat, with
their fields beside ``seconds``.
"""

from enum import StrEnum

import msgspec

from probe.model.failure import Failure


class Failed(msgspec.Struct, frozen=True, tag_field="status", tag="failed", gc=False):
    """A step that was tried and did not succeed."""

    failure: Failure
    seconds: float = 0.0


class Skipped(msgspec.Struct, frozen=True, tag_field="status", tag="skipped", gc=False):
    """A step that was not tried, and why."""

    because: str


class Resolved(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """The addresses of a name.

    ``cname_chain`` lists the canonical names followed, in order, without the name asked for;
    it is empty when the name has an address of its own. ``source`` is ``dns``, ``hosts`` (the
    platform's hosts file), ``literal`` (the host is an address) or ``pinned``.
    """

    seconds: float
    addresses: tuple[str, ...]
    cname_chain: tuple[str, ...] = ()
    source: str = "dns"


class Browsed(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """An answer of SQL Server Browser (MS-SQLR): where the named instance listens.

    ``server``, ``instance`` and ``version`` are as the Browser says them, and hostile.
    """

    seconds: float
    instance: str
    port: int
    server: str = ""
    version: str = ""
    clustered: bool = False


class Connected(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """An established TCP connection."""

    seconds: float


class Proxied(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """A tunnel opened by HTTP CONNECT (RFC 9110, 9.3.6). ``proxy`` is ``host:port``."""

    seconds: float
    proxy: str


class Prelogin(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """A PRELOGIN answer (MS-TDS 2.2.6.5). ``encryption`` answers a client that asked with OFF.

    ``off``: clients choose. ``on`` and ``required``: Force Encryption is set. ``not_supported``:
    there is no TLS. ``strict``: TLS came first, as TDS 8.0 has it.
    """

    seconds: float
    version: str
    encryption: str


class ClientAuth(StrEnum):
    """Whether the handshake asked for a client certificate."""

    NONE = "none"
    REQUESTED = "requested"
    REQUIRED = "required"
    UNKNOWN = "unknown"


class Chain:
    """Certificates as received: raw DER, in the order sent, duplicates and junk included."""

    __slots__ = ("certificates",)

    def __init__(self, certificates: tuple[bytes, ...] = ()) -> None:
        """Keep ``certificates`` exactly as they came."""
        self.certificates = certificates

    def __eq__(self, other: object) -> bool:
        """Equal when the same octets came in the same order."""
        return isinstance(other, Chain) and self.certificates == other.certificates

    def __hash__(self) -> int:
        """Hash by content."""
        return hash(self.certificates)

    def __bool__(self) -> bool:
        """Whether anything was received."""
        return bool(self.certificates)

    def __repr__(self) -> str:
        """Name the size, not the octets."""
        return f"Chain({len(self.certificates)} certificates)"


class Handshaken(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """A TLS handshake that gave us the server's chain.

    ``version`` is ``TLSv1.3`` and so on; ``cipher`` is the IANA suite name. ``key_proven`` is
    whether the server proved that it holds the key (None where the engine cannot tell).
    ``ocsp_staple`` is the stapled response's DER, if any.
    """

    seconds: float
    engine: str
    version: str
    cipher: str
    group: str | None = None
    signature_scheme: str | None = None
    alpn: str | None = None
    client_auth: ClientAuth = ClientAuth.UNKNOWN
    acceptable_cas: tuple[str, ...] = ()
    key_proven: bool | None = None
    ocsp_staple: bytes | None = None
    chain: Chain


class HandshakeFailed(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="failed"):
    """A TLS handshake that failed, with what was received before it did."""

    failure: Failure
    seconds: float
    engine: str
    version: str | None = None
    cipher: str | None = None
    group: str | None = None
    signature_scheme: str | None = None
    alpn: str | None = None
    client_auth: ClientAuth = ClientAuth.UNKNOWN
    acceptable_cas: tuple[str, ...] = ()
    key_proven: bool | None = None
    ocsp_staple: bytes | None = None
    chain: Chain = msgspec.field(default_factory=Chain)


class VersionsTried(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """Which protocol versions the server accepts, each really tried.

    Versions are spelled ``SSLv3``, ``TLSv1``, ``TLSv1.1``, ``TLSv1.2``, ``TLSv1.3``. One that is
    in neither list could not be decided (``undecided`` says why).
    """

    seconds: float
    accepted: tuple[str, ...]
    refused: tuple[str, ...]
    undecided: dict[str, Failure] = msgspec.field(default_factory=dict)


class HttpClientAuth(StrEnum):
    """Whether the web server asked for a client certificate after the request, as IIS does."""

    NONE = "none"
    RENEGOTIATION = "renegotiation"
    POST_HANDSHAKE = "post_handshake"
    UNKNOWN = "unknown"


class HttpAnswered(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """An answer to the liveness request; 401 and 403 mean that the role is there."""

    seconds: float
    code: int
    path: str
    reason: str = ""
    client_auth: HttpClientAuth = HttpClientAuth.UNKNOWN


class HttpFailed(Failed, frozen=True, tag_field="status", tag="failed", gc=False):
    """A liveness request without an answer, and whether a client certificate was asked for."""

    client_auth: HttpClientAuth = HttpClientAuth.UNKNOWN


Resolution = Resolved | Failed | Skipped
Browser = Browsed | Failed | Skipped
Connection = Connected | Failed | Skipped
Proxy = Proxied | Failed | Skipped
PreloginStage = Prelogin | Failed | Skipped
Handshake = Handshaken | HandshakeFailed | Skipped
Versions = VersionsTried | Failed | Skipped
Http = HttpAnswered | HttpFailed | Skipped

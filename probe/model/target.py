"""What is to be probed: one host, port and transport, with the names its clients use."""

from enum import StrEnum

import msgspec


class Accepts(StrEnum):
    """From where a site system accepts client connections."""

    INTRANET = "intranet"
    INTERNET = "internet"
    BOTH = "both"


class Transport(StrEnum):
    """How the TLS handshake travels: plain, inside TDS packets (MS-TDS), or TDS 8.0 strict."""

    TLS = "tls"
    TDS = "tds"
    TDS_STRICT = "tds-strict"
    AUTO = "auto"


class Names(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The names that the inventory gives for a system; None where it gives none."""

    intranet_fqdn: str | None = None
    internet_fqdn: str | None = None
    computer_name: str | None = None
    service_name: str | None = None
    cluster_fqdn: str | None = None
    accepts: Accepts | None = None


class Template(msgspec.Struct, frozen=True, omit_defaults=True):
    """An AD CS template as an inventory names it: by OID (V2 and later) or by V1 name."""

    oid: str | None = None
    name: str | None = None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    r"""One endpoint: connected to once for each of its addresses, judged for every role on it.

    ``id`` is ``host:port`` in lower case and unique in a scan. With ``browser_port`` it is
    ``host\instance``: the port is not known, and asked of SQL Server Browser on that UDP port.
    ``address`` pins the connection and keeps ``host`` as SNI. ``resolver`` is ``IP`` or
    ``IP:PORT``. ``timeout`` is in seconds for the whole target. ``trust`` and ``intermediates``
    name trust sources (absolute paths or ``system``). ``expected_thumbprint`` is lower-case hex,
    SHA-1 or SHA-256. ``https_only`` says that every management point of the site uses HTTPS.
    ``accepts_assumed`` is whether ``names.accepts`` is not given but follows from the names.
    ``origin`` says where the target was defined, for messages.
    """

    id: str
    host: str
    port: int
    transport: Transport = Transport.TLS
    site: str | None = None
    roles: tuple[str, ...] = ("tls",)
    profiles: tuple[str, ...] = ("any",)
    names: Names = Names()
    accepts_assumed: bool = False
    vantage: str | None = None
    address: str | None = None
    resolver: str | None = None
    instance: str | None = None
    browser_port: int | None = None
    timeout: float = 10.0
    trust: tuple[str, ...] = ("system",)
    intermediates: tuple[str, ...] = ()
    expected_thumbprint: str | None = None
    alternative_selection: bool = False
    https_only: bool = False
    templates: dict[str, tuple[Template, ...]] = msgspec.field(default_factory=dict)
    origin: str = ""

    @property
    def accepts_internet(self) -> bool:
        """Whether clients reach this endpoint from the internet."""
        return self.names.accepts in (Accepts.INTERNET, Accepts.BOTH)

    @property
    def accepts_intranet(self) -> bool:
        """Whether clients reach this endpoint from the intranet."""
        return self.names.accepts in (Accepts.INTRANET, Accepts.BOTH)

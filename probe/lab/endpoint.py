"""What a server of the lab is: its place in the inventory, its certificate, its manners."""

from enum import StrEnum

import msgspec

from probe.lab.contoso import WEB_SERVER_TEMPLATE, Ca
from probe.lab.extensions import SERVER_AUTH, TemplateV2
from probe.lab.https import Asks
from probe.lab.web import Page
from probe.model.failure import Kind, Stage
from probe.model.target import Accepts


class System(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ``[[system]]`` of the inventory, with the names of its keys."""

    fqdn: str | None = None
    internet_fqdn: str | None = None
    computer_name: str | None = None
    service_name: str | None = None
    cluster_fqdn: str | None = None
    instance: str | None = None
    accepts: Accepts = Accepts.INTRANET
    roles: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The name under which a scan from the intranet reaches it."""
        internet = self.internet_fqdn if self.accepts is Accepts.INTERNET else None
        return self.service_name or internet or self.cluster_fqdn or self.fqdn or ""

    @property
    def dns_names(self) -> tuple[str, ...]:
        """Every DNS name that it has."""
        names = (self.fqdn, self.internet_fqdn, self.service_name, self.cluster_fqdn)
        return tuple(name for name in names if name)


class Key(StrEnum):
    """The key of a server certificate."""

    EC = "ec"
    RSA_1024 = "rsa-1024"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"

    @property
    def bits(self) -> int | None:
        """The length of an RSA key."""
        _, _, length = self.partition("-")
        return int(length) if length else None


class Published(StrEnum):
    """Where a certificate says that its CRL is; STALE and RETIRED places are not kept up."""

    EVERYWHERE = "everywhere"
    LDAP = "ldap"
    STALE = "stale"
    RETIRED = "retired"
    NOWHERE = "nowhere"


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """A server certificate; the defaults are right for its system.

    ``subject`` is RFC 4514 text; ``names`` are the DNS names, None for those of the system.
    ``age`` and ``remaining`` are in days, before and after the lab's instant. ``fallback`` is
    what SQL Server makes for itself, and nothing else counts then but the key.
    """

    ca: Ca | None = Ca.ISSUING  # None: it signs itself
    subject: str = ""
    names: tuple[str, ...] | None = None
    eku: tuple[str, ...] = (SERVER_AUTH,)
    template: str | TemplateV2 | None = WEB_SERVER_TEMPLATE
    key: Key = Key.EC
    published: Published = Published.EVERYWHERE
    revoked: bool = False
    age: int = 100
    remaining: int = 630
    fallback: bool = False


class Sent(StrEnum):
    """What a server sends of its chain."""

    COMPLETE = "complete"
    LEAF_ONLY = "leaf only"
    WITH_ROOT = "with the root"
    REVERSED = "issuers reversed"
    DOUBLED = "an issuer twice"


class Door(StrEnum):
    """What happens to who connects."""

    TLS = "tls"
    LEGACY_TLS = "TLS 1.0 only"
    HTTP = "plain HTTP"
    TDS = "TDS"
    TDS_FORCED = "TDS with Force Encryption"
    TDS_PLAIN = "TDS without encryption"
    TDS_STRICT = "TDS 8.0"
    SILENT = "silent"
    ABRUPT = "reset"
    CLOSED = "closed"
    ABSENT = "no such name"


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One server. ``planted`` are the rules that must fail at it, and no other may.

    One with an instance is found through SQL Server Browser, unless that does not know it
    (``unlisted``).
    ``alias`` is the canonical name that its name leads to in DNS. ``renewed`` is whether the
    inventory expects a newer certificate than the one that is served. With ``both_families`` it
    listens on IPv6 too, where the machine has it, ``second`` being another certificate there.
    """

    title: str
    system: System
    leaf: Leaf = Leaf()
    sent: Sent = Sent.COMPLETE
    door: Door = Door.TLS
    asks: Asks = Asks.NEVER
    pages: dict[str, Page] = msgspec.field(default_factory=dict)
    alias: str | None = None
    renewed: bool = False
    unlisted: bool = False
    both_families: bool = False
    second: Leaf | None = None
    planted: frozenset[str] = frozenset()
    failure: tuple[Stage, Kind] | None = None

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.planted and self.failure is None


class Planted(msgspec.Struct, frozen=True):
    """What a scan must find at one target: the rules that fail, and the failure if any."""

    target: str
    title: str
    rules: frozenset[str]
    failure: tuple[Stage, Kind] | None


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is up: its addresses (none: it has no name), its port.

    ``browser_port`` is where to ask for the port when it has an instance.
    """

    endpoint: Endpoint
    addresses: tuple[str, ...]
    port: int
    expected_thumbprint: str | None = None
    browser_port: int | None = None

    @property
    def target(self) -> str:
        """The id of the target that it is."""
        system = self.endpoint.system
        if system.instance is not None:
            return f"{system.host}\\{system.instance}".lower()
        return f"{system.host}:{self.port}".lower()

    @property
    def planted(self) -> Planted:
        """What a scan must find there."""
        return Planted(
            target=self.target,
            title=self.endpoint.title,
            rules=self.endpoint.planted,
            failure=self.endpoint.failure,
        )

"""How a scan goes about it; the same for every target unless the target says otherwise."""

from enum import IntEnum, StrEnum

import msgspec


class Family(IntEnum):
    """Which addresses of a name are probed."""

    ANY = 0
    IPV4 = 4
    IPV6 = 6


class Fetch(StrEnum):
    """What certificates name and is fetched: nothing, CRLs, or also OCSP answers and issuers."""

    NONE = "none"
    CDP = "cdp"
    ALL = "all"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits and routes of a scan.

    ``timeout`` (seconds, whole target) and ``resolver`` override what targets say when given.
    ``concurrency`` is targets in flight, ``per_host`` connections at once to one address.
    ``proxy`` is the URL of an HTTP proxy for CONNECT; its credentials come from the environment.
    ``client_certificate`` is a PEM file with key; ``tls_engine`` is auto, observer or openssl.
    ``fetch_private`` lets loopback and private addresses be fetched from for targets that only
    the internet reaches. ``fetch_ldap`` has CRLs fetched by LDAP too, and ``ldap_server``
    (``HOST`` or ``HOST:PORT``) is asked where their URL names no server.
    ``cache`` is a directory in which CRLs are kept from one scan to the next.
    """

    timeout: float | None = None
    concurrency: int = 200
    per_host: int = 8
    family: Family = Family.ANY
    resolver: str | None = None
    proxy: str | None = None
    client_certificate: str | None = None
    tls_engine: str = "auto"
    http: bool = True
    versions: bool = True
    fetch: Fetch = Fetch.NONE
    fetch_private: bool = False
    fetch_ldap: bool = False
    ldap_server: str | None = None
    cache: str | None = None

"""Why a network step failed: a stage and a kind from closed lists, never an exception."""

from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """The network steps of a probe, in the order in which they happen."""

    DNS = "dns"
    BROWSER = "browser"
    TCP = "tcp"
    PROXY = "proxy"
    PRELOGIN = "prelogin"
    TLS = "tls"
    HTTP = "http"
    CRL = "crl"
    OCSP = "ocsp"


class Kind(StrEnum):
    """The reasons for which a step can fail; `KINDS` says which belong to which stage."""

    NOT_FOUND = "not_found"
    NO_ADDRESS = "no_address"
    SERVER_FAILURE = "server_failure"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    DENIED = "denied"
    AUTHENTICATION = "authentication"
    CLOSED = "closed"
    MALFORMED = "malformed"
    ENCRYPTION_NOT_SUPPORTED = "encryption_not_supported"
    NOT_TLS = "not_tls"
    ALERT = "alert"
    NO_CERTIFICATE = "no_certificate"
    LIMIT = "limit"
    STATUS = "status"
    TOO_LARGE = "too_large"
    SIGNATURE = "signature"
    POLICY = "policy"
    INTERNAL = "internal"


_FETCH = frozenset(
    {
        Kind.TIMEOUT,
        Kind.UNREACHABLE,
        Kind.STATUS,
        Kind.TOO_LARGE,
        Kind.MALFORMED,
        Kind.SIGNATURE,
        Kind.POLICY,
        Kind.INTERNAL,
    }
)

KINDS: dict[Stage, frozenset[Kind]] = {
    Stage.DNS: frozenset(
        {Kind.NOT_FOUND, Kind.NO_ADDRESS, Kind.SERVER_FAILURE, Kind.TIMEOUT, Kind.INTERNAL}
    ),
    Stage.BROWSER: frozenset({Kind.TIMEOUT, Kind.NOT_FOUND, Kind.MALFORMED, Kind.INTERNAL}),
    Stage.TCP: frozenset({Kind.REFUSED, Kind.UNREACHABLE, Kind.RESET, Kind.TIMEOUT, Kind.INTERNAL}),
    Stage.PROXY: frozenset({Kind.REFUSED, Kind.DENIED, Kind.AUTHENTICATION, Kind.INTERNAL}),
    Stage.PRELOGIN: frozenset(
        {
            Kind.CLOSED,
            Kind.TIMEOUT,
            Kind.MALFORMED,
            Kind.ENCRYPTION_NOT_SUPPORTED,
            Kind.INTERNAL,
        }
    ),
    Stage.TLS: frozenset(
        {
            Kind.TIMEOUT,
            Kind.CLOSED,
            Kind.RESET,
            Kind.NOT_TLS,
            Kind.ALERT,
            Kind.MALFORMED,
            Kind.NO_CERTIFICATE,
            Kind.LIMIT,
            Kind.INTERNAL,
        }
    ),
    Stage.HTTP: frozenset({Kind.TIMEOUT, Kind.CLOSED, Kind.MALFORMED, Kind.INTERNAL}),
    Stage.CRL: _FETCH,
    Stage.OCSP: _FETCH,
}


class Failure(msgspec.Struct, frozen=True, gc=False):
    """One failed step. ``detail`` is for people: it never enters a metric or a rule."""

    stage: Stage
    kind: Kind
    detail: str = ""

    @property
    def words(self) -> str:
        """The stage and the kind as people read them: ``dns not found``."""
        if self.kind is Kind.NOT_TLS:  # which says its stage already
            return "not TLS"
        return f"{self.stage} {self.kind}".replace("_", " ")

    def __str__(self) -> str:
        """Read as ``tcp refused: detail``."""
        return f"{self.words}: {self.detail}" if self.detail else self.words

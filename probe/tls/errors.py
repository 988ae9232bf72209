"""How a step inside the machine says that the handshake is over: caught in one place."""

from probe.model.failure import Kind
from probe.tls.alerts import Alert


class Abort(Exception):  # noqa: N818 - it ends a handshake; the Failure it becomes is the error
    """The handshake cannot go on: the failure kind, why, and the alert that tells the peer."""

    __slots__ = ("alert", "detail", "kind")

    def __init__(self, kind: Kind, detail: str, alert: Alert | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.alert = alert


def malformed(detail: str, alert: Alert = Alert.DECODE_ERROR) -> Abort:
    """Return an Abort for octets that are not what the protocol says."""
    return Abort(Kind.MALFORMED, detail, alert)


def unexpected(detail: str) -> Abort:
    """Return an Abort for a message that must not come here (RFC 8446, 6.2)."""
    return Abort(Kind.MALFORMED, detail, Alert.UNEXPECTED_MESSAGE)


def illegal(detail: str) -> Abort:
    """Return an Abort for a well-formed value that the peer must not choose (RFC 8446, 6.2)."""
    return Abort(Kind.MALFORMED, detail, Alert.ILLEGAL_PARAMETER)


def excessive(detail: str) -> Abort:
    """Return an Abort for a peer that goes beyond our limits."""
    return Abort(Kind.LIMIT, detail, Alert.INTERNAL_ERROR)

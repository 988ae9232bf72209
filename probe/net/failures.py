"""The one table that turns what libraries raise into a Failure.

What is not in the table is a bug of ours: kind ``internal``, logged with its traceback.
Libraries are named, not imported: nothing is loaded only to be compared with.
"""

import asyncio
import errno
import logging
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from probe.model.failure import Failure, Kind, Stage
from probe.tls.alerts import Alert, describe

log = logging.getLogger(__name__)

_LONGEST: Final = 300

_CONNECT = {
    errno.ECONNREFUSED: Kind.REFUSED,
    errno.ECONNRESET: Kind.RESET,
    errno.ECONNABORTED: Kind.RESET,
    errno.EPIPE: Kind.RESET,
    errno.ETIMEDOUT: Kind.TIMEOUT,
    errno.EHOSTUNREACH: Kind.UNREACHABLE,
    errno.ENETUNREACH: Kind.UNREACHABLE,
    errno.EHOSTDOWN: Kind.UNREACHABLE,
    errno.ENETDOWN: Kind.UNREACHABLE,
    errno.EADDRNOTAVAIL: Kind.UNREACHABLE,
    errno.EAFNOSUPPORT: Kind.UNREACHABLE,
    errno.EACCES: Kind.UNREACHABLE,
    errno.EPERM: Kind.UNREACHABLE,
    errno.EINVAL: Kind.UNREACHABLE,
}
"""Errors of connect(2). EACCES and EPERM are a local packet filter or a broadcast address;
EINVAL is an address that this host cannot use, such as a link-local one without a zone."""

_LOST = {
    errno.ECONNRESET: Kind.CLOSED,
    errno.ECONNABORTED: Kind.CLOSED,
    errno.EPIPE: Kind.CLOSED,
    errno.ETIMEDOUT: Kind.TIMEOUT,
}

_FETCH = dict.fromkeys((*_CONNECT, errno.EPIPE), Kind.UNREACHABLE) | {errno.ETIMEDOUT: Kind.TIMEOUT}

ERRNOS: Final = MappingProxyType(
    {
        Stage.TCP: MappingProxyType(_CONNECT),
        Stage.TLS: MappingProxyType(
            _LOST | {errno.ECONNRESET: Kind.RESET, errno.EPIPE: Kind.RESET}
        ),
        # Whatever keeps us from the Browser, it did not answer.
        Stage.BROWSER: MappingProxyType(dict.fromkeys(_CONNECT, Kind.TIMEOUT)),
        Stage.PRELOGIN: MappingProxyType(_LOST),
        Stage.HTTP: MappingProxyType(_LOST),
        # Whatever keeps us from the name server, the name server did not serve.
        Stage.DNS: MappingProxyType(dict.fromkeys(_CONNECT, Kind.SERVER_FAILURE)),
        Stage.PROXY: MappingProxyType(dict.fromkeys(_CONNECT, Kind.REFUSED)),
        Stage.CRL: MappingProxyType(_FETCH),
        Stage.OCSP: MappingProxyType(_FETCH),
    }
)
"""By stage: the kind of an OSError's number."""

TABLE: Final = MappingProxyType(
    {
        (Stage.DNS, "TimeoutError"): Kind.TIMEOUT,
        (Stage.DNS, "dns.Timeout"): Kind.TIMEOUT,
        (Stage.DNS, "dns.NXDOMAIN"): Kind.NOT_FOUND,
        (Stage.DNS, "dns.NoAnswer"): Kind.NO_ADDRESS,
        # Any other word of dnspython is about an answer that cannot be used.
        (Stage.DNS, "dns.DNSException"): Kind.SERVER_FAILURE,
        (Stage.DNS, "EOFError"): Kind.SERVER_FAILURE,
        (Stage.TCP, "TimeoutError"): Kind.TIMEOUT,
        # A proxy has no kind for time: it did not let us through.
        (Stage.PROXY, "TimeoutError"): Kind.REFUSED,
        (Stage.TLS, "TimeoutError"): Kind.TIMEOUT,
        (Stage.TLS, "ssl.SSLEOFError"): Kind.CLOSED,
        (Stage.TLS, "ssl.SSLZeroReturnError"): Kind.CLOSED,
        # Nothing is verified in a handshake, so what OpenSSL refuses is what the peer sent.
        (Stage.TLS, "ssl.SSLError"): Kind.MALFORMED,
        (Stage.PRELOGIN, "TimeoutError"): Kind.TIMEOUT,
        (Stage.PRELOGIN, "ConnectionError"): Kind.CLOSED,
        # PRELOGIN inside TLS, as TDS 8.0 has it.
        (Stage.PRELOGIN, "ssl.SSLEOFError"): Kind.CLOSED,
        (Stage.PRELOGIN, "ssl.SSLZeroReturnError"): Kind.CLOSED,
        (Stage.PRELOGIN, "ssl.SSLError"): Kind.MALFORMED,
        (Stage.HTTP, "TimeoutError"): Kind.TIMEOUT,
        (Stage.HTTP, "ConnectionError"): Kind.CLOSED,
        (Stage.HTTP, "ssl.SSLEOFError"): Kind.CLOSED,
        (Stage.HTTP, "ssl.SSLZeroReturnError"): Kind.CLOSED,
        (Stage.HTTP, "ssl.SSLError"): Kind.MALFORMED,
        (Stage.HTTP, "EOFError"): Kind.CLOSED,
        (Stage.HTTP, "h11.RemoteProtocolError"): Kind.MALFORMED,
    }
    | {
        (stage, error): kind
        for stage in (Stage.CRL, Stage.OCSP)
        for error, kind in (
            ("TimeoutError", Kind.TIMEOUT),
            ("ConnectionError", Kind.UNREACHABLE),
            ("EOFError", Kind.MALFORMED),
            # Nothing is verified, so what OpenSSL refuses is what the server sent.
            ("ssl.SSLError", Kind.MALFORMED),
            ("h11.RemoteProtocolError", Kind.MALFORMED),
        )
    }
)
"""By stage and exception (top package and class name; a builtin has no package)."""

_Words = tuple[tuple[str, str], ...]

WORDS: Final[Mapping[str, _Words]] = MappingProxyType(
    {
        "ssl.SSLEOFError": (("", "the connection ended within the TLS session"),),
        "ssl.SSLZeroReturnError": (("", "the TLS session was closed"),),
        "ssl.SSLError": (("", "OpenSSL refuses what came"),),
        "h11.RemoteProtocolError": (
            ("status line", "it does not begin as an answer of HTTP/1.1 does"),
            ("header", "a header line is malformed"),
            ("ontent-Length", "its Content-Length is malformed"),
            ("ransfer-Encoding", "its Transfer-Encoding is unknown"),
            ("chunk", "a chunk of its body is malformed"),
            ("too long", "its head is too long"),
            ("informational", "informational answers without end"),
            ("closed connection", "the connection ended within the answer"),
            ("without sending complete", "the connection ended within the answer"),
            ("", "it breaks the rules of HTTP/1.1"),
        ),
        "dns.Timeout": (("", "no answer in time"),),
        "dns.NXDOMAIN": (("", "the name does not exist"),),
        "dns.NoAnswer": (("", "no address"),),
        "dns.DNSException": (("", "the answer cannot be used"),),
    }
)
"""By exception: the words of a library and ours instead; its own go to the log."""

_NONE: Mapping[int, Kind] = MappingProxyType({})
_TOO_LONG = frozenset({"EXCESSIVE_MESSAGE_SIZE", "RECORD_TOO_LONG", "PACKET_LENGTH_TOO_LONG"})
_PREFIXES = ("SSLV3_ALERT_", "TLSV1_ALERT_", "TLSV13_ALERT_", "TLSV1_")
_SPELLINGS = {"USER_CANCELLED": "USER_CANCELED"}


def translate(stage: Stage, error: BaseException) -> Failure:
    """Return the failure that ``error`` means in ``stage``; raise it if it is a cancellation."""
    if isinstance(error, asyncio.CancelledError):
        raise error
    alert = alert_of(error)
    if alert is not None:
        kind = Kind.ALERT if stage is Stage.TLS else Kind.CLOSED
        return Failure(stage, kind, describe(alert))
    kind = _kind(stage, error)
    if kind is Kind.INTERNAL:
        log.error("internal error in stage %s", stage, exc_info=error)
    return Failure(stage, kind, detail(error))


def alert_of(error: BaseException) -> int | None:
    """Return the alert that OpenSSL says it received, by the name of its reason."""
    reason = getattr(error, "reason", None)
    if not isinstance(reason, str) or not _named(error, "ssl.SSLError"):
        return None
    for prefix in _PREFIXES:
        if reason.startswith(prefix):
            name = reason.removeprefix(prefix)
            alert = Alert.__members__.get(_SPELLINGS.get(name, name))
            return None if alert is None else int(alert)
    return None


def detail(error: BaseException) -> str:
    """Describe an error in one bounded line, the same on every platform where that is possible."""
    number = error.errno if isinstance(error, OSError) else None
    reason = getattr(error, "reason", None)
    words = WORDS.get(next((name for name in _names(error) if name in WORDS), ""))
    if words is not None and not isinstance(reason, str):
        log.debug("%s: %s", type(error).__name__, error)
        raw = str(error)
        text = next((ours for theirs, ours in words if theirs in raw), "")
    elif isinstance(reason, str) and _named(error, "ssl.SSLError"):
        text = reason.lower().replace("_", " ")
    elif number is not None:
        text = os.strerror(number).lower()
    else:
        text = " ".join(str(error).split())
    return (text or type(error).__name__)[:_LONGEST]


def _kind(stage: Stage, error: BaseException) -> Kind:
    if getattr(error, "reason", None) in _TOO_LONG and stage is Stage.TLS:
        return Kind.LIMIT
    if isinstance(error, OSError) and not _named(error, "ssl.SSLError") and error.errno:
        return ERRNOS.get(stage, _NONE).get(error.errno, Kind.INTERNAL)
    for name in _names(error):
        kind = TABLE.get((stage, name))
        if kind is not None:
            return kind
    return Kind.INTERNAL


def _names(error: BaseException) -> list[str]:
    names = []
    for cls in type(error).__mro__:
        package = cls.__module__.partition(".")[0]
        names.append(cls.__name__ if package == "builtins" else f"{package}.{cls.__name__}")
    return names


def _named(error: BaseException, name: str) -> bool:
    return name in _names(error)

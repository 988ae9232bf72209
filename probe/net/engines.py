"""Which TLS engine does a handshake, and when another attempt would tell more.

``observer`` and ``openssl`` mean that engine alone. ``auto`` takes the observer, and asks OpenSSL
on a new connection where the observer stopped before the end or could not agree with the server,
and only where that can tell more. With a client certificate OpenSSL does everything.
"""

import ssl
from typing import Final

import msgspec

from probe.model.failure import Kind
from probe.model.stages import ClientAuth, HandshakeFailed, Handshaken
from probe.net.exchange import TlsEngine
from probe.net.openssl import OpenSsl
from probe.net.session import Session
from probe.tls import alerts
from probe.tls.alerts import Alert
from probe.tls.hello import TLS12, TLS13
from probe.tls.observer import Observer
from probe.tls.seen import Incomplete

_NO_PROTOCOL: Final = alerts.describe(Alert.NO_APPLICATION_PROTOCOL)
_NOT_THE_OFFER: Final = frozenset(
    map(alerts.describe, (Alert.UNRECOGNIZED_NAME, Alert.ACCESS_DENIED))
)
_HOPELESS: Final = frozenset({Kind.TIMEOUT, Kind.NOT_TLS, Kind.NO_CERTIFICATE})
_COMPLETE: Final = frozenset({None, Incomplete.CLIENT_CERTIFICATE})


class Attempts:
    """The handshakes with one address, one after the other; ``best`` is what they showed."""

    __slots__ = (
        "_alpn",
        "_best",
        "_fallback",
        "_host",
        "_maximum",
        "_observer",
        "_session",
        "_worth",
    )

    def __init__(
        self, session: Session, host: str, alpn: tuple[str, ...] = (), *, maximum: int = TLS13
    ) -> None:
        """Shake hands with ``host``, up to a version as on the wire (TLS 1.2 or 1.3)."""
        self._session = session
        self._host = host
        self._alpn = alpn
        self._maximum = maximum
        self._observer = not session.identified and session.settings.tls_engine != "openssl"
        self._fallback = self._observer and session.settings.tls_engine == "auto"
        self._best: Handshaken | HandshakeFailed | None = None
        self._worth = True

    @property
    def best(self) -> Handshaken | HandshakeFailed | None:
        """What the attempts showed so far, None before the first."""
        return self._best

    def next(self) -> TlsEngine | None:
        """Return the engine for the next attempt, None when there is nothing more to learn."""
        best = self._best
        if best is None:
            return self._make()
        if self._alpn and isinstance(best, HandshakeFailed) and best.failure.detail == _NO_PROTOCOL:
            # RFC 7301, 3.2: the server knows none of our protocols; then without any.
            self._alpn = ()
            return self._make()
        if self._fallback and self._worth:
            self._observer = self._fallback = False
            return self._make()
        return None

    def note(self, engine: TlsEngine, seconds: float) -> None:
        """Take the result of an attempt, unless an earlier one showed more."""
        result, best = engine.result(seconds), self._best
        result = msgspec.structs.replace(result, chain=self._session.same(result.chain))
        if isinstance(engine, Observer):
            self._worth = _tells_less(result, engine.incomplete)
        elif best is not None and best.engine != result.engine:
            if _rank(result) <= _rank(best) and isinstance(result, HandshakeFailed):
                return
            if result.chain == best.chain:
                result = msgspec.structs.replace(result, ocsp_staple=best.ocsp_staple)
        self._best = result

    def _make(self) -> TlsEngine:
        session = self._session
        if self._observer:
            return Observer(
                self._host, alpn=self._alpn, maximum=self._maximum, shares=session.shares
            )
        cap = ssl.TLSVersion.TLSv1_2 if self._maximum == TLS12 else None
        context = session.context(self._alpn, cap)
        return OpenSsl(context, self._host, identified=session.identified)


def _tells_less(result: Handshaken | HandshakeFailed, incomplete: Incomplete | None) -> bool:
    """Whether OpenSSL may show more than the observer did."""
    if isinstance(result, Handshaken):
        if incomplete in _COMPLETE:
            return False
        return result.key_proven is not True or result.client_auth is ClientAuth.REQUESTED
    failure = result.failure
    return failure.kind not in _HOPELESS and failure.detail not in _NOT_THE_OFFER


def _rank(result: Handshaken | HandshakeFailed) -> int:
    if isinstance(result, Handshaken):
        return 2
    return 1 if result.chain else 0

"""ServerKeyExchange: parameters, and the signature over them (RFC 5246, 7.4.3; RFC 8422, 5.4)."""

from typing import NamedTuple

from probe.tls.codec import Reader
from probe.tls.errors import illegal
from probe.tls.messages import HEADER
from probe.tls.shares import GROUPS
from probe.tls.suites import Exchange

_NAMED_CURVE = 3


class KeyExchange(NamedTuple):
    """What the server signed and how; ``group`` and ``public`` are None and empty for DHE.

    ``scheme`` is None before TLS 1.2, where the key's type dictates it.
    """

    group: int | None
    public: bytes
    parameters: bytes
    scheme: int | None
    signature: bytes


def server_key_exchange(raw: bytes, exchange: Exchange, *, named_scheme: bool) -> KeyExchange:
    """Read the message with its header; ``named_scheme`` is whether it is TLS 1.2's form."""
    reader = Reader(raw, "ServerKeyExchange", HEADER)
    group, public = None, b""
    if exchange is Exchange.ECDHE:
        curve, group = reader.number(1), reader.number(2)
        if curve != _NAMED_CURVE or group not in GROUPS:
            raise illegal(f"a curve that was not offered (type {curve}, 0x{group:04x})")
        public = reader.vector(1)
    else:
        for _ in ("p", "g", "Ys"):
            reader.vector(2)
    parameters = raw[HEADER : reader.position]
    scheme = reader.number(2) if named_scheme else None
    signature = reader.vector(2)
    reader.done()
    return KeyExchange(group, public, parameters, scheme, signature)

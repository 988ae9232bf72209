"""What the parts of a handshake have in common: one stage follows the other."""

from __future__ import annotations

from typing import Protocol

from probe.model.failure import Kind
from probe.tls import limits
from probe.tls.alerts import Alert
from probe.tls.codec import Reader
from probe.tls.errors import Abort, excessive
from probe.tls.messages import HEADER
from probe.tls.seen import Incomplete, Seen


class Stage(Protocol):
    """A part of a handshake that takes messages until the next part, or the end.

    ``done``: everything that was to be seen has been. ``asked``: an empty Certificate is on its
    way, and what the server makes of it is not known yet. ``waiting`` says for what, for people.
    """

    done: bool
    asked: bool
    incomplete: Incomplete | None

    @property
    def waiting(self) -> str:
        """What comes next."""

    def handshake(self, raw: bytes, *, last: bool) -> Stage:
        """Take a message with its header; ``last`` is whether it ends its record."""

    def secure(self) -> None:
        """Write with the best keys there are: an alert is due."""

    def change_cipher_spec(self) -> None:
        """Take a ChangeCipherSpec."""

    def application_data(self) -> None:
        """Take application data."""


def certificates(raw: bytes, seen: Seen, *, extended: bool) -> bytes:
    """Read a Certificate message into ``seen.chain`` exactly as sent; return the leaf's extensions.

    ``extended`` is TLS 1.3's form (RFC 8446, 4.4.2), otherwise RFC 5246, 7.4.2. What was read
    before an error stays.
    """
    reader = Reader(raw, "Certificate", HEADER)
    if extended:
        # RFC 8446, 4.4.2: the context is empty in a server's Certificate.
        reader.vector(1)
    entries = Reader(reader.vector(3), "Certificate")
    reader.done()
    chain: list[bytes] = []
    first = b""
    try:
        while entries.more:
            if len(chain) >= limits.CERTIFICATES:
                raise excessive(f"more than {limits.CERTIFICATES} certificates")
            chain.append(entries.vector(3))
            if extended:
                block = entries.vector(2)
                first = first or (block if len(chain) == 1 else b"")
    finally:
        seen.chain = tuple(chain)
    if not chain:
        raise Abort(
            Kind.NO_CERTIFICATE, "the server's Certificate message is empty", Alert.BAD_CERTIFICATE
        )
    return first


def disproved(message: str) -> Abort:
    """Return an Abort for a signature that was not made with the certificate's key."""
    return Abort(
        Kind.MALFORMED,
        f"the signature in {message} does not verify with the certificate's key",
        Alert.DECRYPT_ERROR,
    )

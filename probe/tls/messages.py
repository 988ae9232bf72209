"""Handshake messages: their types, and putting them together from records (RFC 8446, 4)."""

from collections.abc import Iterator
from enum import IntEnum

from probe.tls import limits
from probe.tls.errors import excessive


class Message(IntEnum):
    """Handshake types, those of TLS 1.2 included (IANA TLS HandshakeType)."""

    HELLO_REQUEST = 0
    CLIENT_HELLO = 1
    SERVER_HELLO = 2
    NEW_SESSION_TICKET = 4
    ENCRYPTED_EXTENSIONS = 8
    CERTIFICATE = 11
    SERVER_KEY_EXCHANGE = 12
    CERTIFICATE_REQUEST = 13
    SERVER_HELLO_DONE = 14
    CERTIFICATE_VERIFY = 15
    CLIENT_KEY_EXCHANGE = 16
    FINISHED = 20
    CERTIFICATE_STATUS = 22
    KEY_UPDATE = 24
    MESSAGE_HASH = 254


_NAMES = {int(message): message.name.lower() for message in Message}
HEADER = 4


def name(kind: int) -> str:
    """Return a message type's name for people."""
    return _NAMES.get(kind, f"handshake message {kind}")


def message(kind: Message, body: bytes) -> bytes:
    """Write a handshake message: type, length, body."""
    return bytes((kind,)) + len(body).to_bytes(3, "big") + body


class Assembler:
    """Cuts the handshake stream into messages, however records split or joined them."""

    __slots__ = ("_have", "_need", "_parts")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._have = 0
        self._need = HEADER

    @property
    def pending(self) -> bool:
        """Whether a message has begun that is not complete yet."""
        return bool(self._parts)

    def whole(self, fragment: bytes) -> bool:
        """Whether a fragment is exactly one message, as most servers send them."""
        return (
            not self._parts
            and len(fragment) >= HEADER
            and int.from_bytes(fragment[1:HEADER], "big") == len(fragment) - HEADER
        )

    def cut(self, fragment: bytes) -> Iterator[tuple[bytes, bool]]:
        """Yield each complete message with its header, and whether it ends the fragment.

        What a caller leaves unread is lost: it stops only when the handshake is over.
        """
        data = fragment
        if self._parts:
            self._parts.append(fragment)
            self._have += len(fragment)
            if self._have < self._need:
                return
            data = b"".join(self._parts)
            self._parts = []
        position, size = 0, len(data)
        need = HEADER
        while size - position >= HEADER:
            length = int.from_bytes(data[position + 1 : position + HEADER], "big")
            _bound(data[position], length)
            need = HEADER + length
            end = position + need
            if end > size:
                break
            yield data[position:end], end == size
            position = end
            need = HEADER
        if position < size:
            self._parts = [data[position:]]
            self._have = size - position
            self._need = need


def _bound(kind: int, length: int) -> None:
    limit = limits.CERTIFICATE_MESSAGE if kind == Message.CERTIFICATE else limits.MESSAGE
    if length > limit:
        raise excessive(f"a {name(kind)} message of {length} octets (at most {limit})")

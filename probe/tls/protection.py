"""Record protection with an AEAD: TLS 1.3 (RFC 8446, 5.2) and TLS 1.2 (RFC 5288, RFC 7905)."""

from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from probe.model.failure import Kind
from probe.tls import limits
from probe.tls.alerts import Alert
from probe.tls.errors import Abort, unexpected
from probe.tls.records import HEADER, Content
from probe.tls.suites import Suite

TAG = 16
NONCE = 12
# RFC 5288, 3: the part of the GCM nonce that comes from the handshake, and the part sent.
SALT = 4
_EXPLICIT = NONCE - SALT
# As numbers: to look a member of an enumeration up takes four times as long, for every record.
_PROTECTED = int(Content.APPLICATION_DATA)
_CHANGE_CIPHER_SPEC = int(Content.CHANGE_CIPHER_SPEC)
_HEAD_13 = bytes((_PROTECTED, 3, 3))
_SEQUENCE = 8


class Protection(Protocol):
    """One direction's keys: opens what the peer sends, or seals what we send."""

    expansion: int

    def open(self, header: bytes, fragment: bytes) -> tuple[int, bytes]:
        """Return content type and plaintext of a record."""

    def seal(self, kind: int, payload: bytes) -> bytes:
        """Return a whole protected record."""


def _aead(suite: Suite, key: bytes) -> AESGCM | ChaCha20Poly1305:
    return AESGCM(key) if suite.cipher == "gcm" else ChaCha20Poly1305(key)


def _forged() -> Abort:
    return Abort(Kind.MALFORMED, "a record that does not decrypt", Alert.BAD_RECORD_MAC)


class Protection13:
    """TLS 1.3 (RFC 8446, 5.2 and 5.3)."""

    __slots__ = ("_aead", "_iv", "_sequence", "expansion")

    def __init__(self, suite: Suite, key: bytes, iv: bytes) -> None:
        self.expansion = limits.EXPANSION_13
        self._aead = _aead(suite, key)
        self._iv = int.from_bytes(iv, "big")
        self._sequence = 0

    def open(self, header: bytes, fragment: bytes) -> tuple[int, bytes]:
        """Open a record; the content type is its last octet that is not zero (5.4)."""
        kind = header[0]
        if kind != _PROTECTED:
            if kind == Content.HANDSHAKE:
                raise unexpected("an unprotected handshake record")
            # The compatibility ChangeCipherSpec (5), and alerts of a peer without our keys.
            return kind, fragment
        nonce = (self._iv ^ self._sequence).to_bytes(NONCE, "big")
        self._sequence += 1
        try:
            inner = self._aead.decrypt(nonce, fragment, header)
        except InvalidTag:
            raise _forged() from None
        if not inner or not inner[-1]:
            inner = inner.rstrip(b"\x00")
            if not inner:
                raise unexpected("a record without a content type")
        kind = inner[-1]
        if kind == _CHANGE_CIPHER_SPEC:
            raise unexpected("a protected ChangeCipherSpec")
        return kind, inner[:-1]

    def seal(self, kind: int, payload: bytes) -> bytes:
        """Seal a record without padding."""
        size = len(payload) + 1 + TAG
        header = _HEAD_13 + size.to_bytes(2, "big")
        nonce = (self._iv ^ self._sequence).to_bytes(NONCE, "big")
        self._sequence += 1
        return header + self._aead.encrypt(nonce, payload + bytes((kind,)), header)


class Protection12:
    """TLS 1.2: AES-GCM sends half of its nonce (RFC 5288, 3), ChaCha20 none (RFC 7905, 2)."""

    __slots__ = ("_aead", "_iv", "_salt", "_sequence", "expansion")

    def __init__(self, suite: Suite, key: bytes, iv: bytes) -> None:
        self.expansion = limits.EXPANSION_12
        self._aead = _aead(suite, key)
        self._salt = iv if suite.cipher == "gcm" else b""
        self._iv = int.from_bytes(iv, "big")
        self._sequence = 0

    def open(self, header: bytes, fragment: bytes) -> tuple[int, bytes]:
        """Open a record (RFC 5246, 6.2.3.3)."""
        sequence, nonce = self._next()
        if self._salt:
            nonce, fragment = self._salt + fragment[:_EXPLICIT], fragment[_EXPLICIT:]
        size = len(fragment) - TAG
        if size < 0:
            raise _forged()
        try:
            plain = self._aead.decrypt(
                nonce, fragment, sequence + header[:3] + size.to_bytes(2, "big")
            )
        except InvalidTag:
            raise _forged() from None
        return header[0], plain

    def seal(self, kind: int, payload: bytes) -> bytes:
        """Seal a record; the explicit nonce of GCM is the sequence number."""
        sequence, nonce = self._next()
        head = bytes((kind, 3, 3))
        sealed = self._aead.encrypt(
            nonce, payload, sequence + head + len(payload).to_bytes(2, "big")
        )
        if self._salt:
            sealed = sequence + sealed
        return head + len(sealed).to_bytes(HEADER - len(head), "big") + sealed

    def _next(self) -> tuple[bytes, bytes]:
        """Return sequence number and nonce of the next record."""
        number = self._sequence
        self._sequence = number + 1
        sequence = number.to_bytes(_SEQUENCE, "big")
        if self._salt:
            return sequence, self._salt + sequence
        return sequence, (self._iv ^ number).to_bytes(NONCE, "big")

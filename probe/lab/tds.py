"""A SQL Server as far as the login, without input or output of its own.

It speaks PRELOGIN, TLS as TDS 7 carries it or inside TLS as TDS 8.0 has it, takes any LOGIN7, and
refuses it with error 18456. A client that reports that error has accepted the certificate.
"""

import ssl
import struct
from enum import StrEnum
from typing import Final

from probe.net.tds import packets, prelogin
from probe.net.tds.packets import MalformedError, Packets
from probe.net.tds.prelogin import Encryption, Option

STRICT: Final = "tds/8.0"
LOGIN_FAILED: Final = 18456

_VERSION: Final = bytes((16, 0)) + (1000).to_bytes(2, "big") + bytes(2)  # SQL Server 2022
_KINDS: Final = frozenset((packets.PRELOGIN, packets.LOGIN7))
_READ: Final = 16 * 1024
_LONGEST: Final = 128 * 1024
_ERROR: Final = 0xAA
_DONE: Final = 0xFD
_DONE_ERROR: Final = 0x0002
_MESSAGE: Final = "Login failed for user."
_SERVER: Final = "LAB"


class Encrypts(StrEnum):
    """How a server stands to encryption: as its clients like, always, or not at all."""

    OPTIONAL = "optional"
    FORCED = "forced"
    NEVER = "never"


def answer(asked: bytes, encrypts: Encrypts) -> tuple[bytes, Encryption]:
    """Answer a client's PRELOGIN; return what was agreed, too (MS-TDS 2.2.6.5)."""
    options = prelogin.options_of(asked)
    wanted = (options.get(Option.ENCRYPTION) or b"\x00")[0]
    agreed = Encryption(wanted & 3)
    if encrypts is Encrypts.NEVER:
        agreed = Encryption.NOT_SUPPORTED
    elif encrypts is Encrypts.FORCED and agreed is not Encryption.ON:
        agreed = Encryption.REQUIRED
    elif agreed is Encryption.REQUIRED:
        agreed = Encryption.ON
    replied: dict[int, bytes] = {
        Option.VERSION: _VERSION,
        Option.ENCRYPTION: bytes((agreed,)),
        Option.INSTOPT: b"\x00",
        Option.THREADID: b"",
        Option.MARS: b"\x00",
        Option.TRACEID: b"",
    }
    if Option.FEDAUTHREQUIRED in options:
        replied[Option.FEDAUTHREQUIRED] = b"\x00"
    return packets.encode(packets.REPLY, prelogin.encode(replied)), agreed


def refusal() -> bytes:
    """Encode the answer to every login: ERROR and DONE (MS-TDS 2.2.7.10 and 2.2.7.6)."""
    error = (
        struct.pack("<iBB", LOGIN_FAILED, 1, 14)
        + struct.pack("<H", len(_MESSAGE))
        + _MESSAGE.encode("utf-16-le")
        + bytes((len(_SERVER),))
        + _SERVER.encode("utf-16-le")
        + b"\x00"  # no procedure
        + struct.pack("<i", 1)
    )
    tokens = bytes((_ERROR,)) + struct.pack("<H", len(error)) + error
    tokens += struct.pack("<BHHQ", _DONE, _DONE_ERROR, 0, 0)
    return packets.encode(packets.REPLY, tokens)


class Login:
    """What is said once nothing more is to be encrypted or decrypted: PRELOGIN, then a login.

    It is the whole of TDS 8.0 inside TLS, and of a server that does not encrypt.
    """

    def __init__(self, encrypts: Encrypts) -> None:
        self.finished = False
        self.agreed: Encryption | None = None
        self._encrypts = encrypts
        self._packets = Packets(_KINDS)
        self._message = bytearray()

    def receive(self, data: bytes) -> bytes:
        """Take packets; answer every message."""
        self._packets.feed(data)
        answers = []
        try:
            while not self.finished and (packet := self._packets.pull()) is not None:
                self._message += packet.payload
                self.finished = len(self._message) > _LONGEST
                if packet.last and not self.finished:
                    answers.append(self._answer(packet.kind, bytes(self._message)))
                    self._message.clear()
        except MalformedError:
            self.finished = True
        return b"".join(answers)

    def _answer(self, kind: int, message: bytes) -> bytes:
        if kind == packets.LOGIN7:
            self.finished = True
            return refusal()
        said, self.agreed = answer(message, self._encrypts)
        return said

    def rest(self) -> bytes:
        """Return what came after the last whole packet."""
        return self._packets.rest()


class Tds:
    """One connection to a SQL Server that speaks TDS 7.

    ``kind`` and ``size`` are the type and the length of the packets that carry TLS.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        encrypts: Encrypts,
        *,
        kind: int = packets.PRELOGIN,
        size: int = packets.SIZE,
    ) -> None:
        """Shake hands with ``context``, which must stay with TLS 1.2."""
        self.finished = False
        self._login = Login(encrypts)
        self._kind = kind
        self._size = size
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._carried = Packets(frozenset((packets.PRELOGIN,)))
        self._agreed: Encryption | None = None
        self._shaken = False

    def receive(self, data: bytes) -> bytes:
        """Take what the client sent; return what to send."""
        try:
            return self._receive(data)
        except (MalformedError, ssl.SSLError):
            # As Schannel does: the connection just ends.
            self.finished = True
            return b""

    def _receive(self, data: bytes) -> bytes:
        sent = b""
        if self._agreed is None:
            sent = self._login.receive(data)
            self.finished = self._login.finished
            self._agreed = self._login.agreed
            if self._agreed is None:
                return sent
            data = self._login.rest()
        if self._agreed is Encryption.NOT_SUPPORTED:
            sent += self._login.receive(data)
            self.finished = self._login.finished
            return sent
        if not self._shaken:
            sent += self._shake(data)
        else:
            self._incoming.write(data)
        return sent + (self._hear() if self._shaken else b"")

    def _shake(self, data: bytes) -> bytes:
        """Go on with the handshake inside packets."""
        self._carried.feed(data)
        while not self._shaken and (packet := self._carried.pull()) is not None:
            self._incoming.write(packet.payload)
            try:
                self._tls.do_handshake()
                self._shaken = True
                # What comes next is bare.
                self._incoming.write(self._carried.rest())
            except ssl.SSLWantReadError:
                pass
        octets = self._outgoing.read()
        return packets.encode(self._kind, octets, size=self._size) if octets else b""

    def _hear(self) -> bytes:
        """Read the login; where only that is encrypted, answer in the clear."""
        plain = []
        try:
            while part := self._tls.read(_READ):
                plain.append(part)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.finished = True
        said = self._login.receive(b"".join(plain))
        self.finished = self.finished or self._login.finished
        if not said or self._agreed is Encryption.OFF:
            return said
        self._tls.write(said)
        return self._outgoing.read()

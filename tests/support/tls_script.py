"""Servers that say exactly what a test tells them to, with keys that fit."""

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from probe.lab import keys
from probe.tls.codec import vector
from probe.tls.key_schedule import KeySchedule
from probe.tls.messages import Message, message
from probe.tls.protection import Protection13
from probe.tls.records import Content, plain
from probe.tls.shares import X25519
from probe.tls.suites import SUITES

KEY = keys.ec_key("secp256r1", 7)
ECDSA_SHA256 = 0x0403
_SIGNED = b" " * 64 + b"TLS 1.3, server CertificateVerify\x00"


def extension(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2, "big") + vector(2, body)


def certificate_list(chain, *, extended: bool, staple: bytes | None = None) -> bytes:
    """A Certificate message; a staple goes with the first one (TLS 1.3)."""
    entries = b""
    for place, der in enumerate(chain):
        entries += vector(3, der)
        if extended:
            block = b""
            if place == 0 and staple is not None:
                block = extension(5, b"\x01" + vector(3, staple))
            entries += vector(2, block)
    body = vector(3, entries)
    return message(Message.CERTIFICATE, b"\x00" + body if extended else body)


class Script13:
    """A TLS 1.3 server for one machine: `hello` first, then `seal` what it is to say."""

    def __init__(self, machine, suite: int = 0x1301) -> None:
        self.suite = SUITES[suite]
        self._transcript = machine.begin()[5:]
        self._session = self._transcript[39:71]
        self._share = X25519PrivateKey.generate()
        at = self._transcript.index(b"\x00\x1d\x00\x20") + 4
        self._peer = X25519PublicKey.from_public_bytes(self._transcript[at : at + 32])
        self._schedule: KeySchedule | None = None
        self._protection: Protection13 | None = None

    def hello(self, *, version: int = 0x0304) -> bytes:
        """The ServerHello record; keys are there afterwards."""
        share = X25519.to_bytes(2, "big") + vector(2, self._share.public_key().public_bytes_raw())
        block = extension(43, version.to_bytes(2, "big")) + extension(51, share)
        body = b"\x03\x03" + b"r" * 32 + vector(1, self._session)
        body += self.suite.code.to_bytes(2, "big") + b"\x00" + vector(2, block)
        raw = message(Message.SERVER_HELLO, body)
        self._transcript += raw
        shared = self._share.exchange(self._peer)
        self._schedule = KeySchedule(self.suite.hash, shared, self._hash())
        self._protection = self._protect(self._schedule.server)
        return plain(Content.HANDSHAKE, 0x0303, raw)

    def say(self, *messages: bytes) -> bytes:
        """One record with these handshake messages, which count for the transcript."""
        stream = b"".join(messages)
        self._transcript += stream
        return self.seal(Content.HANDSHAKE, stream)

    def seal(self, kind: int, payload: bytes, padding: int = 0) -> bytes:
        """One record with any payload; padding as RFC 8446, 5.4 allows."""
        if padding:
            return self._protection.seal(0, payload + bytes((kind,)) + bytes(padding - 1))
        return self._protection.seal(kind, payload)

    def extensions(self, block: bytes = b"") -> bytes:
        return message(Message.ENCRYPTED_EXTENSIONS, vector(2, block))

    def request(self, names=()) -> bytes:
        """A CertificateRequest that names authorities by DER."""
        block = extension(13, b"\x00\x02\x04\x03")
        if names:
            block += extension(47, vector(2, b"".join(vector(2, name) for name in names)))
        return message(Message.CERTIFICATE_REQUEST, b"\x00" + vector(2, block))

    def certificate(self, chain, staple: bytes | None = None) -> bytes:
        return certificate_list(chain, extended=True, staple=staple)

    def verify(self, *before: bytes, scheme: int = ECDSA_SHA256, key=KEY) -> bytes:
        """A CertificateVerify over everything said, and ``before``, which is not yet."""
        signed = _SIGNED + self._hash(*before)
        signature = key.sign(signed, ECDSA(hashes.SHA256()))
        body = scheme.to_bytes(2, "big") + vector(2, signature)
        return message(Message.CERTIFICATE_VERIFY, body)

    def finished(self, *before: bytes) -> bytes:
        return message(Message.FINISHED, self._schedule.server.verify_data(self._hash(*before)))

    def flight(self, chain, *, staple: bytes | None = None, request: bytes = b"") -> bytes:
        """A whole and sound flight after ServerHello, in one record."""
        head = self.extensions() + request + self.certificate(chain, staple)
        verify = self.verify(head)
        return self.say(head, verify, self.finished(head, verify))

    def enter_application(self) -> None:
        """Write with the application keys from now on."""
        self._schedule.enter_master()
        self._protection = self._protect(self._schedule.server_application(self._hash()))

    def _protect(self, secret) -> Protection13:
        return Protection13(self.suite, *secret.keys(self.suite.key_length))

    def _hash(self, *more: bytes) -> bytes:
        return hashlib.new(self.suite.hash, self._transcript + b"".join(more)).digest()


class Script12:
    """The first flight of a TLS 1.2 server, or an older one."""

    def __init__(self, machine) -> None:
        self._client_random = machine.begin()[11:43]
        self._random = b"R" * 32

    def hello(
        self, *, version: int = 0x0303, suite: int = 0xC02B, block: bytes = b"", random=None
    ) -> bytes:
        self._random = random or self._random
        body = (
            version.to_bytes(2, "big") + self._random + b"\x00" + suite.to_bytes(2, "big") + b"\x00"
        )
        return message(Message.SERVER_HELLO, body + (vector(2, block) if block else b""))

    def certificate(self, chain) -> bytes:
        return certificate_list(chain, extended=False)

    def key_exchange(self, *, group: int = X25519, public: bytes | None = None, key=KEY) -> bytes:
        if public is None:
            public = X25519PrivateKey.generate().public_key().public_bytes_raw()
        parameters = b"\x03" + group.to_bytes(2, "big") + vector(1, public)
        signature = key.sign(
            self._client_random + self._random + parameters, ECDSA(hashes.SHA256())
        )
        body = parameters + ECDSA_SHA256.to_bytes(2, "big") + vector(2, signature)
        return message(Message.SERVER_KEY_EXCHANGE, body)

    def status(self, response: bytes, kind: int = 1) -> bytes:
        return message(Message.CERTIFICATE_STATUS, bytes((kind,)) + vector(3, response))

    def request(self, names=()) -> bytes:
        listed = vector(2, b"".join(vector(2, name) for name in names))
        return message(Message.CERTIFICATE_REQUEST, b"\x01\x40\x00\x02\x04\x03" + listed)

    def done(self) -> bytes:
        return message(Message.SERVER_HELLO_DONE, b"")

    def flight(self, chain, **options) -> bytes:
        """A sound first flight, one record for each message."""
        said = (self.hello(**options), self.certificate(chain), self.key_exchange(), self.done())
        return b"".join(record(one) for one in said)


def record(payload: bytes, kind: int = Content.HANDSHAKE, version: int = 0x0303) -> bytes:
    return plain(kind, version, payload)


def reference_hmac(digest: str, key: bytes, text: bytes) -> bytes:
    """What the standard library computes."""
    return hmac.digest(key, text, digest)

"""LDAP messages (RFC 4511): one search, and its answers read within bounds.

ldap3 encodes the search, with the filter that a URL has (RFC 4515). Its decoder and its sockets
take whatever a server sends; here every octet is counted, and only what is wanted is read.
"""

import sys
from typing import Final

from probe.model.failure import Kind
from probe.net.revocation.attempt import Refused
from probe.net.revocation.ldap_url import LdapUrl
from probe.pki.quiet import Quietly

with Quietly():  # it uses names that pyasn1 has given up
    from ldap3.core.results import RESULT_CODES
    from ldap3.operation.search import search_operation
    from ldap3.protocol.rfc4511 import LDAPMessage, MessageID, ProtocolOp
    from ldap3.utils.asn1 import encode  # type: ignore[attr-defined] # not in the stubs

_ID: Final = 1
_SECONDS: Final = 5
_MOST_ENTRIES: Final = 16
_MOST_MESSAGES: Final = 64
_SLACK: Final = 64 * 1024
"""Octets of a whole answer beside the CRL."""

_ENTRY: Final = 0x64
_DONE: Final = 0x65
_REFERENCE: Final = 0x73
_NOTICE: Final = 0x78
_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_ENUMERATED: Final = 0x0A
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_SHORT: Final = 0x80
_HEAD: Final = 2  # octets of a tag and of the first of a length
_MOST_LENGTH_OCTETS: Final = 4

_SUCCESS: Final = 0
_SIZE_LIMIT: Final = 4
_REFERRAL: Final = 10


def search(wanted: LdapUrl) -> bytes:
    """Encode the search; Refused where its filter is none.

    Nobody binds: what is asked before that is anonymous (RFC 4511, 4.2.1).
    """
    try:
        with Quietly():
            request = search_operation(
                wanted.base,
                wanted.filter,
                ("BASE", "LEVEL")[wanted.scope],
                "NEVER",
                [wanted.attribute],
                _MOST_ENTRIES,
                _SECONDS,
                False,  # noqa: FBT003 - the library's way to say: values too
                auto_escape=False,
                auto_encode=False,
            )
            message = LDAPMessage()
            message["messageID"] = MessageID(_ID)
            message["protocolOp"] = ProtocolOp().setComponentByName("searchRequest", request)
            return bytes(encode(message))
    except Exception as error:  # noqa: BLE001 - the library raises many kinds for a stranger's words
        reason = " ".join(str(error).split())[:120]
        raise Refused(Kind.MALFORMED, f"an LDAP URL that cannot be asked: {reason}") from None


class Answer:
    """What a server answers to the search, octets in; Refused as soon as it is of no use."""

    def __init__(self, attribute: str, limit: int) -> None:
        self.value: bytes | None = None
        self.finished = False
        self._attribute = attribute.partition(";")[0].lower().encode()
        self._limit = limit + _SLACK
        self._octets = 0
        self._messages = 0
        self._buffer = bytearray()

    def receive(self, data: bytes) -> None:
        """Take what came."""
        self._octets += len(data)
        if self._octets > self._limit:
            raise Refused(Kind.TOO_LARGE, f"more than {self._limit} octets")
        self._buffer += data
        while not self.finished and (end := self._whole()) is not None:
            message = bytes(memoryview(self._buffer)[:end])
            del self._buffer[:end]
            self._messages += 1
            if self._messages > _MOST_MESSAGES:
                raise Refused(Kind.TOO_LARGE, f"more than {_MOST_MESSAGES} LDAP messages")
            try:
                self._read(message)
            except _BerError as error:
                raise Refused(Kind.MALFORMED, f"no LDAP: {error}") from None

    def _whole(self) -> int | None:
        """Return where the first message ends, None while it has not come."""
        head = bytes(self._buffer[: _HEAD + _MOST_LENGTH_OCTETS])
        if head[:1] not in {b"", bytes((_SEQUENCE,))}:
            raise Refused(Kind.MALFORMED, "no LDAP: not a message")
        if len(head) < _HEAD:
            return None
        more = head[1] & 0x7F if head[1] >= _SHORT else 0
        if more <= _MOST_LENGTH_OCTETS and len(head) < _HEAD + more:
            return None
        try:
            _, _, end = _element(head, 0, sys.maxsize)
        except _BerError as error:
            raise Refused(Kind.MALFORMED, f"no LDAP: {error}") from None
        if end > self._limit:
            raise Refused(Kind.TOO_LARGE, f"a message of {end} octets, more than {self._limit}")
        return end if end <= len(self._buffer) else None

    def _read(self, message: bytes) -> None:
        _, at, end = _expect(message, 0, len(message), _SEQUENCE)
        _, start, at = _expect(message, at, end, _INTEGER)
        number = message[start:at].lstrip(b"\0")
        tag, at, end = _element(message, at, end)
        if tag == _NOTICE and not number:
            raise Refused(Kind.STATUS, f"disconnected: {_result(message, at, end)[1]}")
        if number != bytes((_ID,)):
            raise _BerError("an answer to another question")
        if tag == _ENTRY:
            self._entry(message, at, end)
        elif tag == _DONE:
            self._done(*_result(message, at, end))
        elif tag != _REFERENCE:  # continuation references are not followed
            raise _BerError(f"operation {tag:#04x}")

    def _entry(self, message: bytes, at: int, end: int) -> None:
        _, _, at = _expect(message, at, end, _OCTETS)
        _, at, end = _expect(message, at, end, _SEQUENCE)
        while at < end:
            _, start, stop = _expect(message, at, end, _SEQUENCE)
            at = stop
            _, name, after = _expect(message, start, stop, _OCTETS)
            _, start, stop = _expect(message, after, stop, _SET)
            described = message[name:after].partition(b";")[0].lower()
            if described == self._attribute and start < stop and self.value is None:
                _, start, stop = _expect(message, start, stop, _OCTETS)
                self.value = message[start:stop]

    def _done(self, code: int, text: str) -> None:
        self.finished = True
        if code == _REFERRAL:
            raise Refused(Kind.STATUS, "it refers elsewhere, and referrals are not followed")
        if code not in {_SUCCESS, _SIZE_LIMIT}:
            raise Refused(Kind.STATUS, text)
        if not self.value:
            raise Refused(Kind.STATUS, "the directory has no CRL there")


class _BerError(ValueError):
    """The octets are no BER as LDAP has it (RFC 4511, 5.1)."""


def _element(data: bytes, at: int, limit: int) -> tuple[int, int, int]:
    """Return the tag of the element at ``at``, and where its contents start and end.

    Unlike DER, a length may have more octets than it needs, as Active Directory writes it.
    """
    if at + _HEAD > min(limit, len(data)):
        raise _BerError("cut off")
    start, length = at + _HEAD, data[at + 1]
    if length >= _SHORT:
        count = length & 0x7F
        if not 0 < count <= _MOST_LENGTH_OCTETS or start + count > len(data):
            raise _BerError("an indefinite length, or one of too many octets")
        length = int.from_bytes(data[start : start + count])
        start += count
    if start + length > limit:
        raise _BerError("a length beyond the end")
    return data[at], start, start + length


def _expect(data: bytes, at: int, limit: int, tag: int) -> tuple[int, int, int]:
    found = _element(data, at, limit)
    if found[0] != tag:
        raise _BerError(f"tag {found[0]:#04x} where {tag:#04x} was expected")
    return found


def _result(data: bytes, at: int, end: int) -> tuple[int, str]:
    """Return the code of an LDAPResult and what it says to people."""
    _, start, at = _expect(data, at, end, _ENUMERATED)
    code = int.from_bytes(data[start : min(at, start + 4)])
    _, _, at = _expect(data, at, end, _OCTETS)
    _, start, at = _expect(data, at, end, _OCTETS)
    said = " ".join(data[start : min(at, start + 200)].decode("utf-8", "replace").split())
    text = f"LDAP result {code} ({RESULT_CODES.get(code, 'unknown')})"
    return code, f"{text}: {said}" if said else text

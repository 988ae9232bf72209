"""Read a CRL (RFC 5280, 5): of whom, from when to when, of what, and whether a serial is on it.

Nothing is decoded entry by entry: the octets are kept once, parsed in place, and searched. A CRL
that is searched often gets an index, which takes eight octets for each entry more.
"""

import binascii
import sys
from datetime import datetime
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from probe.model.certificate import Certificate
from probe.pki import algorithms, der, signatures
from probe.pki.crl_extensions import Scope, facts_of
from probe.pki.crl_index import Index
from probe.pki.distinguished_name import decode as decode_name
from probe.pki.quiet import Quietly

_BEGIN: Final = b"-----BEGIN X509 CRL-----"
_END: Final = b"-----END X509 CRL-----"
_LARGE: Final = 256 * 1024
"""Octets from which an index is worth anything."""

_OFTEN: Final = 128
"""Searches that take as long as making an index."""


class CrlError(ValueError):
    """The octets are no CRL that counts; the message says why."""


class Revoked(NamedTuple):
    """An entry of a CRL; ``reason`` in snake case, None where it names none."""

    at: datetime
    reason: str | None


class RevocationList:
    """A CRL's facts. ``base`` is the number of the base CRL that a delta adds to, else None.

    ``freshest`` is where its delta CRLs are. ``next_publish`` is that of AD CS.
    """

    __slots__ = (
        "_algorithm",
        "_data",
        "_index",
        "_parsed",
        "_searched",
        "_signature",
        "_tbs",
        "base",
        "freshest",
        "issuer",
        "next_publish",
        "next_update",
        "number",
        "scope",
        "this_update",
        "unknown_critical",
    )

    def __init__(self, data: bytes, parsed: x509.CertificateRevocationList) -> None:
        """Take facts from both forms of one CRL; ValueError where they cannot be read."""
        self._data = data
        self._parsed = parsed
        self._index: Index | None = None
        self._searched = 0
        start, end = der.expect(data, 0, len(data), der.SEQUENCE)
        _, stop = der.expect(data, start, end, der.SEQUENCE)
        after = der.expect(data, stop, end, der.SEQUENCE)[1]
        self._tbs = slice(start, stop)
        self._algorithm = data[stop:after]
        self._signature = parsed.signature
        self.issuer = parsed.issuer.public_bytes()
        self.this_update = parsed.last_update_utc
        self.next_update = parsed.next_update_utc
        facts = facts_of(parsed)
        self.number: int | None = facts.get("number")
        self.base: int | None = facts.get("base")
        self.freshest: tuple[str, ...] = facts.get("freshest", ())
        self.scope: Scope = facts.get("scope", Scope())
        self.next_publish: datetime | None = facts.get("next_publish")
        self.unknown_critical: tuple[str, ...] = facts.get("unknown_critical", ())

    @property
    def issuer_text(self) -> str:
        """The issuer's name as people write it."""
        return decode_name(self.issuer)[0].text

    def signed_by(self, issuer: Certificate) -> bool | None:
        """Whether ``issuer`` signed it; None where that cannot be told."""
        try:
            algorithm = algorithms.signature(self._algorithm)
            scheme = self._parsed.signature_algorithm_parameters if algorithm.pss else None
        except (UnsupportedAlgorithm, ValueError, TypeError):
            return None
        data = memoryview(self._data)[self._tbs]
        return signatures.verify_octets(
            algorithm, scheme, self._signature, data, issuer.public_key_der
        )

    def claim_index(self) -> bool:
        """Whether searches are so many that `make_index` saves time; true for one who asks."""
        if self._searched < _OFTEN or len(self._data) < _LARGE:
            return False
        self._searched = -sys.maxsize
        return True

    def make_index(self) -> None:
        """Make searching quick from now on; takes a second for a million entries."""
        try:
            start, end = der.expect(self._data, self._tbs.start, self._tbs.stop, der.SEQUENCE)
            self._index = Index(self._data, start, end)
        except (ValueError, IndexError):
            # Entries that cannot be walked are searched as octets.
            return

    def find(self, serial: int) -> Revoked | None:
        """Return the entry of a serial number, None where there is none; CrlError if unreadable.

        Without an index a search through the octets tells at once that a serial is nowhere; only
        where they turn up are the entries read, one after another.
        """
        size = (serial if serial >= 0 else ~serial).bit_length() // 8 + 1
        octets = serial.to_bytes(size, "big", signed=True)
        if self._index is not None:
            return self._indexed(self._index, octets)
        self._searched += 1
        encoded = der.tlv(der.INTEGER, octets)
        if self._data.find(encoded, self._tbs.start, self._tbs.stop) < 0:
            return None
        try:
            entry = self._parsed.get_revoked_certificate_by_serial_number(serial)
        except (ValueError, OverflowError) as error:
            raise CrlError(f"the entries cannot be read: {error}") from None
        return None if entry is None else Revoked(entry.revocation_date_utc, _reason(entry))

    @staticmethod
    def _indexed(index: Index, octets: bytes) -> Revoked | None:
        place = index.find(octets)
        try:
            return None if place is None else Revoked(*index.read(place))
        except ValueError as error:
            raise CrlError(f"the entry cannot be read: {error}") from None


def decode(data: bytes) -> RevocationList:
    """Decode DER or PEM; CrlError says why there is no CRL."""
    try:
        octets = _binary(data)
        with Quietly():
            return RevocationList(octets, x509.load_der_x509_crl(octets))
    except CrlError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's octets, and any part may refuse them
        raise CrlError(f"no CRL: {' '.join(str(error).split())[:160]}") from None


def _binary(data: bytes) -> bytes:
    if data.startswith(b"\x30"):
        return data
    start = data.find(_BEGIN)
    if start >= 0:
        start += len(_BEGIN)
        try:
            return binascii.a2b_base64(data[start : max(start, data.find(_END, start))])
        except binascii.Error as error:
            raise CrlError(f"a PEM CRL that is not Base64: {error}") from None
    if not data:
        raise CrlError("no CRL: the answer is empty")
    if data.lstrip()[:1] == b"<":
        raise CrlError("no CRL: it looks like a web page")
    raise CrlError("no CRL: neither DER nor PEM")


def _reason(entry: x509.RevokedCertificate) -> str | None:
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, ValueError):
        return None
    return spell(reason)


def spell(reason: x509.ReasonFlags) -> str:
    """Spell a reason code in snake case, as ``key_compromise``."""
    return reason.name

"""Read a CRL (RFC 5280, 5): of whom, from when to when, of what, and whether a serial is on it.

Nothing is decoded entry by entry: the octets are kept once, parsed in place, and searched. A CRL
with a million entries takes the memory of its octets and nothing more.
"""

import binascii
from datetime import datetime
from typing import Any, Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from probe.model.certificate import Certificate
from probe.pki import algorithms, der, signatures
from probe.pki.distinguished_name import decode as decode_name
from probe.pki.quiet import Quietly

_BEGIN: Final = b"-----BEGIN X509 CRL-----"
_END: Final = b"-----END X509 CRL-----"
_NEXT_PUBLISH: Final = "1.3.6.1.4.1.311.21.4"
_UNDERSTOOD: Final = frozenset(
    {
        "2.5.29.20",  # cRLNumber
        "2.5.29.27",  # deltaCRLIndicator
        "2.5.29.28",  # issuingDistributionPoint
        "2.5.29.35",  # authorityKeyIdentifier
        "2.5.29.46",  # freshestCRL
    }
)
_MOST_URLS: Final = 16


class CrlError(ValueError):
    """The octets are no CRL that counts; the message says why."""


class Revoked(NamedTuple):
    """An entry of a CRL; ``reason`` in snake case, None where it names none."""

    at: datetime
    reason: str | None


class Scope(NamedTuple):
    """What a CRL is about (issuingDistributionPoint, RFC 5280, 5.2.5)."""

    urls: tuple[str, ...] = ()
    user_only: bool = False
    authority_only: bool = False
    attribute_only: bool = False
    some_reasons: bool = False
    indirect: bool = False


class RevocationList:
    """A CRL's facts. ``base`` is the number of the base CRL that a delta adds to, else None.

    ``freshest`` is where its delta CRLs are. ``next_publish`` is that of AD CS.
    """

    __slots__ = (
        "_algorithm",
        "_data",
        "_parsed",
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
        start, end = der.expect(data, 0, len(data), der.SEQUENCE)
        _, stop = der.expect(data, start, end, der.SEQUENCE)
        after = der.expect(data, stop, end, der.SEQUENCE)[1]
        self._tbs = slice(start, stop)
        self._algorithm = data[stop:after]
        self._signature = parsed.signature
        self.issuer = parsed.issuer.public_bytes()
        self.this_update = parsed.last_update_utc
        self.next_update = parsed.next_update_utc
        facts = _extensions(parsed)
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

    def find(self, serial: int) -> Revoked | None:
        """Return the entry of a serial number, None where there is none; CrlError if unreadable.

        A search through the octets tells at once that a serial is nowhere; only where they turn
        up are the entries read, one after another.
        """
        size = (serial if serial >= 0 else ~serial).bit_length() // 8 + 1
        encoded = der.tlv(der.INTEGER, serial.to_bytes(size, "big", signed=True))
        if self._data.find(encoded, self._tbs.start, self._tbs.stop) < 0:
            return None
        try:
            entry = self._parsed.get_revoked_certificate_by_serial_number(serial)
        except (ValueError, OverflowError) as error:
            raise CrlError(f"the entries cannot be read: {error}") from None
        return None if entry is None else Revoked(entry.revocation_date_utc, _reason(entry))


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


def _extensions(parsed: x509.CertificateRevocationList) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    unknown = []
    for extension in parsed.extensions:
        match extension.value:
            case x509.CRLNumber(crl_number=number):
                facts["number"] = number
            case x509.DeltaCRLIndicator(crl_number=number):
                facts["base"] = number
            case x509.FreshestCRL() as points:
                names = [name for point in points for name in point.full_name or ()]
                facts["freshest"] = _urls(names)
            case x509.IssuingDistributionPoint() as point:
                facts["scope"] = _scope(point)
            case x509.UnrecognizedExtension(value=value) if (
                extension.oid.dotted_string == _NEXT_PUBLISH
            ):
                facts["next_publish"] = _time(value)
        if extension.critical and extension.oid.dotted_string not in _UNDERSTOOD:
            unknown.append(extension.oid.dotted_string)
    facts["unknown_critical"] = tuple(unknown)
    return facts


def _scope(point: x509.IssuingDistributionPoint) -> Scope:
    return Scope(
        urls=_urls(list(point.full_name or ())),
        user_only=point.only_contains_user_certs,
        authority_only=point.only_contains_ca_certs,
        attribute_only=point.only_contains_attribute_certs,
        some_reasons=point.only_some_reasons is not None,
        indirect=point.indirect_crl,
    )


def _urls(names: list[x509.GeneralName]) -> tuple[str, ...]:
    found = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return tuple(found[:_MOST_URLS])


def _time(value: bytes) -> datetime | None:
    """Read a Time (RFC 5280, 4.1.2.5); None for what is none, as nothing hangs on it."""
    try:
        tag, start, end = der.read(value, 0, len(value))
        text = value[start:end].decode("ascii")
        # UTCTime has two digits for the year: RFC 5280, 4.1.2.5.1.
        if tag == 0x17:  # noqa: PLR2004 - UTCTime
            text = ("20" if text < "50" else "19") + text
        return datetime.strptime(text, "%Y%m%d%H%M%S%z")
    except ValueError:
        return None


def _reason(entry: x509.RevokedCertificate) -> str | None:
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, ValueError):
        return None
    return spell(reason)


def spell(reason: x509.ReasonFlags) -> str:
    """Spell a reason code in snake case, as ``key_compromise``."""
    return reason.name

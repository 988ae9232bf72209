"""Decode the extensions of a certificate, each for itself: a broken one spoils no other.

The certificates of one authority differ in name and key; their other extensions are the same
octets again and again, and are kept by these. ``cryptography`` decodes all extensions of a
certificate or none, so each is put into an otherwise empty certificate to be decoded.
"""

import functools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cryptography import x509

from probe.pki import adcs, der, general_names
from probe.pki.extension_values import restate
from probe.pki.quiet import Quietly

_SUBJECT_KEY_IDENTIFIER = "2.5.29.14"
_SUBJECT_ALTERNATIVE_NAME = "2.5.29.17"
# How the Extension of these two begins: they are of this certificate alone, and not worth keeping.
_OWN = (bytes.fromhex("0603551d0e"), bytes.fromhex("0603551d11"))
_TITLES = {
    _SUBJECT_KEY_IDENTIFIER: "subjectKeyIdentifier",
    "2.5.29.15": "keyUsage",
    _SUBJECT_ALTERNATIVE_NAME: "subjectAltName",
    "2.5.29.19": "basicConstraints",
    "2.5.29.30": "nameConstraints",
    "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.32": "certificatePolicies",
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.37": "extKeyUsage",
    "2.5.29.46": "freshestCRL",
    "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
    adcs.TEMPLATE_NAME: "template name",
    adcs.TEMPLATE: "template information",
    adcs.APPLICATION_POLICIES: "application policies",
}
# Policies are not judged here, so a mapping of them is nothing that could be overlooked.
_UNDERSTOOD = adcs.EXTENSIONS | {"2.5.29.33"}
_KEPT_SIZE = 2048

_ALGORITHM = bytes.fromhex("300a06082a8648ce3d040302")  # ecdsa-with-SHA256
_BEFORE = (
    bytes.fromhex("a003020102 020101")  # version 3, serial number 1
    + _ALGORITHM
    + bytes.fromhex("3000")  # no issuer
    + bytes.fromhex("301e170d3236303130313030303030305a170d3236303130313030303030305a")
    + bytes.fromhex("3000")  # no subject
    + bytes.fromhex("302a300506032b6570032100")  # an Ed25519 key
    + bytes(32)
)
_AFTER = _ALGORITHM + bytes.fromhex("030100")

Fields = dict[str, Any]


class Decoded(NamedTuple):
    """One extension: what it says, why it could not be decoded, or that nobody knows it."""

    oid: str
    fields: Fields
    problem: str | None = None
    unknown: bool = False


def decode(raw: bytes) -> Fields:
    """Decode to fields of `probe.model.certificate.Certificate`, among them ``problems``.

    ``raw`` is the contents of a SEQUENCE OF Extension.
    """
    own, shared = _parted(raw)
    common = _shared(shared) if len(shared) <= _KEPT_SIZE else _merged(_each(shared))
    decoded = [_decode_one(extension) for extension in own]
    oids = [one.oid for one in decoded]
    if "problems" in common or len(set(oids)) != len(oids) or any(one.problem for one in decoded):
        return _merged(_each(raw))  # problems are told in the order of the certificate
    fields = common.copy()
    for one in decoded:
        fields.update(one.fields)
    return fields


def _parted(raw: bytes) -> tuple[list[bytes], bytes]:
    """Part the extensions that each certificate has its own of from the others."""
    own = []
    others = []
    at, start, size = 0, 0, len(raw)
    while at < size:
        inner, end = der.expect(raw, at, size, der.SEQUENCE)
        if raw.startswith(_OWN, inner):
            own.append(raw[at:end])
            others.append(raw[start:at])
            start = end
        at = end
    others.append(raw[start:])
    return own, b"".join(others)


def _each(raw: bytes) -> Iterator[Decoded]:
    """Decode one extension after the other."""
    at, size = 0, len(raw)
    while at < size:
        start, end = der.expect(raw, at, size, der.SEQUENCE)
        kept = end - start <= _KEPT_SIZE and not raw.startswith(_OWN, start)
        yield (_kept if kept else _decode_one)(raw[at:end])
        at = end


def _merged(extensions: Iterable[Decoded]) -> Fields:
    """Gather the fields of extensions; of several of one kind the first counts."""
    fields: Fields = {}
    problems: list[str] = []
    unknown: list[str] = []
    seen = set()
    for decoded in extensions:
        if decoded.oid in seen:
            problems.append(_problem(decoded.oid, "more than once; only the first counts"))
            continue
        seen.add(decoded.oid)
        fields.update(decoded.fields)
        if decoded.problem:
            problems.append(decoded.problem)
        if decoded.unknown:
            unknown.append(decoded.oid)
    if unknown:
        fields["unknown_critical"] = tuple(unknown)
    if problems:
        fields["problems"] = tuple(problems)
    return fields


@functools.lru_cache(maxsize=1024)
def _shared(raw: bytes) -> Fields:
    """Decode what the certificates of one authority have in common, which is most of it.

    To look these up one by one took as long as all else that is read of a leaf's extensions. The
    answer is shared: it is copied before anything is added.
    """
    return _merged(_each(raw))


def parse(extension: bytes) -> x509.Extension[Any]:
    """Parse one DER Extension; whatever ``cryptography`` raises is raised."""
    body = der.tlv(der.SEQUENCE, _BEFORE + der.tlv(0xA3, der.tlv(der.SEQUENCE, extension)))
    with Quietly():
        certificate = x509.load_der_x509_certificate(der.tlv(der.SEQUENCE, body + _AFTER))
        return next(iter(certificate.extensions))


def find(raw: bytes, oid: str) -> x509.ExtensionType | None:
    """Parse the first extension with ``oid``; None where there is none or it is broken."""
    at, size = 0, len(raw)
    while at < size:
        start, end = der.expect(raw, at, size, der.SEQUENCE)
        inner, stop = der.expect(raw, start, end, der.OID)
        if der.oid_text(raw[inner:stop]) == oid:
            try:
                value: x509.ExtensionType = parse(raw[at:end]).value
            except Exception:  # noqa: BLE001 - told among the problems of its certificate
                return None
            return value
        at = end
    return None


def _decode_one(octets: bytes) -> Decoded:
    start, end = der.expect(octets, 0, len(octets), der.SEQUENCE)
    start, after = der.expect(octets, start, end, der.OID)
    oid = der.oid_text(octets[start:after])
    tag, start, stop = der.read(octets, after, end)
    critical = tag == der.BOOLEAN  # a false one is the default, and may not be written
    if critical:
        _, start, stop = der.read(octets, stop, end)
    value = octets[start:stop]
    try:
        if oid == _SUBJECT_KEY_IDENTIFIER:
            return Decoded(oid, {"subject_key_id": der.contents(value, der.OCTET_STRING)})
        if oid == _SUBJECT_ALTERNATIVE_NAME:
            return _alternative_names(oid, value)
        if oid in adcs.DECODERS:
            return Decoded(oid, adcs.DECODERS[oid](value))
        parsed = parse(octets).value
        if isinstance(parsed, x509.UnrecognizedExtension):
            return Decoded(oid, {}, unknown=critical and oid not in _UNDERSTOOD)
        return Decoded(oid, restate(parsed))
    except Exception as error:  # noqa: BLE001 - a stranger's octets, and any part may refuse them
        return Decoded(oid, {}, problem=_problem(oid, error))


_kept = functools.lru_cache(maxsize=2048)(_decode_one)


def _alternative_names(oid: str, value: bytes) -> Decoded:
    names, broken = general_names.decode(value)
    problem = _problem(oid, f"{broken} of its names break the rules") if broken else None
    return Decoded(oid, {"names": names}, problem)


def _problem(oid: str, reason: object) -> str:
    return f"{_TITLES.get(oid, f'extension {oid}')}: {reason}"

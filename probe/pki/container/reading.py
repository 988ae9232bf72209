"""Octets of a file → what it is and the certificates in it, whatever its name says."""

from collections.abc import Sequence

import msgspec
from cryptography import x509

from probe.model.certificate import Certificate
from probe.model.file import Encoding, FileFormat
from probe.pki.certificate import load
from probe.pki.container import armour, ber, keys, pkcs7, pkcs12, table
from probe.pki.container.bundle import Bundle
from probe.pki.container.contents import ContainerError, Contents, Locked, Member, Unreadable
from probe.pki.container.grouping import group
from probe.pki.container.keys import KeyFacts

LARGEST = 256 << 20
"""Octets; a certification authority's database of 50,000 certificates has about half of that."""

_LARGEST_BINARY = 16 << 20
_CERTIFICATE = bytes((ber.SEQUENCE,))  # the other containers start with a number or an OID
_PADDING = b"\x00\r\n\t "
_NAMES = {FileFormat.PKCS7: "the PKCS#7 file", FileFormat.PKCS12: "the PKCS#12 file"}
_MAGIC = {
    b"\xfe\xed\xfe\xed": "a Java keystore (JKS); convert it to PKCS#12",
    b"\xce\xce\xce\xce": "a Java keystore (JCEKS); convert it to PKCS#12",
    b"\x00\x00\x00\x00CERT": "a serialized certificate store (SST); export it as PKCS#7",
    b"PK\x03\x04": "a ZIP archive",
    b"%PDF": "a PDF document",
}

Read = Contents | Unreadable | Locked


def read(data: bytes, passwords: Sequence[str] = ()) -> Read:
    """Read a container. It never raises: what is wrong with the octets is data.

    ``passwords`` are tried in turn where the container needs one.
    """
    if not data:
        return Unreadable(reason="the file is empty")
    if len(data) > LARGEST:
        return Unreadable(reason=f"the file is larger than {LARGEST >> 20} MiB")
    if data[0] == ber.SEQUENCE:
        found = _binary(data, Encoding.DER, passwords)
        if not isinstance(found, Unreadable) or not data.isascii():
            return found
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            return Unreadable(reason=f"the file is {what}")
    return _text(armour.plain(data), passwords)


def _binary(data: bytes, encoding: Encoding, passwords: Sequence[str]) -> Read:
    if len(data) > _LARGEST_BINARY:
        return Unreadable(
            reason=f"the file's binary part is larger than {_LARGEST_BINARY >> 20} MiB"
        )
    kind: FileFormat | None = None
    try:
        outer, rest = ber.first(data)
        notes = [f"{len(rest)} octets after the end"] if rest.strip(_PADDING) else []
        if outer.content.startswith(_CERTIFICATE):
            members = []
        else:
            members = ber.children(outer, ber.SEQUENCE)
        if pkcs12.looks_like(members):
            kind = FileFormat.PKCS12
            return _store(pkcs12.read(members, passwords), encoding, notes)
        if pkcs7.looks_like(members):
            kind = FileFormat.PKCS7
            certificates, more = pkcs7.read(members)
            return _contents(kind, encoding, list(map(Member, certificates)), (), notes + more)
    except ContainerError as error:
        what = _NAMES[kind] if kind else "the file"
        return Unreadable(reason=f"{what} cannot be read: {error}", format=kind)
    if not isinstance(load(outer.encoded), Certificate) and (
        companion := _companion(outer.encoded)
    ):
        return _only(companion)
    kind = FileFormat.DER if encoding is Encoding.DER else FileFormat.BASE64
    return _contents(kind, encoding, [Member(outer.encoded)], (), notes)


def _store(store: pkcs12.Store | Locked, encoding: Encoding, notes: list[str]) -> Read:
    if isinstance(store, Locked):
        return store
    found = _contents(
        FileFormat.PKCS12, encoding, store.certificates, store.keys, (*notes, *store.notes)
    )
    if isinstance(found, Unreadable):
        return found
    return msgspec.structs.replace(found, protected=store.protected)


def _text(text: bytes, passwords: Sequence[str]) -> Read:
    try:
        if table.looks_like(text):
            members, notes = table.read(text)
            return _contents(FileFormat.CSV, Encoding.BASE64, members, (), notes)
        blocks, broken = armour.blocks(text)
        if blocks:
            return _armoured(Bundle(blocks, broken, passwords), passwords)
    except ContainerError as error:
        return Unreadable(reason=f"the file cannot be read: {error}")
    if broken:
        return Unreadable(reason="the file's PEM block is cut off", format=FileFormat.PEM)
    der = armour.base64(text)
    if der and der[0] == ber.SEQUENCE:
        return _binary(der, Encoding.BASE64, passwords)
    return Unreadable(reason="the file is no certificate in a known format")


def _armoured(bundle: Bundle, passwords: Sequence[str]) -> Read:
    if bundle.whole is not None:
        return _binary(bundle.whole, Encoding.BASE64, passwords)
    if not bundle.members and bundle.companion:
        return _only(bundle.companion)
    return _contents(bundle.format, Encoding.BASE64, bundle.members, bundle.keys, bundle.notes)


def _contents(
    kind: FileFormat,
    encoding: Encoding,
    members: Sequence[Member],
    private: Sequence[KeyFacts],
    notes: Sequence[str],
) -> Contents | Unreadable:
    if not members:
        beside = f" ({'; '.join(notes)})" if notes else ""
        return Unreadable(
            reason=f"the file holds no certificate{beside}",
            format=kind,
            companion="a private key" if private else None,
        )
    entries, more = group(members, private)
    return Contents(format=kind, encoding=encoding, entries=entries, notes=(*notes, *more))


def _only(companion: str) -> Unreadable:
    return Unreadable(reason=f"the file holds {companion} and no certificate", companion=companion)


def _companion(der: bytes) -> str | None:
    """Name what is not a certificate but often lies beside one."""
    if keys.from_der(der):
        return "a private key"
    for loader, what in (
        (x509.load_der_x509_csr, "a certificate request"),
        (x509.load_der_x509_crl, "a revocation list"),
    ):
        try:
            loader(der)
        except Exception:  # noqa: BLE001, S112 - hostile octets; then it is something else
            continue
        return what
    return None

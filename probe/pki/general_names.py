"""Decode general names (RFC 5280, 4.2.1.6), in the order of the certificate.

A name that breaks the rules is still shown: text beyond ASCII is what some rules look for.
"""

import ipaddress

from probe.model.certificate import GeneralName
from probe.pki import der
from probe.pki.distinguished_name import decode as decode_name

_UPN = "1.3.6.1.4.1.311.20.2.3"
_SID = "1.3.6.1.4.1.311.25.2.1"

_OTHER = 0xA0
_DIRECTORY = 0xA4
_IP = 0x87
_REGISTERED = 0x88
_TEXT = {0x81: "email", 0x82: "dns", 0x86: "uri"}
_EXPLICIT = 0xA0
_UTF8 = 0x0C


def decode(value: bytes) -> tuple[tuple[GeneralName, ...], int]:
    """Decode GeneralNames, and count those that break the rules.

    Such text is read as UTF-8, else as Latin-1; what has no text is shown in hex.
    `der.DerError` where there are no names at all.
    """
    names = []
    broken = 0
    body = der.contents(value, der.SEQUENCE)
    for tag, start, end in der.children(body):
        octets = body[start:end]
        kind = _TEXT.get(tag)
        if kind and octets.isascii():
            names.append(GeneralName(kind, octets.decode("ascii")))
            continue
        if kind:
            names.append(GeneralName(kind, _beyond_ascii(octets)))
            broken += 1
            continue
        try:
            names.append(_structured(tag, octets))
        except ValueError:
            names.append(GeneralName("other", f"[{tag & 0x1F}]:{octets.hex()}"))
            broken += 1
    return tuple(names), broken


def _beyond_ascii(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _structured(tag: int, octets: bytes) -> GeneralName:
    if tag == _IP:
        return GeneralName("ip", str(ipaddress.ip_address(octets)))
    if tag == _DIRECTORY:
        return GeneralName("directory", decode_name(octets)[0].text)
    if tag == _REGISTERED:
        return GeneralName("registered_id", der.oid_text(octets))
    if tag == _OTHER:
        return _other(octets)
    # x400Address and ediPartyName: nobody uses them, and they have no text form.
    raise der.DerError("no name that has a text form")


def _other(octets: bytes) -> GeneralName:
    start, end = der.expect(octets, 0, len(octets), der.OID)
    oid = der.oid_text(octets[start:end])
    value = der.contents(octets[end:], _EXPLICIT)
    if oid == _UPN:
        return GeneralName("upn", der.contents(value, _UTF8).decode())
    if oid == _SID:
        return GeneralName("sid", der.contents(value, der.OCTET_STRING).decode("ascii"))
    return GeneralName("other", f"{oid}:{value.hex()}")

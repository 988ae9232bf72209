"""Decode a distinguished name to RFC 4514 text; every string type, hostile ones included."""

import functools

from probe.model.certificate import DistinguishedName
from probe.pki import der

_KEYWORDS = {  # RFC 4514, section 3
    "2.5.4.3": "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
_CODECS = {
    0x0C: "utf-8",  # UTF8String
    0x12: "ascii",  # NumericString
    0x13: "ascii",  # PrintableString
    0x14: "latin-1",  # TeletexString: T.61 in the standard, Latin-1 in practice
    0x16: "ascii",  # IA5String
    0x1A: "ascii",  # VisibleString
    0x1C: "utf-32-be",  # UniversalString
    0x1E: "utf-16-be",  # BMPString
}
_ESCAPES = str.maketrans({c: f"\\{c}" for c in '\\"+,;<>'} | {"\x00": "\\00"})


@functools.lru_cache(maxsize=4096)
def decode(name: bytes) -> tuple[DistinguishedName, int]:
    """Decode a DER Name; `der.DerError` where it is none.

    The number beside it is how many values are no text of their type. Those are shown as the
    text that they seem to be, or else in hex.
    """
    start, end = der.expect(name, 0, len(name), der.SEQUENCE)
    parts: list[str] = []
    common_names: list[str] = []
    broken = 0
    for tag, at, stop in der.children(name, start, end):
        if tag != der.SET:
            raise der.DerError("a relative distinguished name that is no SET")
        attributes = []
        for _, inner, inner_end in der.children(name, at, stop):
            keyword, text, shown, sound = _attribute(name, inner, inner_end)
            attributes.append(f"{keyword}={shown}")
            broken += not sound
            if keyword == "CN":
                common_names.append(shown if text is None else text)
        parts.append("+".join(attributes))
    parts.reverse()  # RFC 4514, 2.1: the last comes first
    return DistinguishedName(",".join(parts), name, tuple(common_names)), broken


def _attribute(data: bytes, at: int, end: int) -> tuple[str, str | None, str, bool]:
    """Decode one attribute: its keyword, its text, what is shown, and whether it is sound."""
    start, stop = der.expect(data, at, end, der.OID)
    oid = der.oid_text(data[start:stop])
    tag, start, value_end = der.read(data, stop, end)
    text, sound = _text(tag, data[start:value_end])
    shown = "#" + data[stop:value_end].hex() if text is None else _escape(text)
    return _KEYWORDS.get(oid, oid), text, shown, sound


def _text(tag: int, value: bytes) -> tuple[str | None, bool]:
    codec = _CODECS.get(tag)
    if codec is None:
        return None, False
    try:
        return value.decode(codec), True
    except UnicodeDecodeError:
        if codec != "ascii":
            return None, False
    try:
        return value.decode(), False
    except UnicodeDecodeError:
        return value.decode("latin-1"), False


def _escape(text: str) -> str:
    """Escape a value as RFC 4514, 2.4 asks."""
    escaped = text.translate(_ESCAPES)
    if text[:1] in {"#", " "}:
        escaped = "\\" + escaped
    if len(text) > 1 and text[-1] == " ":
        escaped = escaped[:-1] + "\\ "
    return escaped

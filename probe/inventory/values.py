"""Single values of an inventory, checked and brought to one spelling."""

import re
import unicodedata

_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+", re.ASCII)
_SHA1, _SHA256 = 40, 64


def thumbprint(text: str) -> str:
    """Return a SHA-1 or SHA-256 thumbprint in lower-case hex without separators.

    Colons, hyphens and white space go, and so do invisible characters: Windows' certificate
    dialog copies a left-to-right mark in front of the first digit.
    """
    bare = "".join(
        character
        for character in text
        if character not in ":-" and unicodedata.category(character) not in {"Cf", "Zs", "Cc"}
    ).lower()
    if not _HEX.fullmatch(bare):
        raise ValueError("is not a thumbprint: it must be hexadecimal")
    if len(bare) not in (_SHA1, _SHA256):
        raise ValueError(
            f"is not a thumbprint: it has {len(bare)} digits, SHA-1 has {_SHA1}, "
            f"SHA-256 has {_SHA256}"
        )
    return bare


def oid(text: str) -> str:
    """Return a dotted object identifier; ValueError when it is none."""
    bare = text.strip()
    if not _OID.fullmatch(bare):
        raise ValueError("is not a dotted object identifier")
    return bare

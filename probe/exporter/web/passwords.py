"""Password hashes: bcrypt as ``htpasswd -nB`` writes it, scrypt as ``--hash-password`` does.

scrypt (RFC 7914) in the PHC string format: ``$scrypt$ln=15,r=8,p=1$SALT$HASH``, unpadded Base64.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from typing import Final

_BCRYPT: Final = re.compile(r"\$2[aby]\$(?P<cost>[0-9]{2})\$[./A-Za-z0-9]{53}", re.ASCII)
_SCRYPT: Final = re.compile(
    r"\$scrypt\$ln=(?P<ln>[0-9]{1,2}),r=(?P<r>[0-9]{1,2}),p=(?P<p>[0-9]{1,2})"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,86})\$(?P<hash>[A-Za-z0-9+/]{22,86})",
    re.ASCII,
)
_LN, _R, _P = 15, 8, 1  # 32 MiB and about a tenth of a second
_MOST: Final = 128 * 1024 * 1024
_COSTS: Final = range(4, 16)
_LONGEST_BCRYPT: Final = 72
"""Octets of a password that bcrypt regards; programs cut what is longer."""


def problem(text: str) -> str | None:
    """Return what is wrong with a hash, or None; the hash itself is never part of it."""
    if found := _BCRYPT.fullmatch(text):
        if int(found["cost"]) not in _COSTS:
            return (
                f"is a bcrypt hash of cost {found['cost']}: {_COSTS[0]} to {_COSTS[-1]} are taken"
            )
        return None
    if found := _SCRYPT.fullmatch(text):
        ln, r, p = (int(found[name]) for name in ("ln", "r", "p"))
        if not (ln and r and p) or 128 * r * (2**ln + p) > _MOST or p > _P * 8:
            return f"is a scrypt hash that takes more than {_MOST >> 20} MiB, or has a 0"
        try:
            _octets(found["salt"]), _octets(found["hash"])
        except ValueError:
            return "is a scrypt hash with Base64 that is none"
        return None
    return (
        "is no bcrypt or scrypt hash: make one with "
        "`cmprobe serve --hash-password` or `htpasswd -nB USER`"
    )


def verify(password: str, text: str) -> bool:
    """Whether ``password`` is the one of a hash that has no `problem`; takes its time."""
    octets = password.encode("utf-8", errors="surrogatepass")
    if b"\0" in octets:
        return False
    found = _SCRYPT.fullmatch(text)
    if found is None:
        import bcrypt  # noqa: PLC0415 - only where such a hash is used

        try:
            return bcrypt.checkpw(octets[:_LONGEST_BCRYPT], text.encode())
        except ValueError:  # its salt is none after all
            return False
    wanted = _octets(found["hash"])
    ln, r, p = (int(found[name]) for name in ("ln", "r", "p"))
    made = _derive(octets, _octets(found["salt"]), ln, r, p, len(wanted))
    return hmac.compare_digest(made, wanted)


def make(password: str) -> str:
    """Return a new scrypt hash of a password."""
    salt = os.urandom(16)
    made = _derive(password.encode(), salt, _LN, _R, _P, 32)
    return f"$scrypt$ln={_LN},r={_R},p={_P}${_text(salt)}${_text(made)}"


def _derive(password: bytes, salt: bytes, ln: int, r: int, p: int, size: int) -> bytes:
    return hashlib.scrypt(password, salt=salt, n=2**ln, r=r, p=p, maxmem=2 * _MOST, dklen=size)


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii").rstrip("=")


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None

"""Keys from passwords: RFC 7292 appendix B, PBKDF2 (RFC 8018) and scrypt (RFC 7914).

A file names its own number of rounds, so a hostile one could keep us busy for years: every
derivation is paid for from a `Budget`.
"""

import hashlib

from probe.pki.container import ber
from probe.pki.container.ber import Element
from probe.pki.container.contents import ContainerError

MAX_ROUNDS = 20_000_000
"""For one file; Windows and OpenSSL ask for 2,000 or so each time, Java for 10,000."""

ENCRYPTION = 1  # RFC 7292, B.3
VECTOR = 2
INTEGRITY = 3

_PBKDF2 = "1.2.840.113549.1.5.12"
_SCRYPT = "1.3.6.1.4.1.11591.4.11"
_MAX_SALT = 1024
_MAX_SCRYPT_MEMORY = 64 << 20
_SCRYPT_ROUND = 4  # a block of scrypt costs about as much as four rounds of PBKDF2

HASHES = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
HMACS = {
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.8": "sha224",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}


class Budget:
    """The rounds of key derivation that a file may still ask for."""

    def __init__(self) -> None:
        self._rounds = MAX_ROUNDS

    def spend(self, rounds: int) -> None:
        """Pay for a derivation, or refuse it."""
        self._rounds -= rounds
        if rounds < 1 or self._rounds < 0:
            raise ContainerError("its key derivation asks for an unreasonable number of rounds")


def pkcs12(
    hash_name: str, password: str | None, salt: bytes, rounds: int, purpose: int, length: int
) -> bytes:
    """Derive ``length`` octets as RFC 7292, B.2 says; None is the password without octets."""
    if len(salt) > _MAX_SALT:
        raise ContainerError("its salt is too long")
    block = hashlib.new(hash_name, usedforsecurity=False).block_size
    secret = b"" if password is None else password.encode("utf-16-be", "surrogatepass") + b"\0\0"
    joined = _fill(salt, block) + _fill(secret, block)
    derived = b""
    while True:
        digest = bytes((purpose,)) * block + joined
        for _ in range(rounds):
            digest = hashlib.new(hash_name, digest, usedforsecurity=False).digest()
        derived += digest
        if len(derived) >= length:
            return derived[:length]
        joined = _advance(joined, digest, block)


def password_based(
    algorithm: Element, password: str | None, default_length: int, budget: Budget
) -> bytes:
    """Derive a key as the AlgorithmIdentifier of PBES2 or PBMAC1 says (RFC 8018, A.2)."""
    kind, parameters = _algorithm(algorithm)
    secret = (password or "").encode("utf-8", "surrogatepass")
    fields = ber.sequence(parameters, 2)
    salt = ber.octets(fields[0])
    if kind == _SCRYPT:
        return _scrypt(secret, salt, fields, default_length, budget)
    if kind != _PBKDF2:
        raise ContainerError(f"its key derivation ({kind}) is not known")
    rounds = ber.integer(fields[1])
    length, name = default_length, "sha1"
    for field in fields[2:]:
        if field.tag == ber.INTEGER:
            length = ber.integer(field)
        else:
            name = lookup(HMACS, field, "key derivation")
    if length != default_length:
        raise ContainerError("its key derivation names a length that does not fit")
    budget.spend(rounds)
    return hashlib.pbkdf2_hmac(name, secret, salt, rounds, length)


def lookup(table: dict[str, str], algorithm: Element, what: str) -> str:
    """Find an AlgorithmIdentifier's name in ``table``."""
    kind, _ = _algorithm(algorithm)
    if kind not in table:
        raise ContainerError(f"its {what} ({kind}) is not known")
    return table[kind]


def _algorithm(element: Element) -> tuple[str, Element]:
    members = ber.sequence(element, 1)
    return ber.oid(members[0]), members[1] if len(members) > 1 else members[0]


def _scrypt(
    secret: bytes, salt: bytes, fields: list[Element], length: int, budget: Budget
) -> bytes:
    n, r, p = (ber.integer(field) for field in fields[1:4])
    if min(n, r, p) < 1 or n * r * 128 > _MAX_SCRYPT_MEMORY:
        raise ContainerError("its key derivation asks for an unreasonable amount of memory")
    budget.spend(n * r * p * _SCRYPT_ROUND)
    try:
        return hashlib.scrypt(
            secret, salt=salt, n=n, r=r, p=p, dklen=length, maxmem=2 * _MAX_SCRYPT_MEMORY
        )
    except ValueError as error:
        raise ContainerError("its key derivation has unsound parameters") from error


def _fill(value: bytes, block: int) -> bytes:
    """Repeat a value to the next multiple of a block."""
    if not value:
        return b""
    size = -(-len(value) // block) * block
    return (value * (size // len(value) + 1))[:size]


def _advance(joined: bytes, digest: bytes, block: int) -> bytes:
    """Add the digest, repeated to a block, plus one to each block of the input."""
    addend = int.from_bytes(_fill(digest, block)[:block], "big") + 1
    mask = (1 << 8 * block) - 1
    return b"".join(
        (int.from_bytes(joined[at : at + block], "big") + addend & mask).to_bytes(block, "big")
        for at in range(0, len(joined), block)
    )

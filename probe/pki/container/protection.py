"""Open what a password protects in PKCS#12 (RFC 7292, RFC 8018, RFC 9579).

The ciphers are cryptography's. No message here repeats a password or anything decrypted.
"""

import hmac
from collections.abc import Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import RC2, TripleDES
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from probe.pki.container import ber, derivation
from probe.pki.container.ber import Element
from probe.pki.container.contents import ContainerError
from probe.pki.container.derivation import Budget

RC2_40 = "1.2.840.113549.1.12.1.6"
"""What Windows encrypted certificates with for decades; cryptography has no such cipher."""

_PBES2 = "1.2.840.113549.1.5.13"
_PBMAC1 = "1.2.840.113549.1.5.14"
_PKCS12: dict[str, tuple[type[TripleDES | RC2], int]] = {
    "1.2.840.113549.1.12.1.3": (TripleDES, 24),
    "1.2.840.113549.1.12.1.4": (TripleDES, 16),
    "1.2.840.113549.1.12.1.5": (RC2, 16),
}
_PBES2_CIPHERS: dict[str, tuple[type[AES | TripleDES], int]] = {
    "2.16.840.1.101.3.4.1.2": (AES, 16),
    "2.16.840.1.101.3.4.1.22": (AES, 24),
    "2.16.840.1.101.3.4.1.42": (AES, 32),
    "1.2.840.113549.3.7": (TripleDES, 24),
}
_DOUBLE_KEY = 16
_SHA1 = bytes.fromhex("06052b0e03021a")
_SHA1_SIZE = 20


class WrongPasswordError(Exception):
    """The octets do not decrypt to anything sound."""


def authenticate(
    mac: Element, message: bytes, passwords: Sequence[str | None], budget: Budget
) -> str | None:
    """Return the first of ``passwords`` that the MacData accepts (RFC 7292, 4 and RFC 9579)."""
    fields = ber.sequence(mac, 2)
    algorithm, expected = ber.sequence(fields[0], 2)[:2]
    salt = ber.octets(fields[1])
    rounds = ber.integer(fields[2]) if len(fields) > 2 else 1  # noqa: PLR2004 - the optional third
    wanted = ber.octets(expected)
    for password in passwords:
        found = _mac(algorithm, message, salt, rounds, password, budget)
        if hmac.compare_digest(found, wanted):
            return password
    raise WrongPasswordError


def seal(message: bytes, password: str | None) -> bytes:
    """Return the MacData that makes a message authentic, with a single round of derivation."""
    key = derivation.pkcs12("sha1", password, b"\0", 1, derivation.INTEGRITY, _SHA1_SIZE)
    digest = ber.tlv(ber.OCTET_STRING, hmac.digest(key, message, "sha1"))
    algorithm = ber.tlv(ber.SEQUENCE, _SHA1)
    return ber.tlv(
        ber.SEQUENCE,
        ber.tlv(ber.SEQUENCE, algorithm, digest),
        ber.tlv(ber.OCTET_STRING, b"\0"),
    )


def kind(algorithm: Element) -> str:
    """Return the OID of an AlgorithmIdentifier."""
    return ber.oid(ber.sequence(algorithm, 1)[0])


def decrypt(algorithm: Element, ciphertext: bytes, password: str | None, budget: Budget) -> bytes:
    """Decrypt a SEQUENCE with the password-based scheme that ``algorithm`` names."""
    scheme = kind(algorithm)
    parameters = ber.sequence(algorithm, 2)[1]
    if scheme == _PBES2:
        cipher, vector = _pbes2(parameters, password, budget)
    elif scheme in _PKCS12:
        cipher, vector = _pkcs12(_PKCS12[scheme], parameters, password, budget)
    else:
        raise ContainerError(f"its encryption ({scheme}) is not known")
    plain = _decrypt(cipher, vector, ciphertext)
    # One wrong key in 256 leaves sound padding behind, hence another look.
    try:
        whole = not ber.first(plain)[1]
    except ContainerError:
        whole = False
    if not whole or plain[0] != ber.SEQUENCE:
        raise WrongPasswordError
    return plain


def charge(algorithm: Element, budget: Budget) -> None:
    """Pay for a derivation of RFC 7292 that somebody else will do."""
    budget.spend(ber.integer(ber.sequence(ber.sequence(algorithm, 2)[1], 2)[1]))


def _mac(
    algorithm: Element,
    message: bytes,
    salt: bytes,
    rounds: int,
    password: str | None,
    budget: Budget,
) -> bytes:
    if kind(algorithm) == _PBMAC1:
        parameters = ber.sequence(ber.sequence(algorithm, 2)[1], 2)
        name = derivation.lookup(derivation.HMACS, parameters[1], "integrity algorithm")
        size = hmac.new(b"", None, name).digest_size
        key = derivation.password_based(parameters[0], password, size, budget)
    else:
        name = derivation.lookup(derivation.HASHES, algorithm, "integrity algorithm")
        budget.spend(rounds)
        size = hmac.new(b"", None, name).digest_size
        key = derivation.pkcs12(name, password, salt, rounds, derivation.INTEGRITY, size)
    return hmac.digest(key, message, name)


def _pbes2(
    parameters: Element, password: str | None, budget: Budget
) -> tuple[BlockCipherAlgorithm, bytes]:
    derive, scheme = ber.sequence(parameters, 2)[:2]
    name = kind(scheme)
    if name not in _PBES2_CIPHERS:
        raise ContainerError(f"its encryption ({name}) is not known")
    algorithm, length = _PBES2_CIPHERS[name]
    key = derivation.password_based(derive, password, length, budget)
    return algorithm(key), ber.octets(ber.sequence(scheme, 2)[1])


def _pkcs12(
    cipher: tuple[type[TripleDES | RC2], int],
    parameters: Element,
    password: str | None,
    budget: Budget,
) -> tuple[BlockCipherAlgorithm, bytes]:
    algorithm, length = cipher
    fields = ber.sequence(parameters, 2)
    salt, rounds = ber.octets(fields[0]), ber.integer(fields[1])
    budget.spend(2 * rounds)
    key = derivation.pkcs12("sha1", password, salt, rounds, derivation.ENCRYPTION, length)
    if algorithm is TripleDES and length == _DOUBLE_KEY:
        key += key[:8]
    return algorithm(key), derivation.pkcs12(
        "sha1", password, salt, rounds, derivation.VECTOR, algorithm.block_size // 8
    )


def _decrypt(cipher: BlockCipherAlgorithm, vector: bytes, ciphertext: bytes) -> bytes:
    block = cipher.block_size // 8
    if len(vector) != block:
        raise ContainerError("its encryption has unsound parameters")
    if not ciphertext or len(ciphertext) % block:
        raise ContainerError("its encrypted part is cut off")
    try:
        decryptor = Cipher(cipher, modes.CBC(vector)).decryptor()
        plain = decryptor.update(ciphertext) + decryptor.finalize()
    except UnsupportedAlgorithm as error:
        raise ContainerError("its encryption is not supported here") from error
    padding = plain[-1]
    if not 1 <= padding <= block or plain[-padding:] != bytes((padding,)) * padding:
        raise WrongPasswordError
    return plain[:-padding]

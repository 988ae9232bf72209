"""Private keys that lie beside certificates: only their public half ever leaves this module."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
)

from probe.pki.container import ber, protection
from probe.pki.container.derivation import Budget


class KeyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a private key: its public half if it could be opened, and its attributes.

    ``public_key`` is a SubjectPublicKeyInfo in DER. ``identifier`` is the localKeyId.
    """

    public_key: bytes | None = None
    identifier: bytes | None = None
    provider: str | None = None
    name: str | None = None


def from_der(data: bytes) -> bytes | None:
    """Return the public half of an unencrypted key (PKCS#8, PKCS#1, SEC 1), None if unreadable."""
    return _public(load_der_private_key, data, None)


def from_pem(block: bytes, passwords: Sequence[str]) -> bytes | None:
    """Return the public half of a key with its own encryption headers (RFC 1421), or None."""
    publics = (_public(load_pem_private_key, block, _octets(password)) for password in passwords)
    return next(filter(None, publics), None)


def from_encrypted(data: bytes, passwords: Sequence[str | None], budget: Budget) -> bytes | None:
    """Return the public half of an EncryptedPrivateKeyInfo (RFC 5958, 3), None if unreadable.

    Raises `WrongPasswordError` when no password opens it, and `ContainerError` when its structure
    or its demands are not sound.
    """
    algorithm, ciphertext = ber.sequence(ber.first(data)[0], 2)[:2]
    for password in passwords:
        if protection.kind(algorithm) == protection.RC2_40:
            protection.charge(algorithm, budget)
            if public := _public(load_der_private_key, data, _octets(password)):
                return public
        else:
            try:
                plain = protection.decrypt(algorithm, ber.octets(ciphertext), password, budget)
            except protection.WrongPasswordError:
                continue
            return from_der(plain)
    raise protection.WrongPasswordError


def canonical(public_key: bytes) -> bytes:
    """Return a SubjectPublicKeyInfo as it is usually written, so that equal keys are equal."""
    try:
        return load_der_public_key(public_key).public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
    except Exception:  # noqa: BLE001 - what cannot be read is compared as octets
        return public_key


class _Load(Protocol):
    def __call__(
        self, data: bytes, password: bytes | None, *, unsafe_skip_rsa_key_validation: bool
    ) -> PrivateKeyTypes: ...


def _public(load: _Load, data: bytes, secret: bytes | None) -> bytes | None:
    try:
        # Only the public half is wanted: to check the private one costs more than all else here.
        key = load(data, secret, unsafe_skip_rsa_key_validation=True).public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except Exception:  # noqa: BLE001 - hostile octets, and nothing of a key may reach a traceback
        return None


def _octets(password: str | None) -> bytes:
    return (password or "").encode("utf-8", "surrogatepass")

"""The results of the last scan as octets, and back: what outlives a restart.

Observations are kept, and no verdicts: those are found anew by the rules and the trust of the
moment, so that nobody who can write the file decides what passes. Certificates stand in a table,
each once; a chain is a list of places in it. A target whose definition has changed since is not
recognised.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

import msgspec

from probe.model.observation import AddressObservation
from probe.model.stages import Chain
from probe.model.target import Target

LARGEST: Final = 256 * 1024 * 1024
"""Octets of a state file; 5,000 endpoints take a few MiB."""

_MAGIC: Final = b"cmprobe-state/"
_VERSION: Final = b"1"
_DIGEST: Final = hashlib.sha256().digest_size


class StateError(ValueError):
    """Octets that are no state of this version, and why."""


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """One target's last scan. ``mark`` recognises the definition it was made by."""

    id: str
    mark: bytes
    scanned: datetime
    failures: int
    seen: tuple[AddressObservation, ...]


class _Body(msgspec.Struct, frozen=True, array_like=True):
    certificates: list[bytes]
    entries: list[msgspec.Raw]


def mark(target: Target) -> bytes:
    """Return what changes when the definition of a target does; where it stands is no part."""
    plain = msgspec.structs.replace(target, origin="")
    return hashlib.sha256(msgspec.msgpack.encode(plain)).digest()[:8]


def encode(entries: Iterable[Kept]) -> bytes:
    """Return a state. What cannot be written (a lone surrogate in a name) is left out."""
    table: dict[bytes, int] = {}

    def places(value: Any) -> list[int]:  # noqa: ANN401 - msgspec's own
        if isinstance(value, Chain):
            return [table.setdefault(der, len(table)) for der in value.certificates]
        raise NotImplementedError(type(value).__name__)

    encoder = msgspec.msgpack.Encoder(enc_hook=places)
    encoded = []
    for entry in entries:
        try:
            encoded.append(msgspec.Raw(encoder.encode(entry)))
        except UnicodeEncodeError:
            continue
    body = msgspec.msgpack.encode(_Body(list(table), encoded))
    return _MAGIC + _VERSION + b"\n" + hashlib.sha256(body).digest() + body


def decode(data: bytes) -> list[Kept]:
    """Return what a state holds. StateError."""
    if not data.startswith(_MAGIC):
        raise StateError("is no state of cmprobe")
    version, newline, _ = data[len(_MAGIC) : len(_MAGIC) + 16].partition(b"\n")
    if not newline or version != _VERSION:
        raise StateError("is of another version of cmprobe")
    start = len(_MAGIC) + len(version) + 1
    digest, body = data[start : start + _DIGEST], memoryview(data)[start + _DIGEST :]
    if hashlib.sha256(body).digest() != digest:
        raise StateError("is damaged")
    try:
        outer = msgspec.msgpack.decode(body, type=_Body)
        decoder = msgspec.msgpack.Decoder(Kept, dec_hook=_chains(outer.certificates))
        return [decoder.decode(raw) for raw in outer.entries]
    except (msgspec.DecodeError, ValueError, RecursionError, OverflowError) as error:
        raise StateError(f"cannot be read: {error}") from None


def _chains(certificates: list[bytes]) -> Callable[[type, Any], Chain]:
    """Return what makes a chain of places in the table."""

    def chain(kind: type, value: Any) -> Chain:  # noqa: ANN401 - msgspec's own
        known = range(len(certificates))
        if kind is not Chain or not isinstance(value, list):
            raise ValueError("something else than a chain")
        if not all(isinstance(place, int) and place in known for place in value):
            raise ValueError("a certificate that is not there")
        return Chain(tuple([certificates[place] for place in value]))

    return chain

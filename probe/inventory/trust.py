"""Trust sources: files, directories and the platform's own roots, read once and kept."""

import os
import re
import ssl
import sys
from functools import lru_cache
from pathlib import Path

from probe.model.certificate import Undecodable
from probe.pki import certificate, pem
from probe.pki.trust import TrustStore

SYSTEM = "system"
"""The trust source that stands for the platform's roots."""

_SUFFIXES = frozenset({".pem", ".crt", ".cer", ".der"})
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+", re.ASCII)  # as `openssl rehash` names them
_LARGEST = 64 * 1024 * 1024  # octets; a whole platform's bundle has a quarter of a MiB
_SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
# Where distributions keep their bundle, for a Python whose OpenSSL was built to look elsewhere.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class TrustError(ValueError):
    """A trust source that cannot be used: ``source`` and why."""

    def __init__(self, source: str, reason: str) -> None:
        self.source = source
        self.reason = reason
        super().__init__(f"{source}: {reason}")


@lru_cache(maxsize=256)
def trust_store(trust: tuple[str, ...], intermediates: tuple[str, ...]) -> TrustStore:
    """Return the store of these sources; equal arguments give the same store. TrustError."""
    roots = [der for source in trust for der in certificates(source)]
    between = [der for source in intermediates for der in certificates(source)]
    return TrustStore(roots, between)


def forget() -> None:
    """Read every source anew from here on, as after a reload."""
    trust_store.cache_clear()
    certificates.cache_clear()


@lru_cache(maxsize=1024)
def certificates(source: str) -> tuple[bytes, ...]:
    """Return the certificates (DER) of a file, a directory or "system", each once. TrustError."""
    if source == SYSTEM:
        return tuple(system_roots())
    path = Path(source)
    try:
        found = _directory(path) if path.is_dir() else _file(path)
    except TrustError as error:
        raise TrustError(source, error.reason) from None
    except OSError as error:
        raise TrustError(source, _reason(error)) from None
    return tuple(dict.fromkeys(found))


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    return f"cannot be read: {error.strerror or error}"


def _file(path: Path) -> list[bytes]:
    """Return the certificates of one file: a PEM bundle or one DER certificate."""
    if path.exists() and not path.is_file():
        raise TrustError(str(path), "is neither a file nor a directory")
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise TrustError(str(path), f"is larger than {_LARGEST // 1024 // 1024} MiB")
    try:
        found = pem.split(data)
    except ValueError as error:
        raise TrustError(str(path), f"holds no certificate: {error}") from None
    for der in found:
        read = certificate.load(der)
        if isinstance(read, Undecodable):
            raise TrustError(str(path), f"holds what is no certificate: {read.reason}")
    return found


def _directory(path: Path) -> list[bytes]:
    """Return the certificates of every certificate file in a directory."""
    names = sorted(
        name
        for name in os.listdir(path)  # noqa: PTH208 - names are all that is wanted
        if os.path.splitext(name)[1].lower() in _SUFFIXES or _HASHED.fullmatch(name)  # noqa: PTH122 - likewise
    )
    found = []
    for name in names:
        try:
            found += _file(path / name) if (path / name).is_file() else []
        except TrustError as error:
            raise TrustError(str(path), f"holds {name}, which {error.reason}") from None
    if not found:
        kinds = ", ".join(sorted(_SUFFIXES))
        raise TrustError(str(path), f"is a directory without certificate files ({kinds})")
    return found


def system_roots() -> list[bytes]:
    """Return the platform's roots (DER).

    Windows: its ROOT store, as far as it is good for server authentication. Elsewhere: what
    OpenSSL would use (SSL_CERT_FILE and SSL_CERT_DIR, or its built-in places), directories
    included, and a distribution's bundle where that gives nothing. What cannot be read is left
    out, as OpenSSL does.
    """
    if sys.platform == "win32":
        return [
            der
            for der, encoding, purposes in ssl.enum_certificates("ROOT")
            if encoding == "x509_asn" and (purposes is True or _SERVER_AUTH in purposes)
        ]
    places = ssl.get_default_verify_paths()
    found: list[bytes] = []
    if places.cafile:
        found += _readable(Path(places.cafile))
    if places.capath:
        hashed = sorted(
            entry for entry in Path(places.capath).iterdir() if _HASHED.fullmatch(entry.name)
        )
        for entry in hashed:
            found += _readable(entry)
    chosen = {places.openssl_cafile_env, places.openssl_capath_env} & set(os.environ)
    if not found and not chosen:
        for bundle in _BUNDLES:
            found = found or _readable(Path(bundle))
    return list(dict.fromkeys(found))


def _readable(path: Path) -> list[bytes]:
    """Return the certificates of a file, none where it cannot be used."""
    try:
        return _file(path)
    except (OSError, TrustError):
        return []

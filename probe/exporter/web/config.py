"""The web configuration file: TLS, and who may log in. Every mistake is told with file and key.

```toml
hosts = ["monitor.example"]  # optional: names of a proxy on this machine

[tls]
certificate = "server.pem"   # with its issuers, relative to this file
key = "server.key"
client_ca = "clients.pem"    # optional: only clients with a certificate of these are let in

[users]
prometheus = "$scrypt$ln=15,r=8,p=1$…"
```
"""

import hashlib
import ssl
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from probe.exporter.web import passwords
from probe.inventory import hosts, toml
from probe.inventory.problems import InventoryError, Place, Problem, quote
from probe.inventory.strict import convert, step

_Path = Annotated[str, msgspec.Meta(min_length=1)]
_LARGEST = 1 << 20


class WebConfigError(ValueError):
    """A web configuration that cannot be used; each line names file and key."""


class _Minimum(StrEnum):
    TLS12 = "1.2"
    TLS13 = "1.3"


class _Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    certificate: _Path | None = None
    key: _Path | None = None
    client_ca: _Path | None = None
    minimum_version: _Minimum = _Minimum.TLS12


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hosts: list[str] = []
    tls: _Tls | None = None
    users: dict[str, str] = {}


class Tls(msgspec.Struct, frozen=True):
    """Files to serve TLS with; ``fixed`` changes with what cannot change while we listen."""

    certificate: Path
    key: Path
    client_ca: Path | None
    minimum: ssl.TLSVersion
    fixed: str

    def context(self) -> ssl.SSLContext:
        """Return a server's context. OSError, ssl.SSLError."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = self.minimum
        context.set_alpn_protocols(["http/1.1"])
        self.load(context)
        if self.client_ca is not None:
            context.load_verify_locations(self.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def load(self, context: ssl.SSLContext) -> None:
        """Have new connections use the certificate as the files hold it now."""
        context.load_cert_chain(self.certificate, self.key, password=_no_password)


class WebConfig(msgspec.Struct, frozen=True):
    """What the file asks for. Neither this nor its parts show a hash."""

    tls: Tls | None = None
    users: dict[str, str] = {}
    hosts: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """Say what there is, not what it holds."""
        return f"WebConfig(tls={self.tls is not None}, users={len(self.users)})"


def load(path: Path) -> WebConfig:
    """Return the configuration of a file, tried out. WebConfigError."""
    place = Place(str(path))
    problems: list[Problem] = []
    try:
        document, _ = convert(toml.parse(path), _File, place, problems)
    except InventoryError as error:
        raise WebConfigError(str(error).replace(": it defines no system", "")) from None
    tls = None if document.tls is None else _tls(document.tls, path.parent, place, problems)
    for name, hashed in document.users.items():
        problems += _user(name, hashed, place)
    names = _hosts(document.hosts, place, problems)
    if not problems and tls is None and not document.users and not names:
        problems.append(place.problem("", "has neither [tls] nor [users] nor hosts"))
    if problems:
        raise WebConfigError("\n".join(str(problem) for problem in problems))
    return WebConfig(tls, document.users, names)


def _hosts(written: list[str], place: Place, problems: list[Problem]) -> frozenset[str]:
    names = set()
    for position, name in enumerate(written):
        try:
            names.add(hosts.host_name(name))
        except ValueError as error:
            problems.append(place.problem(f"hosts[{position}]", f"{quote(name)} {error}"))
    return frozenset(names)


def _user(name: str, hashed: str, place: Place) -> list[Problem]:
    at = step("users", name)
    if not name or ":" in name or not name.isprintable():
        return [place.problem(at, f"{quote(name)} cannot log in: no colon, nothing invisible")]
    wrong = passwords.problem(hashed)
    return [] if wrong is None else [place.problem(at, wrong)]


def _tls(table: _Tls, directory: Path, place: Place, problems: list[Problem]) -> Tls | None:
    """Return the files of the table when they can be used together."""
    missing = [key for key in ("certificate", "key") if getattr(table, key) is None]
    if missing or table.certificate is None or table.key is None:
        problems += [place.problem(f"tls.{key}", "is missing") for key in missing]
        return None
    files = {
        key: directory / value
        for key in ("certificate", "key", "client_ca")
        if (value := getattr(table, key)) is not None
    }
    octets = {key: _read(key, file, place, problems) for key, file in files.items()}
    if None in octets.values():
        return None
    minimum = (
        ssl.TLSVersion.TLSv1_3
        if table.minimum_version is _Minimum.TLS13
        else ssl.TLSVersion.TLSv1_2
    )
    authorities = hashlib.sha256(octets.get("client_ca") or b"").hexdigest()
    client_ca = files.get("client_ca")
    tls = Tls(
        files["certificate"],
        files["key"],
        client_ca,
        minimum,
        f"{minimum} {client_ca is None} {authorities}",
    )
    try:
        tls.context()
    except (OSError, ValueError) as error:
        problems.append(_unusable(tls, error, place))
        return None
    return tls


def _read(key: str, file: Path, place: Place, problems: list[Problem]) -> bytes | None:
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST)
    except OSError as error:
        reason = f"{file} cannot be read: {error.strerror or error}"
        problems.append(place.problem(f"tls.{key}", reason))
        return None


def _unusable(tls: Tls, error: Exception, place: Place) -> Problem:
    """Tell which of the files OpenSSL means."""
    reason = getattr(error, "reason", None) or str(error)
    if reason == "KEY_VALUES_MISMATCH":
        return place.problem("tls.key", f"{tls.key} is not the key of {tls.certificate}")
    if isinstance(error, EncryptedKeyError):
        return place.problem("tls.key", f"{tls.key} {error}")
    alone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        alone.load_verify_locations(tls.certificate)
    except (OSError, ValueError):
        return place.problem("tls.certificate", f"{tls.certificate} holds no PEM certificate")
    try:
        if tls.client_ca is not None:
            alone.load_verify_locations(tls.client_ca)
    except (OSError, ValueError):
        return place.problem("tls.client_ca", f"{tls.client_ca} holds no PEM certificate")
    return place.problem("tls.key", f"{tls.key} cannot be used with the certificate: {reason}")


class EncryptedKeyError(ValueError):
    """A key that wants a password: a server starts without anybody who could type it."""


def _no_password() -> str:
    raise EncryptedKeyError("is encrypted: a server needs a key without a password")

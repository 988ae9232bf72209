"""Keys and chains as files, in the shapes that servers send them in."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from support import tls_identity
from support.tls_identity import HOST, Identities

from probe.lab import builder, keys


@dataclass(frozen=True)
class Files:
    """What a server is configured with, and ``sent``: what it then must send."""

    chain: Path
    issuers: Path
    key: Path
    both: Path
    staple: Path
    authorities: Path
    sent: tuple[bytes, ...]
    stapled: bytes


class Store:
    """Writes each identity once for the whole run."""

    def __init__(self, directory: Path) -> None:
        self._identities = Identities(directory)
        self._directory = directory
        self._made: dict[tuple[str, str], Files] = {}

    def files(self, kind: str, shape: str) -> Files:
        """Return an identity with a key of ``kind``; its chain has ``shape``."""
        found = self._made.get((kind, shape))
        if found is None:
            found = self._made[kind, shape] = self._write(kind, shape)
        return found

    def fill_in(self, option: str) -> str:
        """Put the files of other identities in their places."""
        for name, kind in (("rsa", "rsa"), ("ec", "secp256r1")):
            if f"{{{name}" in option:
                chain, key = self._identities.paths(kind)
                option = option.replace(f"{{{name}}}", str(chain))
                option = option.replace(f"{{{name}_key}}", str(key))
        return option

    def _write(self, kind: str, shape: str) -> Files:
        base = self._directory / f"{kind}-{shape}"
        base.mkdir()
        _, key = self._identities.paths(kind)
        usual = self._identities.sent(kind)
        sent = _shaped(kind, usual, shape)
        stapled = b"" if kind == "rsa-pss" else _staple(usual[0])
        parts = {
            "chain.pem": builder.pem(*sent),
            "issuers.pem": builder.pem(*sent[1:]),
            "both.pem": key.read_bytes() + builder.pem(*sent),
            "staple.der": stapled,
            # Where haproxy looks for it.
            "stapled.pem": key.read_bytes() + builder.pem(*sent),
            "stapled.pem.ocsp": stapled,
        }
        for name, content in parts.items():
            (base / name).write_bytes(content)
        return Files(
            chain=base / "chain.pem",
            issuers=base / "issuers.pem",
            key=key,
            both=base / "both.pem",
            staple=base / "staple.der",
            authorities=self._identities.roots(),
            sent=sent,
            stapled=stapled,
        )


def _shaped(kind: str, usual: tuple[bytes, ...], shape: str) -> tuple[bytes, ...]:
    root, after = tls_identity.authority().issuers[-1], usual[1:]
    shapes = {
        "usual": usual,
        "leaf-only": usual[:1],
        "with-root": (*usual, root),
        "duplicates": (*usual, *after, *after),
        "misordered": (usual[0], root, *after),
        "extras": (usual[0], _stranger(), *after),
    }
    return (_large(kind), *after) if shape == "large" else shapes[shape]


def _stranger() -> bytes:
    return builder.root("CN=Fabrikam Root CA", key=keys.ec_key(index=200)).der


def _large(kind: str) -> bytes:
    """A leaf that fits into no record: its Certificate message takes three."""
    issued = tls_identity.issued(kind)
    names = [
        HOST,
        *(f"client-{number:04}.some-long-site-name.contoso.com" for number in range(700)),
    ]
    return tls_identity.authority().issue(f"CN={HOST}", dns=names, key=issued.key).der


def _staple(der: bytes) -> bytes:
    """A response of the issuing authority, of the kind that haproxy checks before it takes it."""
    from cryptography import x509

    issuer = tls_identity.authority()
    now = datetime.now(UTC).replace(microsecond=0)
    built = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            x509.load_der_x509_certificate(der),
            issuer.certificate,
            SHA1(),  # noqa: S303 - it names the issuer, and servers look for it
            ocsp.OCSPCertStatus.GOOD,
            now,
            now.replace(year=now.year + 1, day=1),
            None,
            None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
    )
    assert not isinstance(issuer.key, keys.ed25519.Ed25519PrivateKey)
    return built.sign(issuer.key, SHA256()).public_bytes(Encoding.DER)

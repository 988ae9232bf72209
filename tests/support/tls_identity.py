"""Server identities of every kind of key, and contexts of the standard library's TLS server."""

import functools
import ssl
import subprocess
from pathlib import Path

from probe.lab import builder, keys

HOST = "mp01.corp.contoso.com"
KINDS = ("rsa", "secp256r1", "secp384r1", "secp521r1", "ed25519", "ed448")
_KEYS = {
    "rsa": keys.rsa_key,
    "ed25519": keys.ed25519_key,
    "ed448": keys.ed448_key,
}


@functools.cache
def authority() -> builder.Issued:
    """An issuing authority under a root, both with EC keys: they are fast to make."""
    root = builder.root("CN=Contoso Root CA", key=keys.ec_key())
    return root.authority("CN=Contoso Issuing CA", key=keys.ec_key(index=1))


@functools.cache
def issued(kind: str) -> builder.Issued:
    """A leaf with a key of ``kind``; the chain as sent has the issuing authority too."""
    make = _KEYS.get(kind)
    key = make() if make is not None else keys.ec_key(kind, 7)
    return authority().issue(f"CN={HOST}", dns=[HOST], key=key)


class Identities:
    """Identities as files, written once into a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def paths(self, kind: str) -> tuple[Path, Path]:
        """Return the chain's and the key's file; ``rsa-pss`` is made by openssl."""
        chain, key = self.directory / f"{kind}.pem", self.directory / f"{kind}.key"
        if not chain.exists():
            if kind == "rsa-pss":
                self._pss(chain, key)
            else:
                one = issued(kind)
                key.write_bytes(one.key_pem)
                chain.write_bytes(builder.pem(*one.sent))
        return chain, key

    def sent(self, kind: str) -> tuple[bytes, ...]:
        """Return the chain as the server sends it."""
        chain, _ = self.paths(kind)
        text = chain.read_text()
        marks = text.split("-----BEGIN CERTIFICATE-----")[1:]
        return tuple(
            ssl.PEM_cert_to_DER_cert(
                "-----BEGIN CERTIFICATE-----"
                + one.split("-----END")[0]
                + "-----END CERTIFICATE-----\n"
            )
            for one in marks
        )

    def issuers(self, kind: str) -> Path:
        """Return a file with what is sent after the leaf."""
        path = self.directory / f"{kind}.issuers.pem"
        if not path.exists():
            path.write_bytes(builder.pem(*self.sent(kind)[1:]))
        return path

    def roots(self) -> Path:
        """Return a file with the authority that client certificates may come from."""
        path = self.directory / "roots.pem"
        if not path.exists():
            path.write_bytes(builder.pem(authority().issuers[-1], authority().der))
        return path

    def context(
        self,
        kind: str,
        *,
        version: int | None = None,
        ciphers: str | None = None,
        ask: ssl.VerifyMode = ssl.CERT_NONE,
    ) -> ssl.SSLContext:
        """A server context; ``version`` on the wire is the only one it speaks."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.paths(kind))
        context.set_ciphers("ALL:@SECLEVEL=0" if ciphers is None else f"{ciphers}:@SECLEVEL=0")
        if version is not None:
            _only(context, version)
        if ask != ssl.CERT_NONE:
            context.load_verify_locations(self.roots())
            context.verify_mode = ask
        return context

    def _pss(self, chain: Path, key: Path) -> None:
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa-pss",
                "-pkeyopt",
                "rsa_keygen_bits:2048",
                "-nodes",
                "-subj",
                f"/CN={HOST}",
                "-days",
                "3",
                "-keyout",
                str(key),
                "-out",
                str(chain),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )


def _only(context: ssl.SSLContext, version: int) -> None:
    import warnings

    with warnings.catch_warnings():
        # TLS 1.0 and 1.1 are deprecated, and what is tested here.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion(version)
        context.minimum_version = ssl.TLSVersion(version)

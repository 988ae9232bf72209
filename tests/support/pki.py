"""A small PKI for servers in tests: root, issuing CA and a leaf, on elliptic curves."""

from functools import cache
from pathlib import Path

from probe.lab import builder, keys
from probe.lab.builder import Issued
from probe.lab.extensions import CLIENT_AUTH

HOST = "mp01.corp.contoso.com"


@cache
def root() -> Issued:
    return builder.root(key=keys.ec_key(index=100))


@cache
def issuing() -> Issued:
    return root().authority("CN=Contoso Issuing CA,DC=contoso,DC=com", key=keys.ec_key(index=101))


@cache
def leaf(host: str = HOST) -> Issued:
    return issuing().issue(f"CN={host}", dns=[host], key=keys.ec_key(index=102))


@cache
def rsa_leaf(host: str = HOST) -> Issued:
    return issuing().issue(f"CN={host}", dns=[host], key=keys.rsa_key(2048))


def write(directory: Path, issued: Issued | None = None, name: str = "server.pem") -> Path:
    """Write key, leaf and issuers into one PEM file, as servers like it."""
    issued = issued or leaf()
    path = directory / name
    path.write_bytes(issued.key_pem + issued.chain_pem)
    return path


def write_client(directory: Path) -> Path:
    """Write a client certificate with its key."""
    client = issuing().issue(
        "CN=probe", dns=["probe.contoso.com"], eku=[CLIENT_AUTH], key=keys.ec_key(index=103)
    )
    return write(directory, client, "client.pem")


def write_authority(directory: Path) -> Path:
    """Write what client certificates must come from."""
    path = directory / "authority.pem"
    path.write_bytes(issuing().pem + root().pem)
    return path

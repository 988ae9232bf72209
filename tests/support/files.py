"""Certificate files as the tools of the field write them."""

import base64
import os
import subprocess
from pathlib import Path

from support.programs import program

PASSWORD = "Pa55 wörd €"


def run(*command: str | Path, data: bytes | None = None, **environment: str) -> bytes:
    """Run a tool, fail with what it said, return its standard output."""
    done = subprocess.run(
        [str(part) for part in command],
        input=data,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def pfx(directory: Path, certificates: bytes, key: bytes, *options: str, password: str = PASSWORD):
    """A PKCS#12 file by openssl, from PEM; ``options`` go to ``openssl pkcs12 -export``."""
    (directory / "in.pem").write_bytes(key + certificates)
    run(
        *(program("openssl"), "pkcs12", "-export", "-in", directory / "in.pem", *options),
        *("-out", directory / "out.pfx", "-passout", "env:SECRET"),
        SECRET=password,
    )
    return (directory / "out.pfx").read_bytes()


def p7b(directory: Path, certificates: bytes, form: str = "DER") -> bytes:
    """A PKCS#7 file without signers by openssl, from PEM."""
    (directory / "in.pem").write_bytes(certificates)
    command = (program("openssl"), "crl2pkcs7", "-nocrl", "-certfile", directory / "in.pem")
    return run(*command, "-outform", form)


def certutil_csv(rows: list[tuple[int, bytes | None]], heading: str = "Binary Certificate") -> str:
    """What ``certutil -view -out RequestID,Disposition,RawCertificate csv`` prints."""
    lines = [f'"Request ID","Request Disposition","{heading}"']
    for request, der in rows:
        cell, state = "EMPTY", "0x9 (9) -- Pending"
        if der is not None:
            text = base64.encodebytes(der).decode().replace("\n", "\r\n")
            cell = f"-----BEGIN CERTIFICATE-----\r\n{text}-----END CERTIFICATE-----\r\n"
            state = "0x14 (20) -- Issued"
        lines.append(f'"0x{request:x} ({request})","{state}","{cell}"')
    return "\r\n".join(lines) + "\r\n"

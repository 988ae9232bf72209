"""OCSP responders on loopback: OpenSSL's, and one whose manners a test chooses."""

import asyncio
import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from support.crls import LAST
from support.programs import program, running

from probe.lab.builder import Issued


@contextmanager
def openssl_responder(
    directory: Path, port: int, authority: Issued, signer: Issued, revoked: tuple[int, ...] = ()
) -> Iterator[None]:
    """Run ``openssl ocsp``, which answers one connection after the other."""
    lines = [
        f"R\t280101000000Z\t260501000000Z,superseded\t{serial:040X}\tunknown\t/CN=x\n"
        for serial in revoked
    ]
    (directory / "index.txt").write_text("".join(lines))
    for name, octets in (
        ("ca.pem", authority.pem),
        ("signer.pem", signer.pem),
        ("key.pem", signer.key_pem),
    ):
        (directory / name).write_bytes(octets)
    command = [
        program("openssl"), "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "signer.pem",
        "-rkey", "key.pem", "-port", str(port), "-ndays", "1",
    ]  # fmt: skip
    # It would wait for what a knock has to say.
    with running(command, port, directory=directory, knock=False):
        until = time.monotonic() + 10
        while b"waiting" not in (directory / "server.log").read_bytes().lower():
            assert time.monotonic() < until
            time.sleep(0.01)
        yield


class Manners:
    """Answers as ``how`` says: it gets method, digest and nonce, and returns an answer.

    ``asked`` are those three of each request.
    """

    def __init__(self, how: Callable[[str, str, bytes | None], object]) -> None:
        self.asked: list[tuple[str, str, bool]] = []
        self._how = how

    async def __call__(self, reader, writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, path, _ = head.split(" ", 2)
        if method == "POST":
            size = next(
                int(line[15:]) for line in head.splitlines() if line.startswith("Content-Length:")
            )
            octets = await reader.readexactly(size)
        else:
            octets = base64.b64decode(unquote(path[1:]))
        request = ocsp.load_der_ocsp_request(octets)
        nonce = next(
            (
                one.value.nonce
                for one in request.extensions
                if isinstance(one.value, x509.OCSPNonce)
            ),
            None,
        )
        digest = request.hash_algorithm.name
        self.asked.append((method, digest, nonce is not None))
        body = self._how(method, digest, nonce)
        status = "200 OK" if body else "405 Method Not Allowed"
        body = body or b""
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        await asyncio.sleep(0)


def answer(
    leaf: Issued,
    issuer: Issued,
    *,
    digest: str = "sha1",
    nonce: bytes | None = None,
    last=LAST,
    next_=None,
) -> bytes:
    """Sign an answer that the certificate is good."""
    named = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[digest]  # noqa: S303 - what responders know
    made = ocsp.OCSPResponseBuilder().add_response(
        cert=leaf.certificate, issuer=issuer.certificate, algorithm=named, cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=last, next_update=next_, revocation_time=None, revocation_reason=None,
    )  # fmt: skip
    made = made.responder_id(ocsp.OCSPResponderEncoding.NAME, issuer.certificate)
    if nonce is not None:
        made = made.add_extension(x509.OCSPNonce(nonce), critical=False)
    return made.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    """Return an error answer (RFC 6960, 4.2.1)."""
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)

"""Responders that differ in what they understand, and OpenSSL's."""

import asyncio
import base64
import time
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from cryptography.x509.ocsp import OCSPResponseStatus
from support import responder as responders
from support.programs import free_port
from support.responder import Manners, openssl_responder, refusal
from support.servers import serving, silent

from probe.lab import builder
from probe.model.failure import Kind, Stage
from probe.model.settings import Settings
from probe.net.resolve import Resolver
from probe.net.revocation import responder
from probe.net.revocation.errand import LIMIT, Errand
from probe.net.revocation.local import Local
from probe.pki import certificate, ocsp
from probe.pki.ocsp import OcspError

CA = builder.root("CN=Issuing")
LEAF = CA.issue("CN=mp01")
SIGNER = CA.issue("CN=Responder", eku=["1.3.6.1.5.5.7.3.9"])
ISSUER = certificate.load(CA.der)
CERTIFICATE = certificate.load(LEAF.der)
UNAUTHORIZED = refusal(OCSPResponseStatus.UNAUTHORIZED)


def good(digest="sha1", nonce=None):
    return responders.answer(LEAF, CA, digest=digest, nonce=nonce)


async def ask(port):
    resolver = Resolver(None)
    url = f"http://127.0.0.1:{port}"
    errand = Errand(url=url, server=None, private=True, stage=Stage.OCSP, limit=LIMIT)
    return await responder.ask(Local(Settings(), lambda _: resolver), errand, CERTIFICATE, ISSUER)


def answered(how):
    async def run():
        server = Manners(how)
        async with serving(server) as port:
            return await ask(port), server.asked

    return asyncio.run(run())


def status(found):
    return ocsp.read(found.data, CERTIFICATE, ISSUER, datetime.now(UTC), found.nonce)


GET = ("GET", "sha1", False)
POST = ("POST", "sha1", True)
MODERN = ("POST", "sha256", False)


@pytest.mark.parametrize(
    ("how", "asked"),
    [
        (lambda *_: good(), [GET]),
        (lambda method, _, nonce: good(nonce=nonce) if method == "POST" else None, [GET, POST]),
        (lambda method, *_: good() if method == "POST" else None, [GET, POST]),
        (lambda _, digest, __: good(digest) if digest == "sha256" else UNAUTHORIZED, [GET, POST, MODERN]),
    ],
    ids=["GET", "POST with a nonce", "POST, and nonces unknown", "SHA-256 only"],
)  # fmt: skip
def test_ways_to_ask(how, asked):
    found, seen = answered(how)
    assert seen == asked
    assert status(found).revoked is False


def test_an_answer_to_another_is_refused():
    found, _ = answered(lambda method, *_: good(nonce=b"x" * 32) if method == "POST" else None)
    with pytest.raises(OcspError, match="nonce differs") as raised:
        status(found)
    assert raised.value.kind == Kind.SIGNATURE


def test_what_nobody_answers_has_an_end(monkeypatch):
    monkeypatch.setattr(responder, "SECONDS", 0.3)

    async def run():
        async with serving(silent) as port:
            begun = time.perf_counter()
            return await ask(port), time.perf_counter() - begun

    found, seconds = asyncio.run(run())
    assert found.failure.kind is Kind.TIMEOUT
    assert seconds < 3


def test_a_responder_that_refuses_in_every_way_is_told_as_such():
    found, seen = answered(lambda *_: UNAUTHORIZED)
    assert seen == [GET, POST, MODERN]
    with pytest.raises(OcspError, match="unauthorized"):
        status(found)


@pytest.mark.real
@pytest.mark.parametrize("signer", [CA, SIGNER], ids=["issuer", "delegated"])
def test_openssl_understands_every_request(tmp_path, signer):
    port = free_port()
    resolver = Resolver(None)
    fetcher = Local(Settings(), lambda _: resolver)
    serial = LEAF.certificate.serial_number

    async def run(digest, nonce, method):
        request = ocsp.request(CERTIFICATE, ISSUER, digest, nonce)
        url = f"http://127.0.0.1:{port}/"
        if method == "GET":
            url += quote(base64.b64encode(request).decode(), safe="")
        body = request if method == "POST" else None
        errand = Errand(
            url=url, server=None, private=True, stage=Stage.OCSP, limit=LIMIT, body=body
        )
        return await fetcher.fetch(errand)

    with openssl_responder(tmp_path, port, CA, signer, (serial,)):
        for digest in ("sha1", "sha256"):
            for nonce in (None, b"n" * 32):
                for method in ("GET", "POST"):
                    found = asyncio.run(run(digest, nonce, method))
                    assert found.failure is None
                    read = ocsp.read(found.data, CERTIFICATE, ISSUER, datetime.now(UTC), nonce)
                    assert (read.revoked, read.reason) == (True, "superseded")
                    if nonce:
                        with pytest.raises(OcspError, match="nonce differs"):
                            ocsp.read(found.data, CERTIFICATE, ISSUER, datetime.now(UTC), b"m" * 32)

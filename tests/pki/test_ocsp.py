import contextlib
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as theirs

from probe.lab import builder
from probe.lab.builder import AS_OF
from probe.pki import certificate, ocsp
from probe.pki.ocsp import OcspError, Status

SHA1 = hashes.SHA1()  # noqa: S303 - what every responder knows
SIGNING = "1.3.6.1.5.5.7.3.9"
CA = builder.root("CN=Issuing")
LEAF = CA.issue("CN=mp01")
RESPONDER = CA.issue("CN=Responder", eku=[SIGNING])
LAST, NEXT = AS_OF - timedelta(hours=1), AS_OF + timedelta(days=1)
ISSUER = certificate.load(CA.der)
CERTIFICATE = certificate.load(LEAF.der)


def answer(
    signer=CA,
    *,
    status=theirs.OCSPCertStatus.GOOD,
    leaf=LEAF,
    issuer=CA,
    digest=SHA1,
    next_=NEXT,
    send=True,
    by_name=True,
    nonce=None,
    **said,
):
    revoked = status is theirs.OCSPCertStatus.REVOKED
    made = theirs.OCSPResponseBuilder().add_response(
        cert=leaf.certificate,
        issuer=issuer.certificate,
        algorithm=digest,
        cert_status=status,
        this_update=LAST,
        next_update=next_,
        revocation_time=LAST if revoked else None,
        revocation_reason=said.get("reason") if revoked else None,
    )
    encoding = theirs.OCSPResponderEncoding
    made = made.responder_id(encoding.NAME if by_name else encoding.HASH, signer.certificate)
    if nonce is not None:
        made = made.add_extension(x509.OCSPNonce(nonce), critical=False)
    if send and signer is not CA:
        made = made.certificates([signer.certificate])
    return made.sign(signer.key, hashes.SHA256()).public_bytes(_DER)


_DER = Encoding.DER


def read(octets, nonce=None):
    return ocsp.read(octets, CERTIFICATE, ISSUER, AS_OF, nonce)


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
@pytest.mark.parametrize("nonce", [None, b"0123456789abcdef"])
def test_a_request_is_what_the_library_makes(digest, nonce):
    request = theirs.load_der_ocsp_request(ocsp.request(CERTIFICATE, ISSUER, digest, nonce))
    made = theirs.OCSPRequestBuilder().add_certificate(
        LEAF.certificate, CA.certificate, getattr(hashes, digest.upper())()
    )
    if nonce:
        made = made.add_extension(x509.OCSPNonce(nonce), critical=False)
    assert request.public_bytes(_DER) == made.build().public_bytes(_DER)


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("signer", [CA, RESPONDER], ids=["issuer", "delegated"])
@pytest.mark.parametrize("digest", [SHA1, hashes.SHA256()], ids=["sha1", "sha256"])
def test_good(signer, by_name, digest):
    assert read(answer(signer, by_name=by_name, digest=digest)) == Status(False, LAST, NEXT)


def test_revoked():
    octets = answer(status=theirs.OCSPCertStatus.REVOKED, reason=x509.ReasonFlags.superseded)
    assert read(octets) == Status(True, LAST, NEXT, LAST, "superseded")


def test_unknown_and_without_end():
    octets = answer(status=theirs.OCSPCertStatus.UNKNOWN, next_=None)
    assert read(octets) == Status(None, LAST, None)


@pytest.mark.parametrize(
    ("octets", "kind", "why"),
    [
        (b"", "malformed", "no OCSP answer"),
        (b"<html>", "malformed", "no OCSP answer"),
        (answer()[:-2], "malformed", "no OCSP answer"),
        (
            theirs.OCSPResponseBuilder.build_unsuccessful(
                theirs.OCSPResponseStatus.UNAUTHORIZED
            ).public_bytes(_DER),
            "status",
            "the responder answers: unauthorized",
        ),
        (answer(leaf=CA.issue("CN=x")), "malformed", "other certificates"),
        (
            answer(issuer=builder.root("CN=Issuing"), leaf=LEAF),
            "malformed",
            "other certificates",
        ),
        (answer(CA.issue("CN=Responder")), "signature", "not for OCSP signing"),
        (
            answer(builder.root("CN=Other").issue("CN=Responder", eku=[SIGNING])),
            "signature",
            "not from the certificate's issuer",
        ),
        (
            answer(builder.root("CN=Issuing").issue("CN=Responder", eku=[SIGNING])),
            "signature",
            "not from the certificate's issuer",
        ),
        (
            answer(CA.issue("CN=Responder", eku=[SIGNING], not_after=AS_OF - timedelta(days=1))),
            "signature",
            "not valid now",
        ),
        (answer(RESPONDER, send=False), "signature", "signed neither by the issuer"),
        (answer(builder.root("CN=Issuing"), send=False), "signature", "does not verify"),
    ],
)
def test_what_does_not_count(octets, kind, why):
    with pytest.raises(OcspError, match=why) as caught:
        read(octets)
    assert caught.value.kind == kind


def test_a_broken_signature():
    octets = bytearray(answer())
    octets[-1] ^= 1
    with pytest.raises(OcspError, match="does not verify"):
        read(bytes(octets))


def test_nonce():
    assert read(answer(nonce=b"a" * 16), b"a" * 16).revoked is False
    assert read(answer(), b"a" * 16).revoked is False
    with pytest.raises(OcspError, match="nonce differs"):
        read(answer(nonce=b"b" * 16), b"a" * 16)


@pytest.mark.parametrize("offset", range(0, 300, 11))
def test_broken_octets_never_crash(offset):
    octets = bytearray(answer(RESPONDER))
    octets[offset % len(octets)] ^= 0x15
    with contextlib.suppress(OcspError):
        read(bytes(octets))


@pytest.mark.real
@pytest.mark.parametrize("delegated", [True, False])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_openssl_answers_our_request(tmp_path, delegated, digest):
    signer = RESPONDER if delegated else CA
    for name, octets in (
        ("ca.pem", CA.pem),
        ("signer.pem", signer.pem),
        ("key.pem", signer.key_pem),
        ("request.der", ocsp.request(CERTIFICATE, ISSUER, digest)),
        (
            "index.txt",
            f"R\t280101000000Z\t260501000000Z,keyCompromise\t{LEAF.certificate.serial_number:040X}\tunknown\t/CN=mp01\n".encode(),
        ),
    ):
        (tmp_path / name).write_bytes(octets)
    subprocess.run(
        ["openssl", "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "signer.pem", "-rkey", "key.pem",
         "-reqin", "request.der", "-respout", "answer.der", "-ndays", "1"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    found = ocsp.read((tmp_path / "answer.der").read_bytes(), CERTIFICATE, ISSUER, AS_OF)
    assert (found.revoked, found.reason) == (True, "key_compromise")
    assert found.revoked_at == datetime(2026, 5, 1, tzinfo=UTC)

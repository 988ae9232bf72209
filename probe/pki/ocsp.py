"""OCSP (RFC 6960, with the profile of RFC 5019): what to ask, and what an answer is worth."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from probe.model.certificate import Certificate, Presented
from probe.pki import algorithms, der, signatures
from probe.pki.certificate import load
from probe.pki.crl import spell
from probe.pki.quiet import Quietly

_HASHES: Final = {
    "sha1": bytes.fromhex("2b0e03021a"),
    "sha256": bytes.fromhex("608648016503040201"),
}
"""The contents of their object identifiers."""

_NONCE_BODY: Final = bytes.fromhex("2b0601050507300102")
_NULL: Final = b"\x05\x00"
_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_MOST_CERTIFICATES: Final = 8
_MOST_ANSWERS: Final = 64


class OcspError(ValueError):
    """The answer does not count; ``kind`` is status, malformed or signature."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Status(NamedTuple):
    """What a responder says of one certificate; ``revoked`` is None where it does not know it."""

    revoked: bool | None
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None = None
    reason: str | None = None


def request(
    certificate: Certificate, issuer: Certificate, digest: str = "sha1", nonce: bytes | None = None
) -> bytes:
    """Encode a request (RFC 6960, 4.1.1) for one certificate.

    SHA-1 names the issuer by default because every responder knows that (RFC 5019, 2.1.1); it
    proves nothing here. A nonce keeps responders from answering out of a cache.
    """
    algorithm = der.tlv(der.SEQUENCE, der.tlv(der.OID, _HASHES[digest]) + _NULL)
    name, key = identify(issuer, digest)
    size = (certificate.serial if certificate.serial >= 0 else ~certificate.serial).bit_length()
    serial = certificate.serial.to_bytes(size // 8 + 1, "big", signed=True)
    wanted = der.tlv(
        der.SEQUENCE,
        algorithm
        + der.tlv(der.OCTET_STRING, name)
        + der.tlv(der.OCTET_STRING, key)
        + der.tlv(der.INTEGER, serial),
    )
    body = der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, wanted))
    if nonce is not None:
        value = der.tlv(der.OCTET_STRING, der.tlv(der.OCTET_STRING, nonce))
        extension = der.tlv(der.SEQUENCE, der.tlv(der.OID, _NONCE_BODY) + value)
        body += der.tlv(0xA2, der.tlv(der.SEQUENCE, extension))
    return der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, body))


def identify(issuer: Certificate, digest: str) -> tuple[bytes, bytes]:
    """Return the hashes of an issuer's name and key, as a CertID has them."""
    info = issuer.public_key_der
    start, end = der.expect(info, 0, len(info), der.SEQUENCE)
    after = der.expect(info, start, end, der.SEQUENCE)[1]
    at, stop = der.expect(info, after, end, der.BIT_STRING)
    name = hashlib.new(digest, issuer.subject.der, usedforsecurity=False).digest()
    return name, hashlib.new(digest, info[at + 1 : stop], usedforsecurity=False).digest()


def read(
    data: bytes,
    certificate: Certificate,
    issuer: Certificate,
    at: datetime,
    nonce: bytes | None = None,
) -> Status:
    """Read an answer and verify who gave it; OcspError where it does not count.

    ``at`` is when it was received: a delegated responder's certificate must be valid then. Where
    the answer carries a nonce, it must be the one that was sent. Whether the answer is current
    is another question.
    """
    try:
        # Only here: the lock behind it is taken again wherever a certificate or key is read.
        with Quietly():
            response = ocsp.load_der_ocsp_response(data)
            _refuse_errors(response)
            given = [one.public_bytes(Encoding.DER) for one in response.certificates]
        _authenticate(data, response, issuer, [issuer, *map(load, given[:_MOST_CERTIFICATES])], at)
        _same_nonce(response, nonce)
        return _status(response, certificate, issuer)
    except OcspError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's octets, and any part may refuse them
        reason = " ".join(str(error).split())[:160]
        raise OcspError("malformed", f"no OCSP answer: {reason}") from None


def _refuse_errors(response: ocsp.OCSPResponse) -> None:
    """Refuse what is no answer, such as unauthorized or try later (RFC 6960, 4.2.1)."""
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        word = response.response_status.name.lower().replace("_", " ")
        raise OcspError("status", f"the responder answers: {word}")


def _same_nonce(response: ocsp.OCSPResponse, nonce: bytes | None) -> None:
    """Refuse another's nonce; an answer without one is usual (RFC 6960, 4.4.1)."""
    for extension in response.extensions:
        if isinstance(extension.value, x509.OCSPNonce) and nonce is not None:
            if extension.value.nonce != nonce:
                raise OcspError("signature", "it answers another request: the nonce differs")
            return


def _authenticate(
    data: bytes,
    response: ocsp.OCSPResponse,
    issuer: Certificate,
    responders: Sequence[Presented],
    at: datetime,
) -> None:
    """Find who signed: the issuer, or somebody whom it let sign (RFC 6960, 4.2.2.2)."""
    algorithm, tbs = _signed(data)
    refused = "it is signed neither by the issuer nor by a responder whose certificate it sends"
    for responder in responders:
        if not isinstance(responder, Certificate) or not _is_named(response, responder):
            continue
        kept = signatures.verify_octets(
            algorithms.signature(algorithm), None, response.signature, tbs, responder.public_key_der
        )
        if not kept:
            refused = "its signature does not verify"
            continue
        because = _unauthorized(responder, issuer, at)
        if because is None:
            return
        refused = because
    raise OcspError("signature", refused)


def _is_named(response: ocsp.OCSPResponse, responder: Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name.public_bytes() == responder.subject.der
    return response.responder_key_hash == identify(responder, "sha1")[1]


def _unauthorized(responder: Certificate, issuer: Certificate, at: datetime) -> str | None:
    if responder.public_key_der == issuer.public_key_der:
        return None
    if responder.issuer.der != issuer.subject.der or not signatures.verify(responder, issuer):
        return "the responder's certificate is not from the certificate's issuer"
    if _SIGNING not in (responder.eku or ()):
        return "the responder's certificate is not for OCSP signing"
    if not responder.not_before <= at <= responder.not_after:
        return "the responder's certificate is not valid now"
    return None


def _status(response: ocsp.OCSPResponse, certificate: Certificate, issuer: Certificate) -> Status:
    for count, answer in enumerate(response.responses):
        if count == _MOST_ANSWERS:
            break
        digest = answer.hash_algorithm.name
        if (
            digest in _HASHES
            and answer.serial_number == certificate.serial
            and (answer.issuer_name_hash, answer.issuer_key_hash) == identify(issuer, digest)
        ):
            reason = answer.revocation_reason
            revoked = {ocsp.OCSPCertStatus.GOOD: False, ocsp.OCSPCertStatus.REVOKED: True}
            return Status(
                revoked.get(answer.certificate_status),
                answer.this_update_utc,
                answer.next_update_utc,
                answer.revocation_time_utc,
                None if reason is None else spell(reason),
            )
    raise OcspError("malformed", "the answer is about other certificates")


def _signed(data: bytes) -> tuple[bytes, memoryview]:
    """Return the AlgorithmIdentifier and the octets signed of a BasicOCSPResponse."""
    start, end = der.expect(data, 0, len(data), der.SEQUENCE)
    _, _, at = der.read(data, start, end)  # responseStatus
    at, end = der.expect(data, at, end, 0xA0)
    at, end = der.expect(data, at, end, der.SEQUENCE)
    _, _, at = der.read(data, at, end)  # responseType
    at, end = der.expect(data, at, end, der.OCTET_STRING)
    at, end = der.expect(data, at, end, der.SEQUENCE)
    _, stop = der.expect(data, at, end, der.SEQUENCE)
    after = der.expect(data, stop, end, der.SEQUENCE)[1]
    return data[stop:after], memoryview(data)[at:stop]

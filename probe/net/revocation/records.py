"""From what sources gave to the records of an observation: one for each source and certificate."""

import msgspec

from probe.model.certificate import Certificate
from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import Observation
from probe.model.revocation import (
    RevocationAnswered,
    RevocationFailed,
    RevocationSkipped,
    RevocationSource,
    SourceKind,
)
from probe.net import failures
from probe.net.revocation.choosing import Asked
from probe.net.revocation.errand import Fetched
from probe.net.revocation.published import Answered, Published
from probe.pki import crl_scope
from probe.pki.crl import CrlError, RevocationList

UNKNOWN_ISSUER = "the issuer's certificate is not there: nobody can say who signed this"
_ON_HOLD_NO_MORE = "remove_from_crl"


def late(url: str, kind: SourceKind, one: Asked, seconds: float) -> RevocationFailed:
    """Record a source that was not there in time."""
    stage = Stage.OCSP if kind is SourceKind.OCSP else Stage.CRL
    failure = Failure(stage, Kind.TIMEOUT, "no answer in the time that a target has for all")
    return msgspec.structs.replace(_failed(url, kind, one, seconds, failure), late=True)


def _failed(
    url: str | None, kind: SourceKind, one: Asked, seconds: float, failure: Failure
) -> RevocationFailed:
    return RevocationFailed(
        url=url,
        kind=kind,
        seconds=seconds,
        position=one.position,
        failure=failure,
        not_sent=one.not_sent,
    )


def skipped(url: str, kind: SourceKind, one: Asked, because: str) -> RevocationSkipped:
    """Record a source that was not asked."""
    return RevocationSkipped(
        url=url, kind=kind, position=one.position, because=because, not_sent=one.not_sent
    )


def broken(seen: Observation, error: Exception) -> Observation:
    """Record that looking up failed by a bug of ours."""
    failure = failures.translate(Stage.CRL, error)
    failure = Failure(Stage.CRL, Kind.INTERNAL, failure.detail)
    record = RevocationFailed(
        url=None, kind=SourceKind.CRL, seconds=0.0, position=0, failure=failure
    )
    return msgspec.structs.replace(seen, revocation=(record,))


def of_list(
    url: str,
    kind: SourceKind,
    one: Asked,
    published: Published,
    base: RevocationList | None = None,
) -> RevocationSource:
    """Record what a CRL says of a certificate; a delta CRL goes with the ``base`` that named it."""
    crl, certificate, issuer = published.crl, one.certificate, one.issuer
    if crl is None:
        failure = published.failure or Failure(Stage.CRL, Kind.INTERNAL)
        return _failed(url, kind, one, published.seconds, failure)
    if because := _wrong(kind, crl, published, issuer):
        return msgspec.structs.replace(
            _failed(url, kind, one, published.seconds, because),
            this_update=crl.this_update,
            next_update=crl.next_update,
        )
    revoked, entry = None, None
    note = UNKNOWN_ISSUER if issuer is None else crl_scope.out_of_scope(crl, certificate)
    if note is None and kind is SourceKind.DELTA and base is not None:
        note = crl_scope.adds_to(crl, base)
    if note is None:
        try:
            entry = crl.find(certificate.serial)
            revoked = entry is not None and entry.reason != _ON_HOLD_NO_MORE
        except CrlError as error:
            note = str(error)
    return RevocationAnswered(
        url=url,
        kind=kind,
        seconds=published.seconds,
        this_update=crl.this_update,
        next_update=crl.next_update,
        position=one.position,
        revoked=revoked,
        reason=entry.reason if entry else None,
        revoked_at=entry.at if entry else None,
        next_publish=crl.next_publish,
        fetched=published.fetched,
        cached=published.cached,
        note=note,
        not_sent=one.not_sent,
    )


def _wrong(
    kind: SourceKind, crl: RevocationList, published: Published, issuer: Certificate | None
) -> Failure | None:
    """Return why a CRL does not count here at all."""
    if kind is SourceKind.CRL and crl.base is not None:
        return Failure(Stage.CRL, Kind.MALFORMED, "a delta CRL where a base CRL belongs")
    because = None if issuer is None else published.not_from(issuer)
    return None if because is None else Failure(Stage.CRL, Kind.SIGNATURE, because)


def of_responder(url: str, one: Asked, answered: Answered) -> RevocationSource:
    """Record what an OCSP responder says of a certificate."""
    if answered.failure is not None:
        return _failed(url, SourceKind.OCSP, one, answered.seconds, answered.failure)
    return _of_response(url, SourceKind.OCSP, one, answered)


def of_staple(data: bytes, one: Asked) -> RevocationSource:
    """Record what a stapled response says."""
    return _of_response(None, SourceKind.STAPLE, one, Answered(Fetched(0.0, data), None, 0.0))


def _of_response(
    url: str | None, kind: SourceKind, one: Asked, answered: Answered
) -> RevocationSource:
    from probe.pki import ocsp  # noqa: PLC0415 - few scans see OCSP

    if one.issuer is None:
        failure = Failure(Stage.OCSP, Kind.SIGNATURE, UNKNOWN_ISSUER)
        return _failed(url, kind, one, answered.seconds, failure)
    try:
        status = ocsp.read(
            answered.data, one.certificate, one.issuer, answered.fetched, answered.nonce
        )
    except ocsp.OcspError as error:
        failure = Failure(Stage.OCSP, Kind(error.kind), str(error))
        return _failed(url, kind, one, answered.seconds, failure)
    unknown = "the responder does not know this certificate"
    return RevocationAnswered(
        url=url,
        kind=kind,
        seconds=answered.seconds,
        this_update=status.this_update,
        next_update=status.next_update,
        position=one.position,
        revoked=status.revoked,
        reason=status.reason,
        revoked_at=status.revoked_at,
        fetched=answered.fetched,
        note=unknown if status.revoked is None else None,
        not_sent=one.not_sent,
    )

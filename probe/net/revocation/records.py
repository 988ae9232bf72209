"""From what sources gave to the records of an observation: one for each source and certificate."""

from datetime import UTC, datetime

import msgspec

from probe.model.certificate import Certificate
from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import Observation
from probe.model.revocation import (
    RevocationAnswered,
    RevocationFailed,
    RevocationSource,
    SourceKind,
)
from probe.net import failures
from probe.net.revocation.sources import Answered, Published
from probe.pki import crl_scope
from probe.pki.crl import CrlError, RevocationList

UNKNOWN_ISSUER = "the issuer's certificate is not there: nobody can say who signed this"
_ON_HOLD_NO_MORE = "remove_from_crl"


def late(url: str, kind: SourceKind, position: int, seconds: float) -> RevocationFailed:
    """Record a source that was not there in time."""
    stage = Stage.OCSP if kind is SourceKind.OCSP else Stage.CRL
    failure = Failure(stage, Kind.TIMEOUT, "no answer in the time that a target has for all")
    return RevocationFailed(url=url, kind=kind, seconds=seconds, position=position, failure=failure)


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
    position: int,
    published: Published,
    certificate: Certificate,
    issuer: Certificate | None,
    base: RevocationList | None = None,
) -> RevocationSource:
    """Record what a CRL says of a certificate; a delta CRL goes with the ``base`` that named it."""
    crl = published.crl
    if crl is None:
        failure = published.failure or Failure(Stage.CRL, Kind.INTERNAL)
        return RevocationFailed(
            url=url, kind=kind, seconds=published.seconds, position=position, failure=failure
        )
    if because := _wrong(kind, crl, published, issuer):
        return RevocationFailed(
            url=url,
            kind=kind,
            seconds=published.seconds,
            this_update=crl.this_update,
            next_update=crl.next_update,
            position=position,
            failure=because,
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
        position=position,
        revoked=revoked,
        reason=entry.reason if entry else None,
        revoked_at=entry.at if entry else None,
        next_publish=crl.next_publish,
        fetched=published.fetched,
        note=note,
    )


def _wrong(
    kind: SourceKind, crl: RevocationList, published: Published, issuer: Certificate | None
) -> Failure | None:
    """Return why a CRL does not count here at all."""
    if kind is SourceKind.CRL and crl.base is not None:
        return Failure(Stage.CRL, Kind.MALFORMED, "a delta CRL where a base CRL belongs")
    because = None if issuer is None else published.not_from(issuer)
    return None if because is None else Failure(Stage.CRL, Kind.SIGNATURE, because)


def of_responder(
    url: str,
    position: int,
    answered: Answered,
    certificate: Certificate,
    issuer: Certificate,
) -> RevocationSource:
    """Record what an OCSP responder says of a certificate."""
    if answered.failure is not None:
        return RevocationFailed(
            url=url,
            kind=SourceKind.OCSP,
            seconds=answered.seconds,
            position=position,
            failure=answered.failure,
        )
    return _of_response(
        url,
        SourceKind.OCSP,
        position,
        answered.data,
        certificate,
        issuer,
        seconds=answered.seconds,
        fetched=answered.fetched,
    )


def of_staple(
    data: bytes, position: int, certificate: Certificate, issuer: Certificate | None
) -> RevocationSource:
    """Record what a stapled response says."""
    if issuer is None:
        failure = Failure(Stage.OCSP, Kind.SIGNATURE, UNKNOWN_ISSUER)
        return RevocationFailed(
            url=None, kind=SourceKind.STAPLE, seconds=0.0, position=position, failure=failure
        )
    now = datetime.now(UTC).replace(microsecond=0)
    return _of_response(
        None,
        SourceKind.STAPLE,
        position,
        data,
        certificate,
        issuer,
        seconds=0.0,
        fetched=now,
    )


def _of_response(
    url: str | None,
    kind: SourceKind,
    position: int,
    data: bytes,
    certificate: Certificate,
    issuer: Certificate,
    *,
    seconds: float,
    fetched: datetime,
) -> RevocationSource:
    from probe.pki import ocsp  # noqa: PLC0415 - few scans see OCSP

    try:
        status = ocsp.read(data, certificate, issuer, fetched)
    except ocsp.OcspError as error:
        return RevocationFailed(
            url=url,
            kind=kind,
            seconds=seconds,
            position=position,
            failure=Failure(Stage.OCSP, Kind(error.kind), str(error)),
        )
    unknown = "the responder does not know this certificate"
    return RevocationAnswered(
        url=url,
        kind=kind,
        seconds=seconds,
        this_update=status.this_update,
        next_update=status.next_update,
        position=position,
        revoked=status.revoked,
        reason=status.reason,
        revoked_at=status.revoked_at,
        fetched=fetched,
        note=unknown if status.revoked is None else None,
    )

"""What ssl_exporter tells of a TLS probe (there: prober/metrics.go)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cryptography.x509 import ocsp
from prometheus_client import Metric

from probe.model.certificate import Certificate
from probe.model.revocation import RevocationAnswered, SourceKind
from probe.model.target import Transport
from probe.pki.quiet import Quietly
from probe.render.metrics.established import table
from probe.render.metrics.established.describe import LONGEST, identity, spelled
from probe.render.metrics.established.single import single
from probe.render.metrics.established.view import View
from probe.render.metrics.family import Family
from probe.render.metrics.plain import Values, plain
from probe.render.metrics.sample import timestamp

_TDS = (Transport.TDS, Transport.TDS_STRICT)


def ssl_exporter(view: View) -> Iterator[Metric]:
    """Yield the families of ssl_exporter."""
    yield single(table.SSL_SUCCESS, float(view.success))
    tds = any(one.target.transport in _TDS for one in view.results)
    yield single(table.SSL_PROBER, 1.0, "tds" if tds else "tcp")
    if view.handshake and view.handshake.version:
        yield single(table.SSL_VERSION, 1.0, spelled(view.handshake.version))
    if view.certificates:
        yield from _lifetimes(
            table.NOT_AFTER, table.NOT_BEFORE, (((), one) for one in view.certificates)
        )
    if view.verified:
        numbered = (
            ((str(number),), one) for number, chain in enumerate(view.verified) for one in chain
        )
        yield from _lifetimes(table.VERIFIED_NOT_AFTER, table.VERIFIED_NOT_BEFORE, numbered)
    yield from _staple(view)


def _lifetimes(
    ends: Family, starts: Family, certificates: Iterable[tuple[tuple[str, ...], Certificate]]
) -> Iterator[Metric]:
    """Yield when certificates end and start; of those with the same labels the first to end."""
    after: list[Values] = []
    before: list[Values] = []
    for first, one in sorted(certificates, key=lambda pair: pair[1].not_after):
        labels = (*first, *identity(one))
        after.append((labels, timestamp(one.not_after)))
        before.append((labels, timestamp(one.not_before)))
    yield plain(ends, after, LONGEST)
    yield plain(starts, before, LONGEST)


def _staple(view: View) -> Iterator[Metric]:
    if not (view.worst and view.handshake):
        return
    staple = view.handshake.ocsp_staple
    yield single(table.STAPLED, float(staple is not None))
    for source in view.worst.observation.revocation:
        if isinstance(source, RevocationAnswered) and source.kind is SourceKind.STAPLE:
            known = 2.0 if source.revoked is None else float(source.revoked)
            yield single(table.STATUS, known)
            for family, instant in (
                (table.PRODUCED_AT, _produced(staple or b"")),
                (table.THIS_UPDATE, source.this_update),
                (table.NEXT_UPDATE, source.next_update),
                (table.REVOKED_AT, source.revoked_at),
            ):
                if instant:
                    yield single(family, timestamp(instant))
            return


def _produced(staple: bytes) -> datetime | None:
    """Return when a response was signed, which nothing but these metrics asks for."""
    try:
        with Quietly():
            return ocsp.load_der_ocsp_response(staple).produced_at_utc
    except ValueError:
        return None

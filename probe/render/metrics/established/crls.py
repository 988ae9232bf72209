"""What blackbox_exporter tells of CRLs (there: prober/crl.go)."""

from collections.abc import Iterator

from prometheus_client import Metric

from probe.model.certificate import Certificate
from probe.model.report import Result
from probe.model.revocation import RevocationAnswered, SourceKind
from probe.render.digest import members_of
from probe.render.metrics.established import table
from probe.render.metrics.established.describe import LONGEST, leaf
from probe.render.metrics.plain import Values, plain
from probe.render.metrics.revocation import told
from probe.render.metrics.sample import timestamp

_MOST = 10


def crls(result: Result) -> Iterator[Metric]:
    """Yield the families about CRLs, of one address; a delta CRL is not told of there."""
    members = dict(enumerate(members_of(result)))
    asked = [
        source
        for source in result.observation.revocation
        if source.kind is SourceKind.CRL and told(source)
    ]
    available, revoked, stale, until = (list[Values]() for _ in range(4))
    for source in asked[:_MOST]:
        certificate = members.get(-1 if source.position is None else source.position)
        if not isinstance(certificate, Certificate):
            continue
        labels = (*leaf(certificate), str(source.position), source.url or "")
        available.append((labels, float(isinstance(source, RevocationAnswered))))
        if not isinstance(source, RevocationAnswered):
            continue
        if source.revoked is not None:
            revoked.append((labels, float(source.revoked)))
        if source.next_update:
            stale.append((labels, float(source.next_update < source.fetched)))
            until.append((labels, timestamp(source.next_update)))
    for family, samples in (
        (table.CRL_AVAILABLE, available),
        (table.CRL_REVOKED, revoked),
        (table.CRL_STALE, stale),
        (table.CRL_NEXT_UPDATE, until),
    ):
        if samples:
            yield plain(family, samples, LONGEST)

"""Samples as tests like to compare them: name, labels and value."""

from datetime import timedelta

import msgspec
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from support.chains import AS_OF, leaf
from support.reports import link, one, seen, target

from probe.model.finding import Finding, Outcome, SubjectCertificate
from probe.model.report import Result
from probe.model.revocation import RevocationAnswered, SourceKind
from probe.model.rule import Severity
from probe.render.metrics import Series

OPENMETRICS = "application/openmetrics-text; version=1.0.0"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def told(series: Series) -> Samples:
    """Return what an endpoint's series hold, without the labels of the endpoint."""
    return {
        (line.family.name, frozenset(zip(line.family.labels, line.values, strict=True))): value
        for group in series.groups.values()
        for line, value in zip(group.lines, group.values, strict=True)
    }


def collected(metrics) -> Samples:
    """Return the samples of metrics; none may come twice."""
    found = {}
    for metric in metrics:
        for sample in metric.samples:
            name = sample.name, frozenset(sample.labels.items())
            assert name not in found, name
            found[name] = sample.value
    return found


def parsed(text: str) -> Samples:
    return collected(parse_text(text))


def parsed_openmetrics(text: str) -> Samples:
    return collected(parse_openmetrics(text))


def judged(
    rule: str,
    outcome: Outcome = Outcome.PASS,
    *,
    severity: Severity = Severity.ERROR,
    profile: str = "any",
    at: int | None = 0,
) -> Finding:
    subject = None if at is None else SubjectCertificate(at, "00" * 32)
    return Finding(profile, rule, severity, outcome, subject, "seen", "expected")


def answered(url: str, position: int = 0, *, days: float = 3, **fields) -> RevocationAnswered:
    return RevocationAnswered(
        url=url,
        kind=fields.pop("kind", SourceKind.CRL),
        seconds=0.1,
        this_update=AS_OF - timedelta(days=1),
        next_update=AS_OF + timedelta(days=days),
        position=position,
        fetched=AS_OF,
        **fields,
    )


def endpoint(*findings: Finding, chain=None, revocation=(), host="dp01.corp.contoso.com", **fields):
    """Return a result as a distribution point gives it; its first two certificates are linked."""
    subject = target(host, "distribution-point", site="P01")
    chain = leaf(host) if chain is None else chain
    observation = seen(chain)
    observation = msgspec.structs.replace(observation, revocation=tuple(revocation), **fields)
    links = (link(chain, 0, 1, ""), link(chain, 1, None, "")) if chain[1:] else ()
    result: Result = one(subject, observation, *findings, links=links)
    return result

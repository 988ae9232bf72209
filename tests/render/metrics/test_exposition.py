"""What is written is what prometheus_client would write, and reads back as what was meant."""

import gzip

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest
from prometheus_client.exposition import choose_encoder
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from support.chains import AS_OF, leaf
from support.metrics import (
    OPENMETRICS,
    answered,
    collected,
    endpoint,
    judged,
    parsed,
    parsed_openmetrics,
)
from support.scenarios import SCENARIOS

from probe.lab import der
from probe.model.finding import Outcome
from probe.pki import certificate as certificates
from probe.render.files import FromFile
from probe.render.metrics import (
    Fleet,
    FleetCollector,
    Health,
    exposition,
    probe_registry,
    series,
)

HEALTH = Health(version="0.1.0", targets=1)
TEXT = st.text(st.characters(), max_size=30)  # surrogates included


def registry_of(results, vantage="intranet"):
    fleet = Fleet([series(result, vantage, AS_OF) for result in results], HEALTH)
    registry = CollectorRegistry()
    registry.register(FleetCollector(lambda: fleet))
    return registry


def both(registry):
    text, openmetrics = exposition(registry)[0], exposition(registry, OPENMETRICS)[0]
    assert text == generate_latest(registry)
    assert openmetrics == generate_openmetrics(registry)
    meant = collected(registry.collect())
    assert parsed(text.decode()) == meant
    assert parsed_openmetrics(openmetrics.decode()) == meant


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_situation_is_written_as_prometheus_client_writes_it(name):
    report = SCENARIOS[name]()
    both(registry_of(report.results, report.vantage))


@pytest.mark.parametrize("name", SCENARIOS)
def test_and_so_is_every_probe(name):
    report = SCENARIOS[name]()
    targets = {result.target.id for result in report.results[:30]}
    for target in targets:
        results = [result for result in report.results if result.target.id == target]
        both(probe_registry(results, report.vantage, 0.25))


def test_the_request_chooses_the_format():
    registry = registry_of([endpoint()])
    assert exposition(registry)[1].startswith("text/plain; version=0.0.4")
    assert exposition(registry, "text/html")[1].startswith("text/plain; version=0.0.4")
    asked = (
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        "application/openmetrics-text;version=0.0.1;q=0.5,"
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
    )
    body, content_type = exposition(registry, asked)  # as Prometheus 3 asks
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert body.endswith(b"\n# EOF\n")
    assert body.count(b"# EOF") == 1
    body, content_type = exposition(registry, "text/plain;version=1.0.0;escaping=allow-utf-8")
    assert content_type.startswith("text/plain; version=1.0.0")
    assert body == exposition(registry)[0]


@given(st.text() | st.sampled_from(["version", "=", ";", ",", "1.0.0", "x", "text/plain"]))
@example("application/openmetrics-text;version=x")
@example("text/plain;version=1.x;escaping=nothing")
def test_whatever_is_asked_for_there_is_an_answer(accept):
    assert exposition(CollectorRegistry(), accept)[0] in {b"", b"# EOF\n"}


@pytest.mark.parametrize("kind", ["application/openmetrics-text", "text/plain"])
@pytest.mark.parametrize("escaping", ["allow-utf-8", "underscores", "dots"])
def test_names_are_spelled_as_the_request_wants(kind, escaping):
    registry = registry_of([endpoint()])
    accept = f"{kind};version=1.0.0;escaping={escaping}"
    write, content_type = choose_encoder(accept)
    assert exposition(registry, accept) == (write(registry), content_type)


def test_other_collectors_of_the_registry_are_written_too():
    registry = registry_of([endpoint()])
    Gauge("exporter_answers", "Other people's metric.", registry=registry).set(42)
    ProcessCollector(registry=registry)
    assert b"exporter_answers 42.0\n" in exposition(registry)[0]
    assert b"process_cpu_seconds_total" in exposition(registry)[0]
    body = exposition(registry, OPENMETRICS)[0].decode()
    assert "# TYPE exporter_answers gauge" in body
    assert parsed_openmetrics(body)[("exporter_answers", frozenset())] == 42


def test_an_empty_registry_is_an_empty_body():
    assert exposition(CollectorRegistry()) == (b"", exposition(CollectorRegistry())[1])
    assert exposition(CollectorRegistry(), OPENMETRICS)[0] == b"# EOF\n"


@settings(max_examples=60, deadline=None)
@given(
    subject=TEXT,
    issuer=TEXT,
    names=st.lists(TEXT, max_size=4),
    unit=TEXT,
    target=TEXT,
    site=TEXT,
    vantage=TEXT,
    url=TEXT,
    rule=TEXT,
    serial=st.integers(-(2**160), 2**160),
)
def test_whatever_a_certificate_says_it_reads_back(
    subject, issuer, names, unit, target, site, vantage, url, rule, serial
):
    usual = endpoint(
        judged(rule), judged(rule, Outcome.FAIL, profile=target), revocation=[answered(url)]
    )
    place = msgspec.structs.replace(usual.target, id=target, site=site, roles=(rule, unit))
    presented = certificates.load(leaf("dp01")[0])
    text = f"CN={subject},OU={unit}+OU={issuer}"
    distinguished = msgspec.structs.replace(
        presented.subject, text=text, common_names=("first", subject)
    )
    presented = msgspec.structs.replace(
        presented,
        subject=distinguished,
        issuer=msgspec.structs.replace(presented.issuer, text=issuer, common_names=(issuer,)),
        names=tuple(msgspec.structs.replace(presented.names[0], value=name) for name in names),
        serial=serial,
    )
    connected = msgspec.structs.replace(usual, target=place)
    file = FromFile(
        target=place,
        address=site,
        observation=usual.observation,
        findings=usual.findings,
        file=None,
        presented=(presented, presented),
    )
    both(registry_of([connected], vantage))
    both(registry_of([file], vantage))
    both(probe_registry([connected], vantage, 0.5))
    both(probe_registry([file], vantage, 0.5))


def test_huge_names_are_cut():
    chain = leaf(
        *(f"host{number}.contoso.com" for number in range(10_000)),
        subject=der.name(("2.5.4.3", 0x0C, b"x" * 1_000_000)),
    )
    result = endpoint(chain=chain)
    registry = registry_of([result])
    both(registry)
    assert len(exposition(registry)[0]) < 20_000
    probed = probe_registry([result], None, 1.0)
    both(probed)
    assert len(exposition(probed)[0]) < 60_000


def test_a_fleet_compresses_well():
    results = [endpoint(*(judged(f"r{n}") for n in range(30)), host=f"dp{m}") for m in range(50)]
    body = exposition(registry_of(results))[0]
    assert len(gzip.compress(body, 1)) < len(body) / 15

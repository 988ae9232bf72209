"""What a scrape of ``/metrics`` costs: processor time, size, and what is kept for an endpoint.

Run as ``python tests/benchmarks/bench_scrape.py [ENDPOINTS] [--client]``; prints JSON. The
endpoints are distribution points with a certificate each, really judged, with two CRLs.
``--client`` also measures prometheus_client writing the same registry (which takes seconds).
"""

import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest

from probe.catalogue import load
from probe.inventory import check_target
from probe.judge import Plan, assess
from probe.lab import builder, keys
from probe.model.observation import AddressObservation, Observation
from probe.model.report import Result
from probe.model.revocation import RevocationAnswered, SourceKind
from probe.model.stages import (
    Chain,
    ClientAuth,
    Connected,
    Handshaken,
    HttpAnswered,
    Resolved,
    VersionsTried,
)
from probe.pki.trust import TrustStore
from probe.render.metrics import Fleet, FleetCollector, Health, Series, exposition, series

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
OPENMETRICS = "application/openmetrics-text;version=1.0.0"


def results(count: int) -> Iterator[Result]:
    """Yield what a scan finds at ``count`` distribution points."""
    root = builder.root(key=keys.ec_key(index=0))
    issuing = root.authority("CN=Contoso Issuing CA,DC=contoso,DC=com", key=keys.ec_key(index=1))
    plan, store = Plan(load()), TrustStore([root.der], [])
    for number in range(count):
        host = f"dp{number:05}.corp.contoso.com"
        leaf = issuing.issue(f"CN={host}", dns=[host], key=keys.ec_key(index=2))
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        seen = AddressObservation(address, _observation(leaf.sent, address, number))
        target = check_target(host, 443, ["distribution-point"])
        yield from assess(target, [seen], plan, store, AS_OF)


def _observation(chain: tuple[bytes, ...], address: str, number: int) -> Observation:
    seconds = 0.01 + number / 1e6
    return Observation(
        resolution=Resolved(seconds=seconds, addresses=(address,)),
        connection=Connected(seconds=seconds),
        handshake=Handshaken(
            seconds=seconds,
            engine="observer",
            version="TLSv1.2",
            cipher="TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            client_auth=ClientAuth.NONE,
            key_proven=True,
            chain=Chain(chain),
        ),
        versions=VersionsTried(
            seconds=seconds, accepted=("TLSv1.2",), refused=("TLSv1", "TLSv1.1")
        ),
        http=HttpAnswered(seconds=seconds, code=403, path="/SMS_DP_SMSPKG$/"),
        revocation=tuple(
            RevocationAnswered(
                url=f"http://pki.contoso.com/{position}.crl",
                kind=SourceKind.CRL,
                seconds=0.1,
                this_update=AS_OF,
                next_update=AS_OF + timedelta(days=7),
                position=position,
                revoked=False,
                fetched=AS_OF,
            )
            for position in range(2)
        ),
    )


def kept(found: list[Result]) -> tuple[list[Series], float]:
    """Return the series of results, and the octets that each of them keeps."""
    series(found[0], "intranet", AS_OF)
    gc.collect()
    tracemalloc.start()
    made = [series(result, "intranet", AS_OF) for result in found]
    octets = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return made, octets / len(made)


def main(count: int, *, client: bool) -> dict[str, float]:
    """Measure; times are processor seconds, the best of three."""
    made, octets = kept(list(results(count)))
    fleet = Fleet(made, Health(version="benchmark", targets=count))
    registry = CollectorRegistry()
    registry.register(FleetCollector(lambda: fleet))
    found = {"endpoints": count, "series": sum(map(len, made)) / count, "kept": octets}
    for name, accept in (("text", None), ("openmetrics", OPENMETRICS)):
        times = []
        for _ in range(3):
            begun = time.process_time()
            body, _ = exposition(registry, accept)
            times.append(time.process_time() - begun)
        found |= {name: min(times), "octets": len(body)}
    if client:
        begun = time.process_time()
        generate_latest(registry)
        found["client"] = time.process_time() - begun
    return found


if __name__ == "__main__":
    _COUNT = next((int(word) for word in sys.argv[1:] if word.isdigit()), 5000)
    sys.stdout.write(json.dumps(main(_COUNT, client="--client" in sys.argv)) + "\n")

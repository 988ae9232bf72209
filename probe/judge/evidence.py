"""From an observation to evidence: the chain decoded and explained, or why there is none."""

from collections.abc import Sequence
from datetime import datetime

from probe.model.certificate import Presented
from probe.model.evidence import Evidence, Sibling
from probe.model.observation import AddressObservation, Observation
from probe.model.path import Explanation
from probe.model.stages import Skipped
from probe.model.target import Target
from probe.pki.certificate import load
from probe.pki.chain import explain
from probe.pki.trust import TrustStore

_Known = dict[tuple[bytes, ...], tuple[tuple[Presented, ...], Explanation]]


def gather(
    target: Target,
    observations: Sequence[AddressObservation],
    store: TrustStore,
    as_of: datetime,
) -> list[Evidence]:
    """Return the evidence of each observation of ``target``; a chain seen twice is read once."""
    known: _Known = {}
    read = [_read(seen.observation, store, known) for seen in observations]
    siblings = tuple(
        Sibling(seen.address, presented[0].sha256 if presented else None)
        for seen, (presented, _) in zip(observations, read, strict=True)
    )
    return [
        Evidence(
            source="handshake",
            target=target,
            as_of=as_of,
            presented=presented,
            missing=None if presented else missing(seen.observation),
            explanation=explanation,
            observation=seen.observation,
            address=seen.address,
            siblings=siblings,
        )
        for seen, (presented, explanation) in zip(observations, read, strict=True)
    ]


def _read(
    observation: Observation, store: TrustStore, known: _Known
) -> tuple[tuple[Presented, ...], Explanation]:
    handshake = observation.handshake
    octets = () if isinstance(handshake, Skipped) else handshake.chain.certificates
    if octets not in known:
        presented = tuple(map(load, octets))
        known[octets] = presented, explain(presented, store) if presented else Explanation()
    return known[octets]


def missing(observation: Observation) -> str:
    """Say why no certificate came: the first stage that failed, or why none was tried."""
    for stage in (
        observation.resolution,
        observation.browser,
        observation.connection,
        observation.proxy,
        observation.prelogin,
        observation.handshake,
    ):
        failure = getattr(stage, "failure", None)
        if failure is not None:
            return str(failure)
    if isinstance(observation.handshake, Skipped):
        return observation.handshake.because
    return "the handshake showed no certificate"

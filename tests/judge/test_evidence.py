import pytest
from support.judging import ISSUING, RESOLVED, ROOT, Case

from probe.judge.evidence import gather, missing
from probe.lab.builder import AS_OF
from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import AddressObservation, Observation
from probe.model.path import PathEnd
from probe.model.stages import (
    Chain,
    Connected,
    Failed,
    HandshakeFailed,
    Handshaken,
    Proxied,
    Skipped,
)
from probe.pki.trust import TrustStore

CONNECTED = Connected(seconds=0.01)


def _failed(stage, kind):
    return Failed(Failure(stage, kind))


@pytest.mark.parametrize(
    ("observation", "reason"),
    [
        (Observation(resolution=_failed(Stage.DNS, Kind.NOT_FOUND)), "dns not found"),
        (
            Observation(resolution=RESOLVED, connection=_failed(Stage.TCP, Kind.REFUSED)),
            "tcp refused",
        ),
        (
            Observation(
                resolution=Skipped(because="the proxy resolves"),
                connection=CONNECTED,
                proxy=_failed(Stage.PROXY, Kind.DENIED),
            ),
            "proxy denied",
        ),
        (
            Observation(
                resolution=RESOLVED,
                connection=CONNECTED,
                prelogin=_failed(Stage.PRELOGIN, Kind.CLOSED),
            ),
            "prelogin closed",
        ),
        (
            Observation(
                resolution=RESOLVED,
                connection=CONNECTED,
                proxy=Proxied(seconds=0.1, proxy="proxy:8080"),
                handshake=HandshakeFailed(
                    failure=Failure(Stage.TLS, Kind.ALERT, "handshake_failure"),
                    seconds=0.1,
                    engine="openssl",
                ),
            ),
            "tls alert: handshake_failure",
        ),
        (
            Observation(resolution=RESOLVED, handshake=Skipped(because="the deadline passed")),
            "the deadline passed",
        ),
        (
            Observation(
                resolution=RESOLVED,
                handshake=Handshaken(
                    seconds=0.1, engine="openssl", version="TLSv1.2", cipher="x", chain=Chain()
                ),
            ),
            "the handshake showed no certificate",
        ),
    ],
)
def test_why_there_is_no_certificate(observation, reason):
    assert missing(observation) == reason


def test_evidence_of_each_address():
    case = Case("two")
    first, second = ISSUING.issue("CN=a"), ISSUING.issue("CN=b")
    observations = [
        AddressObservation("192.0.2.1", case.observation(first.sent)),
        AddressObservation("192.0.2.2", case.observation(second.sent)),
        AddressObservation("192.0.2.3", case.observation(first.sent)),
        AddressObservation("192.0.2.4", case.observation(None)),
    ]
    found = gather(case.target, observations, TrustStore([ROOT.der]), AS_OF)
    assert [one.address for one in found] == [one.address for one in observations]
    assert found[0].explanation is found[2].explanation
    assert found[0].explanation.end is PathEnd.TRUSTED_ROOT
    assert found[3].explanation.end is PathEnd.NO_CERTIFICATE
    assert [one.leaf and one.leaf.sha256 for one in found] == [
        first.sha256,
        second.sha256,
        first.sha256,
        None,
    ]
    for one in found:
        assert [sibling.leaf for sibling in one.siblings] == [
            first.sha256,
            second.sha256,
            first.sha256,
            None,
        ]


def test_a_chain_that_came_before_the_handshake_failed_is_judged():
    leaf = ISSUING.issue("CN=a")
    observation = Observation(
        resolution=RESOLVED,
        connection=CONNECTED,
        handshake=HandshakeFailed(
            failure=Failure(Stage.TLS, Kind.ALERT),
            seconds=0.1,
            engine="openssl",
            chain=Chain(leaf.sent),
        ),
    )
    case = Case("refused")
    [found] = gather(
        case.target, [AddressObservation("192.0.2.1", observation)], TrustStore([ROOT.der]), AS_OF
    )
    assert found.leaf is not None
    assert found.missing is None

"""What a connection showed, as samples: stage by stage, and what was negotiated."""

from collections.abc import Iterator

from probe.model.failure import Failure, Stage
from probe.model.observation import Observation
from probe.model.report import Result
from probe.model.stages import (
    Failed,
    HandshakeFailed,
    Handshaken,
    HttpAnswered,
    HttpClientAuth,
    Skipped,
)
from probe.render.metrics.families import (
    CLIENT_AUTH,
    FAILURE,
    HTTP_STATUS,
    PROBE_SUCCESS,
    ROLE,
    STAGE_DURATION,
    STAGE_SUCCESS,
    TLS_VERSION,
)
from probe.render.metrics.family import Rank
from probe.render.metrics.line import line
from probe.render.metrics.sample import Sample

_ASKED_LATER = (HttpClientAuth.RENEGOTIATION, HttpClientAuth.POST_HANDSHAKE)


def connection(result: Result) -> Iterator[Sample]:
    """Yield what is known of reaching the endpoint."""
    seen = result.observation
    success = isinstance(seen.handshake, Handshaken)
    yield Sample(Rank.REACHED, line(PROBE_SUCCESS), float(success))
    for role in result.target.roles:
        yield Sample(Rank.REACHED, line(ROLE, role), 1.0)
    yield from _stages(seen)
    yield from _session(seen)


def failed(failure: Failure, rank: Rank = Rank.REACHED) -> Sample:
    """Return the sample that tells why something failed."""
    return Sample(rank, line(FAILURE, failure.stage, failure.kind), 1.0)


def _stages(seen: Observation) -> Iterator[Sample]:
    for name, stage in (
        (Stage.DNS, seen.resolution),
        (Stage.BROWSER, seen.browser),
        (Stage.TCP, seen.connection),
        (Stage.PROXY, seen.proxy),
        (Stage.PRELOGIN, seen.prelogin),
        (Stage.TLS, seen.handshake),
        (Stage.HTTP, seen.http),
    ):
        if isinstance(stage, Skipped):
            continue
        bad = isinstance(stage, Failed | HandshakeFailed)
        if isinstance(stage, Failed | HandshakeFailed):
            yield failed(stage.failure)
        yield Sample(Rank.STAGES, line(STAGE_SUCCESS, name), float(not bad))
        yield Sample(Rank.DURATIONS, line(STAGE_DURATION, name), round(stage.seconds, 6))


def _session(seen: Observation) -> Iterator[Sample]:
    handshake, http = seen.handshake, seen.http
    if isinstance(handshake, Skipped):
        return
    if handshake.version:
        yield Sample(Rank.SESSION, line(TLS_VERSION, handshake.version), 1.0)
    mode: str = handshake.client_auth
    if isinstance(http, HttpAnswered):
        if http.client_auth in _ASKED_LATER:
            mode = http.client_auth
        yield Sample(Rank.SESSION, line(HTTP_STATUS), float(http.code))
    yield Sample(Rank.SESSION, line(CLIENT_AUTH, mode), 1.0)

"""What was seen of a target, stage by stage, as lines of a log."""

from collections.abc import Iterator, Sequence
from typing import Final

from probe.model.certificate import Certificate
from probe.model.observation import AddressObservation
from probe.model.stages import Failed, HandshakeFailed, Handshaken, Resolved, Skipped
from probe.pki.certificate import load

_NOBODY: Final = "an empty subject"
_STAGES: Final = ("browser", "connection", "proxy", "prelogin", "handshake", "versions", "http")


def words(seen: Sequence[AddressObservation]) -> Iterator[str]:
    """Yield the lines; names and reasons in them are as they came, and hostile."""
    for one in seen:
        where = one.address or "no address"
        resolution = one.observation.resolution
        yield f"{where}: resolution {_outcome(resolution)}"
        if isinstance(resolution, Resolved):
            yield f"{where}: addresses {', '.join(resolution.addresses)} ({resolution.source})"
        for name in _STAGES:
            stage = getattr(one.observation, name)
            yield f"{where}: {name} {_outcome(stage)}"
            if isinstance(stage, (Handshaken, HandshakeFailed)):
                yield from _certificates(where, stage)
        for source in one.observation.revocation:
            yield f"{where}: revocation {source.kind} {source.url} {_outcome(source)}"


def _outcome(stage: object) -> str:
    if isinstance(stage, Skipped):
        return f"skipped: {stage.because}"
    seconds = getattr(stage, "seconds", 0.0)
    failure = getattr(stage, "failure", None)
    if isinstance(stage, Failed) or failure is not None:
        return f"failed after {seconds:.3f} s: {failure}"
    because = getattr(stage, "because", None)
    return f"skipped: {because}" if because else f"ok in {seconds:.3f} s"


def _certificates(where: str, stage: Handshaken | HandshakeFailed) -> Iterator[str]:
    yield f"{where}: {stage.version} {stage.cipher} by engine {stage.engine}"
    for position, der in enumerate(stage.chain.certificates):
        found = load(der)
        if isinstance(found, Certificate):
            yield (
                f"{where}: certificate {position}: {found.subject.text or _NOBODY}, issued by "
                f"{found.issuer.text}, valid until {found.not_after:%Y-%m-%dT%H:%M:%SZ}"
            )
        else:
            yield f"{where}: certificate {position}: cannot be decoded: {found.reason}"

"""The protocol versions that an endpoint accepts, each really tried."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Literal

from probe.checks.registry import endpoint_check
from probe.checks.texts import listed
from probe.checks.verdicts import failed, passed, undecided
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.model.stages import Failed, HandshakeFailed, Handshaken, Skipped, Versions, VersionsTried
from probe.model.versions import spelled

Version = Literal["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]

_ORDER = {
    version: rank
    for rank, version in enumerate(("SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"))
}


@endpoint_check
def supports_version(evidence: Evidence, *, version: Version) -> Judgement:
    """Ask whether the endpoint accepts a version, by the handshake or by trying it alone."""
    expected = f"{spelled(version)} accepted"
    negotiated = _negotiated(evidence)
    if negotiated == version:
        return passed(f"negotiated {spelled(negotiated)}", expected)
    tried = _tried(evidence)
    if isinstance(tried, VersionsTried):
        if version in tried.accepted:
            return passed(_accepts(tried), expected)
        if version in tried.refused:
            return failed(_accepts(tried), expected)
    if negotiated is not None and _rank(negotiated) < _rank(version):
        # RFC 5246, E.1: a server answers with the highest version that both sides know.
        return failed(
            f"negotiated {spelled(negotiated)} although {spelled(version)} was offered", expected
        )
    return undecided(_why(evidence, tried, version), expected)


@endpoint_check
def refuses_older_versions(evidence: Evidence, *, than: Version) -> Judgement:
    """Ask whether every version older than this one is refused, each tried alone."""
    tried = _tried(evidence)
    if not isinstance(tried, VersionsTried):
        tried_none = _older((), (), (), _negotiated(evidence), than)
        return tried_none or undecided(_why(evidence, tried, None), _older_asked(than))
    unclear = tuple(tried.undecided)
    answer = _older(tried.accepted, tried.refused, unclear, _negotiated(evidence), than)
    if answer is not None:
        return answer
    first = next((version for version in unclear if _rank(version) < _rank(than)), None)
    return undecided(_why(evidence, tried, first), _older_asked(than))


@lru_cache(maxsize=256)
def _older(
    accepted: tuple[str, ...],
    refused: tuple[str, ...],
    unclear: tuple[str, ...],
    negotiated: str | None,
    than: Version,
) -> Judgement | None:
    """Judge versions older than one; None when some of them, or all, were not decided."""
    seen = {version for version in (*accepted, negotiated) if version}
    if old := sorted((version for version in seen if _rank(version) < _rank(than)), key=_rank):
        return failed(f"accepts {_named(old)}", _older_asked(than))
    off = [version for version in refused if _rank(version) < _rank(than)]
    if not off or any(_rank(version) < _rank(than) for version in unclear):
        return None
    return passed(f"refuses {_named(off)}", _older_asked(than))


@cache
def _older_asked(than: str) -> str:
    return f"nothing older than {spelled(than)} accepted"


def _tried(evidence: Evidence) -> Versions | None:
    return evidence.observation.versions if evidence.observation else None


def _negotiated(evidence: Evidence) -> str | None:
    handshake = evidence.observation.handshake if evidence.observation else None
    # One that failed later (for want of a client certificate, say) did agree on a version.
    return handshake.version if isinstance(handshake, Handshaken | HandshakeFailed) else None


def _accepts(tried: VersionsTried) -> str:
    return f"accepts {_named(tried.accepted)}"


def _named(versions: Sequence[str]) -> str:
    return listed([spelled(version) for version in versions], "no version that was tried")


def _rank(version: str) -> int:
    return _ORDER.get(version, len(_ORDER))


def _why(evidence: Evidence, tried: Versions | None, version: str | None) -> str:
    """Say why a version could not be decided: how trying it, or reaching anything, failed."""
    match tried:
        case VersionsTried() if version in tried.undecided:
            return f"{spelled(version)} could not be decided: {tried.undecided[version]}"
        case Failed():
            return f"versions could not be tried: {tried.failure}"
        case Skipped() if evidence.missing is None:
            return f"versions were not tried: {tried.because}"
    return evidence.missing or "versions were not tried"

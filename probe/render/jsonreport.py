"""The report as JSON (`cmprobe-report/1`), as JSON Lines, and the JSON Schema of the first.

The schema's structs are the model's own; only what the promise adds or leaves out is shaped in
`probe.render.records`. Seconds are rounded to a microsecond.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any, TypeVar

import msgspec

from probe.model.observation import Observation
from probe.model.report import FileResult, Report, Result
from probe.model.stages import Chain, Skipped
from probe.model.target import Names, Target
from probe.render.escape import encodable, inert_json
from probe.render.jsonchain import describe, encode_chain, rfc3339
from probe.render.records import (
    FileLineRecord,
    FileResultRecord,
    HeadRecord,
    LineRecord,
    ObservationRecord,
    ResultRecord,
    TargetRecord,
)

StageT = TypeVar("StageT", bound=msgspec.Struct)


def report_json(report: Report) -> str:
    """Return the whole report as one JSON document, each result on a line of its own."""
    return b"".join(chunks(report)).decode()


def chunks(report: Report) -> Iterator[bytes]:
    """Yield the JSON document piece by piece, for reports that should not be held as text."""
    head = HeadRecord(
        schema=report.schema,
        tool=report.tool,
        catalogue=report.catalogue,
        vantage=report.vantage,
        started=rfc3339(report.started, "milliseconds"),
        finished=rfc3339(report.finished, "milliseconds"),
        as_of=rfc3339(report.as_of),
        summary=report.summary,
    )
    yield _encode(head)[:-1] + b',"results":['
    separator = b"\n"
    results, files = map(encode_result, report.results), map(encode_file, report.files)
    for encoded in chain(results, files):
        yield separator + encoded
        separator = b",\n"
    yield b"\n]}\n"


def report_jsonl(report: Report) -> str:
    """Return one JSON object a line, one line a result.

    A line is a result as in the JSON report, preceded by what makes it stand alone in a log:
    ``schema`` (``cmprobe-result/1``), ``vantage``, ``finished`` and ``as_of`` of the run.
    """
    return "".join(line.decode() for line in lines(report))


def lines(report: Report) -> Iterator[bytes]:
    """Yield the lines of `report_jsonl`, each with its newline."""
    finished, as_of = rfc3339(report.finished, "milliseconds"), rfc3339(report.as_of)
    for result in report.results:
        record = LineRecord(
            vantage=report.vantage,
            finished=finished,
            as_of=as_of,
            target=_target(result.target),
            address=result.address,
            observation=_observation(result.observation),
            findings=result.findings,
            links=result.links,
            alternatives=result.alternatives,
        )
        yield _encode(record) + b"\n"
    for file in report.files:
        line = FileLineRecord(
            vantage=report.vantage,
            finished=finished,
            as_of=as_of,
            file=file.file,
            chain=file.chain,
            findings=file.findings,
            links=file.links,
            alternatives=file.alternatives,
        )
        yield _encode(line) + b"\n"


def encode_result(result: Result) -> bytes:
    """Encode one member of ``results``."""
    return _encode(
        ResultRecord(
            _target(result.target),
            result.address,
            _observation(result.observation),
            result.findings,
            result.links,
            result.alternatives,
        )
    )


def encode_file(result: FileResult) -> bytes:
    """Encode one member of ``results`` that is about a certificate file."""
    return _encode(
        FileResultRecord(
            result.file, result.chain, result.findings, result.links, result.alternatives
        )
    )


def _target(target: Target) -> TargetRecord:
    return TargetRecord(
        target.id,
        target.host,
        target.port,
        target.transport,
        target.site,
        target.roles,
        target.profiles,
        _given(target) if target.accepts_assumed else target.names,
    )


def _given(target: Target) -> Names:
    """Return the names without what only follows from them."""
    return msgspec.structs.replace(target.names, accepts=None)


def _observation(observation: Observation) -> ObservationRecord:
    return ObservationRecord(
        resolution=_rounded(observation.resolution),
        browser=_rounded(observation.browser),
        connection=_rounded(observation.connection),
        proxy=_rounded(observation.proxy),
        prelogin=_rounded(observation.prelogin),
        handshake=_rounded(observation.handshake),
        versions=_rounded(observation.versions),
        http=_rounded(observation.http),
        revocation=observation.revocation,
        issuers=observation.issuers,
    )


def _rounded(stage: StageT) -> StageT:
    """Return the stage with at most six digits of seconds; the same object where it has them."""
    if isinstance(stage, Skipped):
        return stage
    seconds: float = getattr(stage, "seconds")  # noqa: B009 - every stage but Skipped has it
    rounded = round(seconds, 6)
    return stage if rounded == seconds else msgspec.structs.replace(stage, seconds=rounded)


def _hook(value: object) -> list[msgspec.Raw]:
    """Encode the one thing of the model that msgspec cannot."""
    if isinstance(value, Chain):
        return encode_chain(value)
    raise NotImplementedError(type(value).__name__)


def _records(value: object) -> list[msgspec.Struct]:
    """Do the same for what is not to be encoded at once."""
    if isinstance(value, Chain):
        return [describe(position, der) for position, der in enumerate(value.certificates)]
    raise NotImplementedError(type(value).__name__)


_ENCODER = msgspec.json.Encoder(enc_hook=_hook)


def _encode(record: msgspec.Struct) -> bytes:
    try:
        encoded = _ENCODER.encode(record)
    except UnicodeEncodeError:  # a lone surrogate in a hostile name, which no JSON can carry
        encoded = _ENCODER.encode(_clean(msgspec.to_builtins(record, enc_hook=_records)))
    return inert_json(encoded)


def _clean(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Spell lone surrogates out, wherever they are."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value

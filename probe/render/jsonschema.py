"""The published JSON Schema of the JSON report, drawn from the structs that are encoded."""

import inspect
from typing import Any

import msgspec

from probe.model.report import SCHEMA
from probe.model.stages import Chain
from probe.model.target import Names
from probe.render.records import (
    CertificateRecord,
    FileResultRecord,
    ReportRecord,
    UndecodableRecord,
)

_REF = "#/$defs/{name}"


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a `cmprobe-report/1` document.

    Every key is always there, but for those of ``names`` and the few that say they are optional.
    More keys may be added: a reader ignores those that it does not know.
    """
    (report, file, *presented), components = msgspec.json.schema_components(
        (ReportRecord, FileResultRecord, CertificateRecord, UndecodableRecord),
        schema_hook=_chain,
        ref_template=_REF,
    )
    # msgspec has no union of two structs without a tag; `file` in place of `target` is one.
    results = components[ReportRecord.__name__]["properties"]["results"]
    results["items"] = {"anyOf": [results["items"], file]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **report,
        "$defs": {name: _promised(name, part) for name, part in components.items()}
        | {"Presented": {"anyOf": presented}},
    }


def _chain(kind: type) -> dict[str, Any]:
    if kind is Chain:
        return {"type": "array", "items": {"$ref": _REF.format(name="Presented")}}
    raise NotImplementedError(kind)


_OPTIONAL = {
    Names.__name__: {field.name for field in msgspec.structs.fields(Names)},
    CertificateRecord.__name__: {
        field.name
        for field in msgspec.structs.fields(CertificateRecord)
        if field.default is msgspec.UNSET
    },
}


def _promised(name: str, part: dict[str, Any]) -> dict[str, Any]:
    """Turn a schema for reading, where defaults fill gaps, into one for what is written."""
    described = {"description": inspect.cleandoc(part["description"])}
    if "properties" not in part:
        return part | described
    properties = {
        key: {word: value for word, value in shape.items() if word != "default"}
        for key, shape in part["properties"].items()
    }
    optional = _OPTIONAL.get(name, set())
    required = [key for key in properties if key not in optional]
    return part | described | {"properties": properties, "required": required}

"""The JSON Schema of inventory files, derived from the structs that validate them."""

from typing import Any

import msgspec

from probe.inventory.roles import PROFILES
from probe.inventory.shape import InventoryFile, RoleId
from probe.inventory.systems import NAME_KEYS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an inventory, for editors and other tools.

    TOML has no null, so an optional key is one that may be absent.
    """
    derived = _without_null(msgspec.json.schema(InventoryFile))
    definitions = derived["$defs"]
    role = msgspec.json.schema(RoleId)["enum"]
    for table in ("DefaultsTable", "SystemTable"):
        definitions[table]["properties"]["ports"]["propertyNames"] = {"enum": role}
    templates = definitions["InventoryFile"]["properties"]["templates"]
    templates["additionalProperties"]["minItems"] = 1
    # The profiles of a catalogue of one's own are known by the systems that name them.
    naming = {"properties": {"system": {"contains": {"required": ["profiles"]}}}}
    published = {"templates": {"propertyNames": {"enum": list(PROFILES)}}}
    definitions["InventoryFile"] |= {
        "if": {"not": naming},
        "then": {"properties": published},
    }
    definitions["InventoryFile"]["required"] = ["system"]
    definitions["InventoryFile"]["properties"]["system"]["minItems"] = 1
    system = definitions["SystemTable"]
    system["required"] = ["roles"]
    system["properties"]["roles"] |= {"minItems": 1, "uniqueItems": True}
    system["properties"]["profiles"] |= {"uniqueItems": True}
    system["anyOf"] = [{"required": [key]} for key in (*NAME_KEYS, "address")]
    return {"$schema": _DIALECT, "title": "cmprobe inventory", **derived}


def _without_null(value: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a part of a schema without null as a type and as a default."""
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    if not isinstance(value, dict):
        return list(value) if isinstance(value, tuple) else value
    kept = {
        key: _without_null(item)
        for key, item in value.items()
        if not (key == "default" and item in (None, (), {}, []))
    }
    choices = [item for item in kept.get("anyOf", []) if item != {"type": "null"}]
    if len(choices) == 1:
        del kept["anyOf"]
        kept |= choices[0]
    return kept

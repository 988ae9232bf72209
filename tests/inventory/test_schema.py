"""The JSON Schema says what the loader does."""

import json
import tomllib
from pathlib import Path

from probe.inventory import schema
from probe.inventory.shape import InventoryFile, SystemTable
from probe.model.roles import ROLES

DEFINITIONS = schema()["$defs"]


def test_it_is_json_and_has_no_null():
    assert '"null"' not in json.dumps(schema())


def test_every_key_is_there_and_no_other_is_allowed():
    for name, struct in (("InventoryFile", InventoryFile), ("SystemTable", SystemTable)):
        assert set(DEFINITIONS[name]["properties"]) == set(struct.__struct_fields__)
        assert DEFINITIONS[name]["additionalProperties"] is False


def test_roles_are_enumerated_wherever_they_stand():
    system = DEFINITIONS["SystemTable"]["properties"]
    assert system["roles"]["items"]["enum"] == list(ROLES)
    assert system["ports"]["propertyNames"]["enum"] == list(ROLES)
    assert DEFINITIONS["DefaultsTable"]["properties"]["ports"]["propertyNames"]["enum"] == list(
        ROLES
    )


def test_the_examples_use_keys_of_the_schema(pytestconfig):
    for path in (Path(pytestconfig.rootpath) / "targets").glob("*.toml"):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(document) <= set(DEFINITIONS["InventoryFile"]["properties"])
        for system in document["system"]:
            assert (
                set(DEFINITIONS["SystemTable"]["required"])
                <= set(system)
                <= set(DEFINITIONS["SystemTable"]["properties"])
            )

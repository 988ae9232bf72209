"""The JSON Schema says what the loader does."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

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


VALIDATOR = Draft202012Validator(schema())


def test_it_is_a_schema():
    Draft202012Validator.check_schema(schema())


def test_the_examples_are_valid(pytestconfig):
    for path in (Path(pytestconfig.rootpath) / "targets").glob("*.toml"):
        VALIDATOR.validate(tomllib.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "name",
    [
        "unknown-key",
        "unknown-role",
        "unknown-table",
        "wrong-types",
        "wrong-ports",
        "wrong-timeout",
        "wrong-choice",
        "wrong-templates",
        "unknown-template-profile",
        "no-template",
        "profile-twice",
        "no-roles",
        "no-system",
        "role-twice",
    ],
)
def test_what_the_loader_refuses_by_shape_the_schema_refuses_too(name):
    path = Path(__file__).parent / "invalid" / f"{name}.toml"
    assert not VALIDATOR.is_valid(tomllib.loads(path.read_text(encoding="utf-8")))


OWN = {"fqdn": "mp01.corp.contoso.com", "roles": ["management-point"], "profiles": ["company-web"]}


def test_templates_of_a_profile_of_ones_own_need_a_system_that_names_it():
    templates = {"company-web": [{"name": "WebServer"}]}
    assert VALIDATOR.is_valid({"templates": templates, "system": [OWN]})
    plain = {key: value for key, value in OWN.items() if key != "profiles"}
    assert not VALIDATOR.is_valid({"templates": templates, "system": [plain]})
    assert VALIDATOR.is_valid({"templates": {"cmg": [{"name": "WebServer"}]}, "system": [plain]})

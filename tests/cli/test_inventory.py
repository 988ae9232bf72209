"""`cmprobe inventory check|expand|schema`."""

import json

import pytest

from probe.cli.main import main
from probe.inventory import load, schema


@pytest.fixture
def examples(pytestconfig):
    return pytestconfig.rootpath / "targets"


def test_a_good_inventory_is_counted(examples, capsys):
    assert main(["inventory", "check", str(examples / "contoso-cloud.toml")]) == 0
    assert capsys.readouterr() == ("2 systems, 2 targets: no problem found\n", "")


def test_every_problem_of_a_bad_one_is_a_line(pytestconfig, capsys):
    path = pytestconfig.rootpath / "tests" / "inventory" / "invalid" / "several.toml"
    assert main(["inventory", "check", str(path), str(pytestconfig.rootpath / "targets")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 7
    assert all(line.startswith(f"cmprobe: {path}: ") for line in err.splitlines())


def test_targets_are_printed_as_an_array(examples, capsys):
    assert main(["inventory", "expand", str(examples), "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [target["id"] for target in printed] == [
        target.id for target in load([examples]).targets
    ]
    first = printed[0]
    assert {"id", "host", "port", "transport", "site", "roles", "profiles", "names"} <= set(first)
    assert first["names"] == {
        "intranet_fqdn": "dp-berlin.corp.contoso.com",
        "computer_name": "DP-BERLIN",
        "accepts": "intranet",
    }


def test_targets_are_printed_as_a_table(examples, capsys):
    assert main(["inventory", "expand", str(examples / "contoso-cloud.toml")]) == 0
    assert capsys.readouterr().out == (
        "TARGET                  ADDRESS     TRANSPORT  SITE  ROLES\n"
        "cmg.contoso.com:443     -           tls        P01   cloud-management-gateway\n"
        "cmg-eu.contoso.com:443  192.0.2.10  tls        P01   cloud-management-gateway\n"
    )


def test_the_schema_is_printed(capsys):
    assert main(["inventory", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()

"""`[templates]` from the file to the judgement, and read alone for certificate files."""

from textwrap import dedent

import pytest

from probe.inventory import InventoryError, load
from probe.inventory.templates import load_templates
from probe.model.target import Template

DUPLICATE = "1.3.6.1.4.1.311.21.8.1234.5678"
TEXT = f"""
    [templates]
    iis-site-system = [
        {{ oid = "{DUPLICATE}", name = "ConfigMgr Web Server Certificate" }},
        {{ name = "WebServer" }},
    ]
    company-web = [{{ name = "CompanyWeb" }}]
    cmg = [{{ name = "WebServer" }}]

    [[system]]
    fqdn = "mp01.corp.contoso.com"
    roles = ["management-point"]
    profiles = ["company-web"]

    [[system]]
    fqdn = "sql01.corp.contoso.com"
    roles = ["sql-server"]
"""
WEB = (Template(oid=DUPLICATE, name="ConfigMgr Web Server Certificate"), Template(name="WebServer"))


@pytest.fixture
def inventory(tmp_path):
    path = tmp_path / "contoso.toml"
    path.write_text(dedent(TEXT), encoding="utf-8")
    return path


def test_a_target_has_the_templates_of_its_profiles(inventory):
    web, sql = load([inventory]).targets
    assert web.profiles == ("any", "iis-site-system", "company-web")
    assert web.templates == {"iis-site-system": WEB, "company-web": (Template(name="CompanyWeb"),)}
    assert sql.profiles == ("any", "sql-server")
    assert sql.templates == {}


def test_the_table_is_read_alone(inventory):
    known = ("any", "iis-site-system", "cmg", "company-web")
    assert set(load_templates(inventory, known)) == {"iis-site-system", "cmg", "company-web"}
    with pytest.raises(
        InventoryError, match=r'templates.company-web: unknown profile "company-web"'
    ):
        load_templates(inventory, known[:3])


def test_what_cannot_be_read_alone(tmp_path):
    for content, message in (
        ("[site]\n", "templates: missing: there is no such table"),
        ("templates = 3\n", "templates: expected a table, got a whole number"),
        ("[templates\n", "is not valid TOML"),
        ("[templates]\ncmg = [{ nam = 'x' }]\n", r"templates.cmg\[0\].nam: unknown key"),
    ):
        path = tmp_path / "x.toml"
        path.write_text(content)
        with pytest.raises(InventoryError, match=message):
            load_templates(path, ("cmg",))
    for path, message in ((tmp_path / "absent", "does not exist"), (tmp_path, "is not a file")):
        with pytest.raises(InventoryError, match=message):
            load_templates(path, ())


def test_profiles_stand_in_csv_too(tmp_path):
    path = tmp_path / "contoso.csv"
    path.write_text(
        "fqdn,roles,profiles\nmp01.corp.contoso.com,management-point,company-web;company-dmz\n"
    )
    (target,) = load([path]).targets
    assert target.profiles == ("any", "iis-site-system", "company-web", "company-dmz")

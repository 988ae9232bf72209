"""A catalogue of one's own, and templates, wherever a command takes them."""

import json
from pathlib import Path

import pytest
from support.judging import ISSUING, ROOT

from probe.cli.main import main
from probe.inventory import load
from probe.inventory.roles import PROFILES
from probe.inventory.templates import load_templates
from probe.lab.extensions import CLIENT_AUTH, TemplateV2

COMPANY = """
id = "company-web"
title = "Web servers of Contoso"
summary = "What Contoso asks beyond the published requirements."
rules = ["key-algorithm-rsa"]
[source]
document = "contoso-pki-policy"
section = "4.2"
"""
DUPLICATE = "1.3.6.1.4.1.311.21.8.1234.5678"
INVENTORY = f"""
[templates]
company-web = [{{ name = "CompanyWeb" }}]
distribution-point-client = [
    {{ oid = "{DUPLICATE}", name = "ConfigMgr Client Distribution Point Certificate" }},
    {{ name = "workstation" }},
]

[[system]]
fqdn = "mp01.corp.contoso.com"
address = "127.0.0.1"
port = 1
roles = ["management-point"]
profiles = ["company-web"]
"""


@pytest.fixture
def rules(tmp_path, capsys):
    path = tmp_path / "rules"
    assert main(["rules", "export", str(path)]) == 0
    capsys.readouterr()
    (path / "profiles" / "company-web.toml").write_text(COMPANY, encoding="utf-8")
    return str(path)


@pytest.fixture
def inventory(tmp_path):
    path = tmp_path / "contoso.toml"
    path.write_text(INVENTORY, encoding="utf-8")
    return str(path)


def test_an_inventory_may_name_a_profile_of_the_catalogue(inventory, rules, capsys):
    assert main(["inventory", "check", inventory, "--rules", rules]) == 0
    capsys.readouterr()
    assert main(["scan", inventory, "--rules", rules, "--format", "json"]) == 3
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["target"]["profiles"] == ["any", "iis-site-system", "company-web"]
    assert "company-web" in {finding["profile"] for finding in result["findings"]}


@pytest.mark.parametrize("command", [["inventory", "check"], ["scan"]])
def test_a_profile_that_the_catalogue_has_not_is_refused_where_it_stands(
    command, inventory, capsys
):
    assert main([*command, inventory]) == 2
    assert capsys.readouterr().err == (
        f'cmprobe: {inventory}: system[0]: the catalogue has no profile "company-web"\n'
    )


def test_a_check_may_name_profiles(rules, capsys):
    arguments = ["check", "mp01.corp.contoso.com:1", "--address", "127.0.0.1"]
    more = ["--profile", "company-web", "--profile", "cmg"]
    assert main([*arguments, *more, "--rules", rules, "--format", "json"]) == 3
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["target"]["profiles"] == ["any", "company-web", "cmg"]
    assert main([*arguments, "--profile", "cmgs"]) == 2
    assert 'the catalogue has no profile "cmgs" (did you mean "cmg"?)' in capsys.readouterr().err


CLIENT = {"eku": [CLIENT_AUTH], "dns": ["dp01.corp.contoso.com"]}


@pytest.mark.parametrize(
    ("template", "outcome"),
    [
        (TemplateV2(DUPLICATE), "pass"),
        ("Workstation", "pass"),
        (TemplateV2(DUPLICATE + ".1"), "fail"),
        ("WebServer", "fail"),
        (None, "fail"),
    ],
)
def test_files_must_come_from_one_of_the_templates(
    template, outcome, tmp_path, inventory, rules, capsys
):
    file, trust = tmp_path / "dp.cer", tmp_path / "root.pem"
    file.write_bytes(ISSUING.issue("CN=dp01", template=template, **CLIENT).der)
    trust.write_bytes(ROOT.pem)
    arguments = [
        "inspect",
        str(file),
        "--profile",
        "distribution-point-client",
        "--trust",
        str(trust),
    ]
    arguments += ["--rules", rules, "--as-of", "2026-06-01", "--format", "json"]
    main([*arguments, "--templates", inventory])
    assert outcomes(capsys)["certificate-template"] == outcome
    main(arguments)
    assert outcomes(capsys)["certificate-template"] not in {"pass", "fail"}


def outcomes(capsys):
    (result,) = json.loads(capsys.readouterr().out)["results"]
    return {finding["rule"]: finding["outcome"] for finding in result["findings"]}


def test_templates_of_a_profile_that_does_not_exist_are_refused(inventory, capsys):
    assert main(["inspect", inventory, "--templates", inventory]) == 2
    err = capsys.readouterr().err
    assert err.startswith(
        f'cmprobe: {inventory}: templates.company-web: unknown profile "company-web"'
    )


def test_the_example_has_a_template_for_every_example_deployment():
    path = Path(__file__).parents[2] / "targets" / "contoso-templates.toml"
    assert set(load_templates(path, PROFILES)) == {
        "iis-site-system",
        "cloud-distribution-point",
        "windows-client",
        "distribution-point-client",
        "mobile-device",
        "macos-client",
    }
    (target,) = load([path]).targets
    assert [template.name for template in target.templates["iis-site-system"]] == [
        "ConfigMgr Web Server Certificate",
        "WebServer",
    ]

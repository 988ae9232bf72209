"""docs/exporter.md says what there is."""

import re
import tomllib
from pathlib import Path

import msgspec
import yaml
from support.jobs import filled, untrusting

from probe.cli.options import COMMANDS
from probe.cli.parser import Parser
from probe.exporter.web import config as webconfig
from probe.exporter.web.discovery import groups

PAGE = (Path(__file__).parents[2] / "docs" / "exporter.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_option_that_it_names_is_one_and_the_other_way_round():
    parser = Parser(prog="cmprobe serve")
    COMMANDS["serve"][1](parser)
    known = {name for name in parser._option_string_actions if name.startswith("--")}
    named = set(re.findall(r"--[a-z-]+[a-z]", PAGE))
    assert named - known <= {"--workers"}
    own = {"--listen", "--interval", "--probe-allow", "--web-config", "--state", "--hash-password"}
    assert own <= named


def test_its_web_configuration_has_known_keys():
    (text,) = blocks("toml")
    document = tomllib.loads(text)
    assert set(document["tls"]) == set(webconfig._Tls.__struct_fields__)
    assert set(document) == set(webconfig._File.__struct_fields__)


def test_its_scrape_configurations_can_be_read():
    for text in blocks("yaml"):
        assert yaml.safe_load(text)["scrape_configs"]


def test_every_label_of_service_discovery_is_there():
    store = filled(untrusting("a.corp.contoso.com"))
    (group,) = msgspec.json.decode(groups(store))
    for label in group["labels"]:
        assert f"`{label}`" in PAGE or f"`{label.removeprefix('__meta_configmgr')}`" in PAGE

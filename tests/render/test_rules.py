import json
from pathlib import Path

import msgspec
import pytest
from support.judging import plan

from probe.catalogue.coverage import load_coverage
from probe.model.rule import Rule
from probe.render import rules
from probe.render.rules import UnknownRuleError, list_profiles, list_rules, pages, show_rule

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = plan().catalogue
COVERAGE = load_coverage(CATALOGUE)


def test_the_pages_in_the_repository_are_those_of_the_catalogue():
    directory = ROOT / "docs/rules"
    found = {path.name: path.read_text(encoding="utf-8") for path in directory.glob("*.md")}
    assert found == pages(CATALOGUE, COVERAGE), "write them anew with make docs"


def test_pages_are_written_and_stale_ones_removed(tmp_path):
    directory = tmp_path / "rules"
    directory.mkdir()
    (directory / "gone.md").write_text("old")
    (directory / "picture.png").write_text("kept")
    rules.write_pages(CATALOGUE, COVERAGE, directory)
    written = {path.name for path in directory.iterdir()}
    assert written == {*pages(CATALOGUE, COVERAGE), "picture.png"}


def test_links_between_pages_lead_somewhere():
    written = pages(CATALOGUE, COVERAGE)
    for name, content in written.items():
        for part in content.split("](")[1:]:
            target, _, anchor = part.partition(")")[0].partition("#")
            if not target.startswith("https://"):
                assert target in written, name
                assert not anchor or f"\n## {anchor}\n" in written[target]


@pytest.mark.parametrize("id_", CATALOGUE.rules)
def test_a_rule_as_text_and_as_markdown_says_the_same(id_):
    rule = CATALOGUE.rules[id_]
    text = show_rule(CATALOGUE, id_, "text", width=80)
    marked = show_rule(CATALOGUE, id_, "markdown")
    flat = " ".join(text.split())
    bare = marked.replace("\\", "")
    for said in (rule.title, rule.why, rule.remedy, *rule.notes, rule.source.section):
        assert " ".join(said.split()) in flat
        assert said.replace("\\", "") in bare
    assert rule.by_hand in text
    assert rule.by_hand in marked


def test_text_keeps_to_the_width():
    for id_ in CATALOGUE.rules:
        for line in show_rule(CATALOGUE, id_, "text", width=80).splitlines():
            assert len(line) <= 80 or "https://" in line or "openssl" in line or "certutil" in line


def test_a_rule_as_json_can_be_read_back():
    shown = json.loads(show_rule(CATALOGUE, "server-auth-eku", "json"))
    assert shown.pop("profiles") == [
        "cloud-distribution-point",
        "cmg",
        "ibcm-proxy",
        "iis-site-system",
        "sql-failover-cluster",
        "sql-server",
    ]
    again = msgspec.convert(shown, Rule)
    assert again.params["split_profiles"] == ["ibcm-proxy"]
    assert again.title == CATALOGUE.rules["server-auth-eku"].title


def test_lists_as_json():
    assert {rule["id"] for rule in json.loads(list_rules(CATALOGUE, "json"))} == set(
        CATALOGUE.rules
    )
    profiles = {one["id"]: one for one in json.loads(list_profiles(CATALOGUE, "json"))}
    assert profiles["cmg"]["rules"] == list(CATALOGUE.profiles["cmg"].rules)


def test_lists_for_people_name_everything():
    for format_ in ("text", "markdown"):
        listed = list_rules(CATALOGUE, format_, width=100)
        shown = list_profiles(CATALOGUE, format_, width=100)
        for id_ in CATALOGUE.rules:
            assert id_ in listed
        for id_ in CATALOGUE.profiles:
            assert id_ in shown
    assert "Legacy" in list_profiles(CATALOGUE, "text")


def test_an_unknown_rule_names_the_nearest():
    with pytest.raises(
        UnknownRuleError, match=r'no rule "server-auth" \(did you mean "server-auth-eku"'
    ):
        show_rule(CATALOGUE, "server-auth", "text")


def test_an_unknown_format():
    with pytest.raises(ValueError, match="unknown format 'yaml'"):
        list_rules(CATALOGUE, "yaml")

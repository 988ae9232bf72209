"""`cmprobe rules list|show|profiles|check|export`."""

import json

import pytest

from probe.cli.main import main


@pytest.mark.parametrize("arguments", [["list"], ["show", "expires-soon"], ["profiles"]])
@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_the_catalogue_is_shown_in_three_formats(arguments, format_, capsys):
    assert main(["rules", *arguments, "--format", format_]) == 0
    out, err = capsys.readouterr()
    assert "expires-soon" in out
    assert err == ""
    if format_ == "json":
        json.loads(out)


def test_the_shipped_catalogue_has_no_problem(capsys):
    assert main(["rules", "check"]) == 0
    assert capsys.readouterr().out.endswith("no problem found\n")
    assert main(["rules", "check", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"problems": []}


def test_an_exported_catalogue_can_be_changed_and_checked(tmp_path, capsys):
    rules = tmp_path / "rules"
    assert main(["rules", "export", str(rules)]) == 0
    assert main(["rules", "check", "--rules", str(rules)]) == 0
    rule = rules / "requirements" / "expires-soon.toml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("days =", "dayz ="), encoding="utf-8")
    capsys.readouterr()
    assert main(["rules", "check", "--rules", str(rules)]) == 2
    assert capsys.readouterr().err.startswith(f"cmprobe: {rule}: params.")
    assert main(["rules", "check", "--rules", str(rules), "--format", "json"]) == 2
    assert json.loads(capsys.readouterr().out)["problems"][0]["file"] == str(rule)
    assert main(["check", "127.0.0.1:1", "--rules", str(rules)]) == 2


def test_a_catalogue_is_checked_in_three_formats(tmp_path, capsys):
    rules = tmp_path / "rules"
    assert main(["rules", "export", str(rules)]) == 0
    capsys.readouterr()
    for format_ in ("text", "json", "markdown"):
        assert main(["rules", "check", str(rules), "--format", format_]) == 0
        assert "problem" in capsys.readouterr().out
    rule = rules / "requirements" / "expires-soon.toml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("days =", "dayz ="), encoding="utf-8")
    assert main(["rules", "check", str(rules), "--format", "markdown"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("# Problems of the catalogue\n\n| File | Key | Problem |\n")
    assert "expires-soon.toml | params." in out
    assert err == ""


def test_a_catalogue_to_check_is_named_once(tmp_path, capsys):
    assert main(["rules", "check", str(tmp_path), "--rules", str(tmp_path)]) == 2
    assert "give one of them" in capsys.readouterr().err
    assert main(["rules", "check", str(tmp_path / "none")]) == 2


def test_an_export_is_told_in_three_formats(tmp_path, capsys):
    said = {}
    for format_ in ("text", "json", "markdown"):
        directory = tmp_path / format_
        assert main(["rules", "export", str(directory), "--format", format_]) == 0
        assert (directory / "catalogue.toml").is_file()
        said[format_] = capsys.readouterr().out
    assert said["text"] == f"{tmp_path / 'text'}\n"
    assert json.loads(said["json"]) == {"directory": str(tmp_path / "json")}
    assert said["markdown"].startswith("# Exported rules\n\n")


def test_nothing_is_overwritten_by_an_export(tmp_path, capsys):
    (tmp_path / "mine").write_text("mine")
    assert main(["rules", "export", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err

import shutil
import stat

import pytest

from probe import catalogue
from probe.catalogue import CatalogueError, export, load, problems, shipped
from probe.catalogue import shipped as shipped_function
from probe.judge import Plan
from probe.model.rule import Severity


def test_the_shipped_catalogue_loads():
    loaded = load()
    assert problems() == []
    assert loaded.revision
    assert loaded.digest.startswith("sha256:")
    assert len(loaded.digest) == len("sha256:") + 64
    assert loaded.rules["server-auth-eku"].params["oid"] == "1.3.6.1.5.5.7.3.1"


def test_texts_are_on_one_line():
    for rule in load().rules.values():
        for text in (rule.title, rule.why, rule.remedy, rule.elsewhere or "", *rule.notes):
            assert text == " ".join(text.split())


def test_the_digest_follows_names_and_contents_and_not_the_directory(tmp_path):
    copy = shutil.copytree(shipped(), tmp_path / "somewhere")
    assert load(copy).digest == load().digest
    rule = copy / "requirements/chain-order.toml"
    text = rule.read_text(encoding="utf-8")
    rule.write_text(text + "# a comment\n", encoding="utf-8")
    assert load(copy).digest != load().digest
    rule.write_text(text, encoding="utf-8")
    assert load(copy).digest == load().digest
    profile = copy / "profiles/cmg.toml"
    profile.write_text(
        profile.read_text(encoding="utf-8").replace('"cmg"', '"gateway"'), encoding="utf-8"
    )
    profile.rename(copy / "profiles/gateway.toml")
    assert load(copy).digest != load().digest


def test_the_packaged_copy_comes_first(tmp_path, monkeypatch):
    package = tmp_path / "site-packages/probe"
    (package / "_rules").mkdir(parents=True)
    (tmp_path / "site-packages/rules").mkdir()
    module = __import__("probe.catalogue.shipped", fromlist=["shipped"])
    monkeypatch.setattr(module, "_PACKAGE", package)
    assert shipped_function() == package / "_rules"
    (package / "_rules").rmdir()
    assert shipped_function() == tmp_path / "site-packages/rules"


def test_an_exported_catalogue_can_be_changed_and_used(tmp_path):
    directory = export(tmp_path / "ours")
    assert load(directory).digest == load().digest
    soon = directory / "requirements/expires-soon.toml"
    text = soon.read_text(encoding="utf-8")
    text = text.replace("days = 30", "days = 60").replace('"warning"', '"error"')
    soon.write_text(text, encoding="utf-8")
    company = directory / "profiles/company.toml"
    company.write_text(
        'id = "company"\ntitle = "Ours"\nsummary = "What we want."\nrules = ["expires-soon"]\n'
        '[source]\ndocument = "handbook"\nsection = "4"\n',
        encoding="utf-8",
    )
    changed = load(directory)
    assert changed.rules["expires-soon"].severity is Severity.ERROR
    assert changed.rules["expires-soon"].params["days"] == 60
    assert [step.rule for step in Plan(changed).steps(("company",), "file")] == ["expires-soon"]


def test_export_overwrites_nothing(tmp_path):
    (tmp_path / "mine.toml").write_text("x = 1")
    with pytest.raises(CatalogueError, match="is not empty: nothing is overwritten"):
        export(tmp_path)
    with pytest.raises(CatalogueError, match="is a file"):
        export(tmp_path / "mine.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_export_takes_an_empty_directory_and_leaves_files_writable(tmp_path):
    export(tmp_path)
    file = tmp_path / "catalogue.toml"
    assert file.stat().st_mode & stat.S_IWUSR


def test_the_room_says_what_it_offers():
    assert set(catalogue.__all__) == {"CatalogueError", "export", "load", "problems", "shipped"}

"""Broken catalogues: which file, which key, and what is said."""

import shutil

import pytest

from probe.catalogue import CatalogueError, load, problems, shipped

EKU = "requirements/server-auth-eku.toml"
KEY = "requirements/key-length-2048-or-4096.toml"
CMG = "profiles/cmg.toml"

# file, what is replaced by what, the key, what the message says
EDITS = [
    (EKU, "severity", "severty", "severty", 'unknown key (did you mean "severity"?)'),
    (EKU, 'title = "', '# title = "', "title", "missing"),
    (EKU, '"error"', '"erorr"', "severity", '"erorr" is none of error, warning, notice (did you mean "error"?)'),
    (EKU, 'subject = "leaf"', 'subject = "leafs"', "subject", '(did you mean "leaf"?)'),
    (EKU, 'subject = "leaf"', 'subject = "endpoint"', "subject", '"endpoint" does not fit: has_eku looks at single certificates'),
    (EKU, 'check = "has_eku"', 'check = "has_ekus"', "check", 'there is no check "has_ekus" (did you mean "has_eku"?)'),
    (EKU, "oid =", "odi =", "params.odi", 'unknown parameter "odi" (did you mean "oid"?); has_eku takes oid: text, split_from: text (optional)'),
    (EKU, 'oid = "1.3.6.1.5.5.7.3.1"', "", "params", 'missing parameter "oid"; has_eku takes oid: text'),
    (EKU, '"1.3.6.1.5.5.7.3.1"', "7", "params.oid", "Expected text, got integer; has_eku takes"),
    (EKU, '"1.3.6.1.5.5.7.3.1"', '"serverAuth"', "params.oid", "has_eku takes"),
    (EKU, 'id = "server-auth-eku"', 'id = "server-eku"', "id", '"server-eku" is not the name of the file, "server-auth-eku"'),
    (EKU, "[source]", "[source]\npage = 3", "source.page", "unknown key"),
    (EKU, "[source]\n", "", "source", "missing"),
    (EKU, "why =", "why = 3 #", "", "is not TOML"),
    (EKU, "notes = [", "notes = [3,", "notes[0]", "Expected text, got integer"),
    (EKU, 'check = "has_eku"', 'check = "has_eku"\nobservable = []', "observable", "is empty"),
    (EKU, 'check = "has_eku"', 'check = "has_eku"\nobservable = ["handshakes"]', "observable", '(did you mean "handshake"?)'),
    (EKU, 'check = "has_eku"', 'check = "has_eku"\nobservable = ["file"]', "elsewhere", "missing"),
    (KEY, "[2048, 4096]", "[2048, -1]", "params.allowed[1]", "key_length takes allowed: list of integer (optional), minimum: integer (optional)"),
    (KEY, "allowed = [2048, 4096]", "allowed = 2048", "params.allowed", "Expected list, got integer"),
    ("requirements/chain-order.toml", 'check = "chain_ordered"', 'check = "chain_ordered"\nparams = { x = 1 }', "params.x", 'unknown parameter "x"; chain_ordered takes no parameters'),
    ("requirements/chain-order.toml", 'subject = "endpoint"', 'subject = "leaf"', "subject", "chain_ordered looks at an endpoint or a file"),
    ("requirements/readable-file.toml", '["file"]', '["file", "handshake"]', "observable", 'must be ["file"]'),
    ("requirements/has-key-usage.toml", None, "", "id", "missing"),
    ("requirements/tls12-supported.toml", '"TLSv1.2"', '"TLS 1.2"', "params.version", 'version: "SSLv2" or "SSLv3"'),
    (CMG, "cmg-alias", "cmg-alais", "rules[6]", 'there is no rule "cmg-alais" (did you mean "cmg-alias"?)'),
    (CMG, "cmg-alias", "server-auth-eku", "rules[6]", '"server-auth-eku" is there twice'),
    (CMG, "[source]", "legcay = true\n[source]", "legcay", 'unknown key (did you mean "legacy"?)'),
    (CMG, "summary =", "title =", "", "is not TOML"),
    ("catalogue.toml", "revision =", "version =", "version", 'unknown key (did you mean "revision"?)'),
    ("catalogue.toml", '"2026.11"', "2026", "revision", "Expected text, got integer"),
]  # fmt: skip


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(shipped(), tmp_path / "rules")


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "message"),
    EDITS,
    ids=lambda value: None,
)
def test_an_edit_that_does_not_fit_is_refused(copy, file, old, new, key, message):
    path = copy / file
    text = path.read_text(encoding="utf-8") if old is not None else ""
    assert old is None or old in text
    path.write_text(text.replace(old, new, 1) if old is not None else new, encoding="utf-8")
    with pytest.raises(CatalogueError) as raised:
        load(copy)
    assert raised.value.file == str(path)
    assert raised.value.key == key
    assert message in raised.value.message
    assert str(raised.value).startswith(f"{path}: ")
    assert [str(error) for error in problems(copy)][:1] == [str(raised.value)]


def test_a_file_that_is_not_utf_8(copy):
    (copy / EKU).write_bytes(b'id = "server-auth-\xff"')
    with pytest.raises(CatalogueError, match=r"server-auth-eku.toml: is not UTF-8 \(octet 19\)"):
        load(copy)


def test_a_file_that_is_too_large(copy):
    (copy / EKU).write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(CatalogueError, match="is larger than"):
        load(copy)


def test_a_directory_that_is_not_there(tmp_path):
    with pytest.raises(CatalogueError, match="there is no such directory"):
        load(tmp_path / "absent")
    assert len(problems(tmp_path / "absent")) == 1


def test_a_directory_without_its_head(tmp_path):
    with pytest.raises(CatalogueError, match=r"catalogue.toml: missing"):
        load(tmp_path)


def test_a_directory_without_rules(tmp_path):
    (tmp_path / "catalogue.toml").write_text('revision = "1"')
    with pytest.raises(CatalogueError, match="there is no rule here"):
        load(tmp_path)


def test_every_broken_file_is_told_of(copy):
    for name in (EKU, KEY, CMG, "catalogue.toml"):
        (copy / name).write_text("x = ")
    broken = problems(copy)
    assert [error.file for error in broken] == [
        str(copy / name) for name in ("catalogue.toml", KEY, EKU, CMG)
    ]


def test_an_id_that_is_no_id(copy):
    path = copy / "requirements/Bad_Id.toml"
    path.write_text((copy / EKU).read_text().replace("server-auth-eku", "Bad_Id"))
    with pytest.raises(CatalogueError, match="lower-case words joined by hyphens"):
        load(copy)


def test_a_profile_without_rules(copy):
    text = (copy / "profiles/ibcm-proxy.toml").read_text()
    start, end = text.index("rules ="), text.index("[source]")
    (copy / "profiles/ibcm-proxy.toml").write_text(f"{text[:start]}rules = []\n{text[end:]}")
    with pytest.raises(CatalogueError, match="rules: is empty"):
        load(copy)

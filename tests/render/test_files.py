import csv
import io
import json
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from support.chains import AS_OF
from support.rulebook import CATALOGUE

from probe.lab import builder
from probe.lab.extensions import CLIENT_AUTH
from probe.model.file import CertificateFile, Encoding, FileFormat
from probe.model.finding import Finding, Outcome, SubjectCertificate
from probe.model.report import CatalogueInfo, Failures, FileResult, Report, Summary, Tool
from probe.model.rule import Severity
from probe.pki.certificate import load
from probe.render import render
from probe.render.jsonschema import report_schema


@pytest.fixture(scope="module")
def issued():
    return builder.root().authority("CN=Contoso Issuing CA").issue("CN=dp01", eku=[CLIENT_AUTH])


def result(issued, path: str, outcome: Outcome = Outcome.PASS, **fields) -> FileResult:
    file = CertificateFile(
        path=path,
        format=fields.pop("format", FileFormat.PKCS12),
        encoding=Encoding.DER,
        has_private_key=True,
        key_matches=True,
        provider="Microsoft Enhanced Cryptographic Provider v1.0",
        protected=True,
        profiles=("any", "distribution-point-client"),
        **fields,
    )
    subject = SubjectCertificate(0, load(issued.der).sha256)
    finding = Finding("any", "not-expired", Severity.ERROR, outcome, subject, "seen", "wanted")
    return FileResult(file, tuple(map(load, issued.sent)), (finding,))


def unreadable(path: str) -> FileResult:
    file = CertificateFile(path=path, problem="the file is empty", profiles=("any",))
    finding = Finding("any", "readable-file", Severity.ERROR, Outcome.FAIL, None, "empty", "read")
    return FileResult(file, (), (finding,))


def report(*files: FileResult) -> Report:
    failed = sum(one.findings[0].outcome is Outcome.FAIL for one in files)
    return Report(
        tool=Tool("cmprobe", "0"),
        catalogue=CatalogueInfo("r", "sha256:0"),
        started=AS_OF,
        finished=AS_OF + timedelta(seconds=1),
        as_of=AS_OF,
        summary=Summary(
            targets=len(files),
            reachable=sum(bool(one.presented) for one in files),
            findings=Failures(error=failed),
        ),
        files=files,
    )


def shown(format_: str, *files: FileResult, **options) -> str:
    return render(format_, report(*files), CATALOGUE, **options)


def test_one_file_in_full(issued):
    text = shown("text", result(issued, "dp/dp01.pfx", notes=("a block X",), label="dp01"))
    assert text.startswith("✓ dp/dp01.pfx  PKCS #12 file, distribution-point-client ")
    for line in (
        "  format      PKCS #12 file\n",
        "  password    needed\n",
        "  private key in the file\n",
        "  provider    Microsoft Enhanced Cryptographic Provider v1.0\n",
        "  name        dp01\n",
        "  judged as   distribution-point-client\n",
        "  also there  a block X\n",
        "In the file, 2 certificates\n",
    ):
        assert line in text
    assert "sent" not in text
    assert "Connection" not in text


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"has_private_key": False, "key_matches": None}, "private key not in the file"),
        ({"key_matches": False}, "private key in the file, of another certificate"),
        ({"key_matches": None}, "private key in the file, not compared with the certificate"),
        ({"protected": False}, "password    none: anybody can open it"),
        ({"profile_guessed": True}, "judged as   distribution-point-client (guessed)"),
        ({"format": FileFormat.PKCS7, "encoding": Encoding.BASE64}, "encoding    Base64"),
    ],
)
def test_what_stood_beside_the_certificate(issued, fields, line):
    import msgspec

    one = result(issued, "x")
    changed = msgspec.structs.replace(one, file=msgspec.structs.replace(one.file, **fields))
    assert f"  {line}\n" in shown("text", changed)


def test_a_file_that_cannot_be_read(issued):
    text = shown("text", unreadable("dp/\x1b[31mempty.pfx"))
    assert text.startswith("○ dp/\\x1b[31mempty.pfx  any")
    assert " unreadable\n  the file is empty\n" in text


def test_several_files(issued):
    text = shown(
        "text", result(issued, "a.pfx"), unreadable("b.pfx"), result(issued, "c", Outcome.FAIL)
    )
    head, *_ = text.split("\n\n")
    assert [line.split()[:3] for line in head.splitlines()] == [
        ["file", "profile", "expires"],
        ["✓", "a.pfx", "distribution-point-client"],
        ["○", "b.pfx", "any"],
        ["✗", "c", "distribution-point-client"],
    ]
    assert "3 files:  ○ 1 unreadable  ✗ 1 failing  ✓ 1 good" in text
    assert "    file      c\n" in text


def test_of_thousands_only_the_bad_ones_are_listed(issued):
    good = [result(issued, f"{number}.pfx") for number in range(60)]
    text = shown("text", *good, result(issued, "bad.pfx", Outcome.FAIL))
    assert "bad.pfx" in text
    assert "17.pfx" not in text
    assert "✓ and 60 more good\n" in text
    assert "✓ and 60 more good\n" in shown("text", *good)


def test_of_thousands_of_bad_ones_the_worst_are_listed(issued):
    bad = [result(issued, f"{number}.pfx", Outcome.INDETERMINATE) for number in range(210)]
    text = shown("text", *bad, result(issued, "bad.pfx", Outcome.FAIL), unreadable("worst"))
    head = text.partition("\n\n")[0].splitlines()
    assert [line.split()[1] for line in head[1:4]] == ["worst", "bad.pfx", "0.pfx"]
    assert head[-1] == "? and 12 more unknown"
    assert len(head) == 202


def test_json_has_the_file_in_place_of_the_target(issued):
    found = json.loads(shown("json", result(issued, "dp01.pfx"), unreadable("b")))
    good, bad = found["results"]
    assert list(good) == ["file", "chain", "findings", "links", "alternatives"]
    assert good["file"] | {} == {
        "path": "dp01.pfx",
        "format": "pkcs12",
        "has_private_key": True,
        "encoding": "der",
        "key_matches": True,
        "provider": "Microsoft Enhanced Cryptographic Provider v1.0",
        "protected": True,
        "entry": 1,
        "entries": 1,
        "label": None,
        "profiles": ["any", "distribution-point-client"],
        "profile_guessed": False,
        "notes": [],
        "problem": None,
    }
    assert [one["common_name"] for one in good["chain"]] == ["dp01", "Contoso Issuing CA"]
    assert bad["file"]["problem"] == "the file is empty"
    assert bad["chain"] == []


def test_json_fits_its_schema(issued):
    jsonschema = pytest.importorskip("jsonschema")
    schema = report_schema()
    found = json.loads(shown("json", result(issued, "dp01.pfx"), unreadable("b")))
    jsonschema.Draft202012Validator(schema).validate(found)
    del found["results"][0]["file"]["path"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(found)


def test_a_name_that_no_unicode_can_write(issued):
    path = b"\xff.pfx".decode("utf-8", "surrogateescape")
    assert (
        json.loads(shown("json", result(issued, path)))["results"][0]["file"]["path"]
        == "\\udcff.pfx"
    )


def test_json_lines(issued):
    line = json.loads(shown("jsonl", result(issued, "dp01.pfx")))
    assert line["schema"] == "cmprobe-result/1"
    assert line["file"]["path"] == "dp01.pfx"


def test_csv(issued):
    rows = list(
        csv.DictReader(io.StringIO(shown("csv", result(issued, "dp01.pfx"), unreadable("b"))))
    )
    assert [row["target"] for row in rows] == ["dp01.pfx", "b"]
    assert rows[0]["certificate"] == "dp01"


def test_junit(issued):
    root = ET.fromstring(shown("junit", result(issued, "a", Outcome.FAIL), unreadable("b")))  # noqa: S314 - our own
    assert [suite.get("name") for suite in root] == ["a", "b"]
    assert root.get("failures") == "2"
    assert [case.get("name") for case in root.iter("testcase")] == [
        "any/not-expired",
        "any/readable-file",
    ]


def test_nagios(issued):
    line = shown("nagios", result(issued, "a"), unreadable("b|c"))
    assert line.startswith("CMPROBE CRITICAL - b\\x7cc the file is empty; first expiry in ")
    assert "; 2 files | " in line


def test_entries_of_one_file_have_names_of_their_own(issued):
    files = [
        result(issued, "ca.csv", entry=1, entries=2, label="row 1, request 17"),
        result(issued, "ca.csv", entry=2, entries=2),
    ]
    text = shown("text", *files)
    assert "ca.csv (1: row 1, request 17)" in text
    assert "ca.csv (2)" in text

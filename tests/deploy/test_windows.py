"""The PowerShell scripts, as far as they can be judged without PowerShell."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from support.deploy import DEPLOY

HERE = DEPLOY / "windows"
SCRIPTS = sorted(HERE.glob("*.ps1"))
PAIRS = {"(": ")", "[": "]", "{": "}"}


def text(name):
    return (HERE / name).read_text(encoding="utf-8")


def bare(script):
    """Return a script without comments, here-strings and strings."""
    script = re.sub(r"<#.*?#>", "", script, flags=re.DOTALL)
    script = re.sub(r'@"\n.*?\n"@', '""', script, flags=re.DOTALL)
    script = re.sub(r"'[^'\n]*'", "''", script)
    script = re.sub(r'"(?:`.|[^"`\n])*"', '""', script)
    return re.sub(r"#.*", "", script)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_brackets_and_quotes_are_closed(path):
    code = bare(path.read_text(encoding="utf-8"))
    assert "'" not in code.replace("''", "")
    assert '"' not in code.replace('""', "")
    waiting = []
    for sign in code:
        if sign in PAIRS:
            waiting.append(PAIRS[sign])
        elif sign in PAIRS.values():
            assert waiting.pop() == sign
    assert waiting == []
    # A backtick continues a line only as its very last sign.
    assert not re.search(r"` +$", code, re.MULTILINE)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stops_at_the_first_error_and_can_be_asked_what_it_would_do(path):
    script = path.read_text(encoding="utf-8")
    for line in ("$ErrorActionPreference = 'Stop'", "Set-StrictMode -Version Latest"):
        assert line in script
    assert "SupportsShouldProcess" in script
    assert ".SYNOPSIS" in script


def test_every_variable_is_set_or_a_parameter():
    for path in SCRIPTS:
        script = path.read_text(encoding="utf-8")
        used = set(re.findall(r"\$([A-Za-z]\w*)", script)) - {
            "env",
            "null",
            "PSCmdlet",
            "LASTEXITCODE",
        }
        given = set(re.findall(r"\[(?:string|switch|int)\] \$(\w+)", script))
        given |= set(re.findall(r"\$(\w+)\s*=[^=]", script))
        given |= set(re.findall(r"foreach \(\$(\w+)", script)) | {"ErrorActionPreference", "text"}
        assert used <= given, path.name


def options(words):
    done = subprocess.run(
        [sys.executable, "-m", "probe", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=DEPLOY.parent,
        timeout=60,
    )
    return done.returncode, done.stderr


def test_cmprobe_knows_the_options(tmp_path):
    (tmp_path / "targets").mkdir()
    found = re.findall(
        r'"((?:scan|serve) `"\$Targets`"[^\n]*?)"(?: -Working|\n)',
        "".join(map(text, ["Register-CmprobeScan.ps1", "Install-CmprobeService.ps1"])),
    )
    assert len(found) == 2
    for line in found:
        words = [
            word.replace("$Targets", str(tmp_path / "targets"))
            .replace("$output", f"json={tmp_path}/report.json")
            .replace("$Listen", "127.0.0.1:0")
            .replace("$Directory", str(tmp_path))
            for word in line.replace('`"', "").replace("\\", "/").split()
        ]
        (tmp_path / "cache").mkdir(exist_ok=True)
        status, said = options(words)
        # There is no inventory in the directory, which is found out after the options.
        assert status == 2
        assert str(tmp_path / "targets") in said
        assert "usage:" not in said


def test_the_configuration_of_the_service_is_xml():
    (found,) = re.findall(r'@"\n(.*?)\n"@', text("Install-CmprobeService.ps1"), re.DOTALL)
    service = ET.fromstring(re.sub(r"\$\(& \$escape \$\w+\)", "value", found))  # noqa: S314 - ours
    assert service.find("id").text == "cmprobe"
    assert service.find("executable").text == "value"
    assert service.find("serviceaccount/username").text.endswith("NetworkService")


def test_the_page_says_what_was_not_tried_and_names_every_script():
    page = text("README.md")
    assert "Not tried on Windows by us" in page
    for path in SCRIPTS:
        assert f"]({path.name})" in page

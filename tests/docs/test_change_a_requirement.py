"""Every command of the page is run, in its order, and answers as the page says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.judging import ISSUING

PAGE = Path(__file__).parents[2] / "docs" / "change-a-requirement.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"# exit status ([0-9])$")

# Shells read these; in a test they lead to this very checkout, and never beyond loopback.
LOOPBACK = "mp01.corp.contoso.com:1 --address 127.0.0.1"
PREAMBLE = f'cmprobe() {{ "{sys.executable}" -m probe "$@"; }}\n'


def blocks():
    return [(kind, text) for kind, text in _BLOCK.findall(PAGE.read_text(encoding="utf-8"))]


def commands(block):
    """Split a block into its commands; a here-document belongs to its command."""
    return re.findall(r"^\S[^\n]*<<'END'\n.*?^END$|^\S[^\n]*$", block, re.MULTILINE | re.DOTALL)


def save(text, directory):
    """Write a file that the page shows; its first line says where."""
    name = text.partition("\n")[0].removeprefix("# ")
    path = directory / name
    assert name == "contoso.toml" or path.parent.is_dir(), name
    # What the system has in the test, so that nothing is resolved.
    text = text.replace("\nfqdn = ", '\naddress = "127.0.0.1"\nport = 1\nfqdn = ')
    path.write_text(text, encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="the page uses GNU sed")
def test_every_command_of_the_page(tmp_path):
    leaf = ISSUING.issue("", dns=["mp01.corp.contoso.com"])
    (tmp_path / "server.cer").write_bytes(leaf.der)
    said, ran = "", []
    for kind, text in blocks():
        if kind == "toml":
            save(text, tmp_path)
        elif kind == "text":
            assert said == text
        else:
            for command in commands(text):
                status, _, said = execute(command, tmp_path)
                expected = _STATUS.search(command)
                if expected:
                    assert status == int(expected[1]), said
                elif command.startswith(("cmprobe check", "cmprobe scan", "cmprobe inspect")):
                    # Judged, whatever came of it: 2 would be bad usage.
                    assert status in (0, 1, 3), said
                else:
                    assert status == 0, (command, said)
                ran.append(command)
    assert len(ran) > 20
    judged = execute(
        "cmprobe inspect server.cer --profile company-web --rules company-rules --format json "
        "--as-of 2027-11-15",
        tmp_path,
    )[1]
    (result,) = json.loads(judged)["results"]
    found = {(finding["rule"], finding["outcome"]) for finding in result["findings"]}
    # 47 days before the end: late by the changed threshold alone.
    assert ("expires-soon", "fail") in found
    assert ("company-lifetime", "pass") in found


def execute(command, directory):
    command = command.replace("check mp01.corp.contoso.com", f"check {LOOPBACK}")
    done = subprocess.run(
        ["bash", "-c", PREAMBLE + command],
        cwd=directory,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PAGE.parents[1]), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr

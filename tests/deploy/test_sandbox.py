"""The system calls that the units forbid are none that cmprobe makes."""

import re
import subprocess
import sys

import pytest
from support import deploy
from support.deploy import DEPLOY, ROOT
from support.programs import program

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="systemd is of Linux"),
]


def members(group):
    """Return the system calls of a group, as this systemd knows them."""
    found = set()
    for line in deploy.run("systemd-analyze", "syscall-filter", group, "--no-pager").splitlines()[
        1:
    ]:
        word = line.strip()
        if word and not word.startswith("#"):
            found |= members(word) if word.startswith("@") else {word}
    return found


def allowed(unit):
    """Return what a unit leaves: systemd itself adds @default to every list."""
    found = members("@default")
    for line in re.findall(
        r"^SystemCallFilter=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE
    ):
        named = set().union(*(members(group) for group in line.removeprefix("~").split()))
        found = found - named if line.startswith("~") else found | named
    return found


@pytest.fixture(scope="module")
def called(tmp_path_factory, contoso_lab):
    """What a scan calls that uses everything: several processes, CRLs with a cache, a report."""
    directory = tmp_path_factory.mktemp("calls")
    trace = directory / "trace"
    command = [program("strace"), "-f", "-qq", "-e", "signal=none", "-o", trace]
    command += [sys.executable, "-m", "probe", "scan", contoso_lab.inventory, "--workers", "2"]
    command += [
        "--target",
        "mp0*",
        "--cache",
        directory,
        "--output",
        f"json={directory / 'report'}",
    ]
    done = subprocess.run(
        list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert (directory / "report").stat().st_size > 1000, done.stderr
    return trace.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_every_system_call_is_allowed(unit, called):
    names = set(re.findall(r"^(?:\d+ +)?([a-z_0-9]+)\(", called, re.MULTILINE))
    assert len(names) > 40
    assert names - allowed(unit) == set()


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_every_family_of_sockets_is_allowed(unit, called):
    (line,) = re.findall(
        r"^RestrictAddressFamilies=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(re.findall(r"\bsocket(?:pair)?\((AF_\w+)", called)) <= set(line.split())


def test_no_memory_is_both_written_and_executed(called):
    assert "PROT_WRITE|PROT_EXEC" not in called

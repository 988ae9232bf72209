"""The units are what systemd accepts, and they can do little else than their work."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from support.deploy import DEPLOY
from support.programs import program

UNITS = DEPLOY / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
TIMERS = sorted(path.name for path in UNITS.glob("*.timer"))
EXPOSURE = 1.1

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is of Linux")


@pytest.fixture
def units(tmp_path):
    """The units as systemd sees them; verify demands that the program exists, and any will do."""
    copied = tmp_path / "units"
    shutil.copytree(UNITS, copied)
    for path in copied.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace("/opt/cmprobe/bin/cmprobe", "/bin/true")
            path.write_text(text, encoding="utf-8")
    return copied


def analyze(units, *words):
    return subprocess.run(
        [program("systemd-analyze"), *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
    )


@pytest.mark.parametrize("unit", SERVICES + TIMERS)
def test_systemd_finds_no_fault(unit, units):
    done = analyze(units, "verify", "--man=no", str(units / unit))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES)
def test_what_a_service_could_do_is_little_and_justified(unit, units):
    done = analyze(units, "security", "--offline=true", "--json=short", str(units / unit))
    assert done.returncode == 0, done.stderr
    left = [row for row in json.loads(done.stdout) if float(row["exposure"] or 0) > 0]
    limit = analyze(
        units, "security", "--offline=true", f"--threshold={EXPOSURE * 10:.0f}", str(units / unit)
    )
    assert limit.returncode == 0, limit.stdout
    text = (UNITS / unit).read_text(encoding="utf-8")
    comments = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    for row in left:
        assert row["name"] in comments, f"{row['name']} ({row['exposure']}) is not justified"


@pytest.mark.parametrize("timer", TIMERS)
def test_a_timer_has_its_service(timer):
    assert timer.replace(".timer", ".service") in SERVICES


@pytest.mark.parametrize("unit", [name for name in SERVICES if name != "cmprobe.service"])
def test_a_scan_ends_well_for_every_status_that_is_a_result(unit):
    text = (UNITS / unit).read_text(encoding="utf-8")
    assert "\nType=oneshot\n" in text
    assert "\nSuccessExitStatus=1 3\n" in text


def commands():
    for path in sorted(UNITS.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            for command in re.findall(r"^ExecStart=/\S+/cmprobe (.+)$", text, re.MULTILINE):
                yield pytest.param(command.split(), id=path.name)


@pytest.mark.parametrize("words", list(commands()))
def test_cmprobe_knows_the_options(words, tmp_path):
    (tmp_path / "targets").mkdir()
    place = {
        "/etc/cmprobe/targets": tmp_path / "targets",
        "%d": tmp_path,
        "/var/lib/cmprobe-scan": tmp_path,
        "/var/lib/prometheus/node-exporter": tmp_path,
    }
    for name, real in place.items():
        words = [word.replace(name, str(real)) for word in words]
    done = subprocess.run(
        [sys.executable, "-m", "probe", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=DEPLOY.parent,
        timeout=60,
    )
    # There is no inventory in the directory, which is found out after the options.
    assert done.returncode == 2
    assert str(tmp_path / "targets") in done.stderr
    assert "usage:" not in done.stderr


def test_the_user_of_the_text_file_exists_and_may_write_there():
    text = (UNITS / "cmprobe-textfile.service").read_text(encoding="utf-8")
    (user,) = re.findall(r"^User=(.+)$", text, re.MULTILINE)
    (directory,) = re.findall(r"^ReadWritePaths=(.+)$", text, re.MULTILINE)
    assert f"prometheus={directory}/cmprobe.prom" in text
    assert f"u {user} - " in (UNITS / "cmprobe-textfile.sysusers").read_text(encoding="utf-8")
    rights = (UNITS / "cmprobe-textfile.tmpfiles").read_text(encoding="utf-8")
    assert f"a+ {directory} - - - - user:{user}:rwx" in rights


def test_systemd_makes_the_user(tmp_path):
    file = UNITS / "cmprobe-textfile.sysusers"
    done = subprocess.run(
        [program("systemd-sysusers"), f"--root={tmp_path}", "--dry-run", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "cmprobe-textfile" in done.stdout + done.stderr

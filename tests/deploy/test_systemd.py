"""The units are what systemd accepts."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"


@pytest.mark.parametrize("unit", ["cmprobe-scan.service", "cmprobe-scan.timer"])
def test_systemd_finds_no_fault(unit, tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        if os.environ.get("CMPROBE_REQUIRE_ALL") == "1":
            pytest.fail("systemd-analyze is missing")
        pytest.skip("systemd-analyze is not on this machine")
    for path in UNITS.iterdir():
        # verify demands that the program exists; here any program will do.
        text = path.read_text(encoding="utf-8").replace("/opt/cmprobe/bin/cmprobe", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [analyze, "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_service_ends_well_for_every_status_that_is_a_result():
    text = (UNITS / "cmprobe-scan.service").read_text(encoding="utf-8")
    assert "SuccessExitStatus=1 3" in text

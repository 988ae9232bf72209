"""Scan-only use: node_exporter reads what a scan writes, and the rule finds its age."""

import re
import subprocess
import sys

import httpx
import pytest
from support import deploy
from support.deploy import ROOT
from support.programs import free_port, program, running

pytestmark = pytest.mark.real


def test_node_exporter_tells_the_age_of_the_file(tmp_path):
    place = tmp_path / "textfile"
    place.mkdir()
    command = [sys.executable, "-m", "probe", "check", f"127.0.0.1:{free_port()}", "--quiet"]
    command += ["--output", f"prometheus={place / 'cmprobe.prom'}"]
    # Another user reads it: the unit has a mask that lets them.
    subprocess.run(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False, timeout=60, umask=0o022
    )
    assert (place / "cmprobe.prom").stat().st_mode & 0o044 == 0o044
    port = free_port()
    exporter = (
        program("prometheus-node-exporter"),
        "--collector.disable-defaults",
        "--collector.textfile",
        f"--collector.textfile.directory={place}",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    with running(exporter, port, directory=tmp_path):
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    assert "node_textfile_scrape_error 0" in text
    assert re.search(r"^configmgr_probe_success\{.*\} 0$", text, re.MULTILINE)
    (file,) = re.findall(r'^node_textfile_mtime_seconds\{file="(.+)"\}', text, re.MULTILINE)
    (rule,) = [one for one in deploy.rules("alert") if one["alert"] == "CmprobeTextfileStale"]
    (wanted,) = re.findall(r'file=~"([^"]+)"', rule["expr"])
    assert re.fullmatch(wanted, file)

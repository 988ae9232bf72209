"""`cmprobe lab` stays up until it is interrupted."""

import shlex
import signal
import socket
import subprocess
import sys

import pytest

from probe.cli.main import main
from probe.inventory import load


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_the_lab_prints_its_inventory_and_waits(tmp_path, pytestconfig):
    command = [sys.executable, "-m", "probe", "lab", "--directory", str(tmp_path / "lab")]
    with subprocess.Popen(
        command,
        cwd=pytestconfig.rootpath,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            printed = process.stdout.readline().strip()
            assert printed == str(tmp_path / "lab" / "contoso.toml")
            told = []
            while not told or not told[-1].startswith("Try: cmprobe "):
                told.append(process.stderr.readline())
            # What is announced as sound is found so by the command that is to be tried.
            tried = shlex.split(told[-1].removeprefix("Try: cmprobe "))
            assert main([*tried, "--target", "cmg.contoso.com"]) == 0
            targets = load([tmp_path / "lab"]).targets
            with socket.create_connection(("127.0.0.1", targets[0].port), timeout=5):
                pass
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, out) == (0, "")
    assert targets[0].id in "".join(told)
    assert (tmp_path / "lab" / "contoso.toml").exists()


def test_a_directory_that_cannot_be_is_a_mistake(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["lab", "--directory", str(tmp_path / "file" / "lab")]) == 2
    assert "--directory: " in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_it_may_be_ended_as_soon_as_its_path_is_read(tmp_path, pytestconfig):
    command = [sys.executable, "-m", "probe", "lab", "-q", "--directory", str(tmp_path)]
    with subprocess.Popen(command, cwd=pytestconfig.rootpath, stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()

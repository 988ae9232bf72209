"""The command of Nagios, run as Nagios runs it."""

import re
import shlex
import subprocess
import sys

from support.deploy import DEPLOY, ROOT
from support.programs import free_port

TEXT = (DEPLOY / "nagios" / "cmprobe.cfg").read_text(encoding="utf-8")


def test_braces_and_references():
    assert TEXT.count("{") == TEXT.count("}")
    (defined,) = re.findall(r"^\s+command_name\s+(\S+)$", TEXT, re.MULTILINE)
    assert set(re.findall(r"^\s+check_command\s+([^!\s]+)", TEXT, re.MULTILINE)) == {defined}


def test_the_command_answers_as_a_plugin_does():
    (line,) = re.findall(r"^\s+command_line\s+\S+/cmprobe (.+)$", TEXT, re.MULTILINE)
    (role,) = re.findall(r"check_command\s+\w+!(\S+)", TEXT)
    line = line.replace("$ARG1$", role).replace("$HOSTNAME$", f"mp01.contoso.com:{free_port()}")
    words = [*shlex.split(line), "--address", "127.0.0.1"]
    done = subprocess.run(
        [sys.executable, "-m", "probe", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    # Nobody listens there: critical, in one line with performance data.
    assert (done.returncode, done.stdout.count("\n")) == (2, 1), done.stderr
    assert done.stdout.startswith("CMPROBE")
    assert "|" in done.stdout

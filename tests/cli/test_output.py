"""Reports to files: whole or not at all; colour only where it can be seen."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from probe.cli import output, terminal


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "report.json"
    output.write(path, [b'{"name": ', '"Zürich"}\n'.encode()])
    assert path.read_bytes() == '{"name": "Zürich"}\n'.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    path.write_text("before")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        output.write(path, [b"after"])
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")
def test_a_file_has_the_mode_that_the_umask_gives(tmp_path):
    path = tmp_path / "report.json"
    before = os.umask(0o027)
    try:
        output.write(path, [b"text"])
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="devices of POSIX")
def test_a_device_is_written_to_and_not_replaced():
    output.write(output._final(Path("/dev/null")), [b"text"])
    assert not Path("/dev/null").is_file()


class Stream:
    def __init__(self, *, terminal: bool, encoding: str | None = "utf-8") -> None:
        self.terminal, self.encoding = terminal, encoding

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("terminal_", "refused", "environment", "expected"),
    [
        (True, False, {}, True),
        (True, True, {}, False),
        (True, False, {"NO_COLOR": "1"}, False),
        (True, False, {"NO_COLOR": ""}, True),
        (True, False, {"TERM": "dumb"}, False),
        (False, False, {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    terminal_, refused, environment, expected, monkeypatch
):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal.colour(Stream(terminal=terminal_), refused=refused) is expected


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", True), ("cp1252", False), ("ascii", False), (None, False), ("odd", False)],
)
def test_marks_are_drawn_where_the_encoding_has_them(encoding, expected):
    assert terminal.unicode(Stream(terminal=True, encoding=encoding)) is expected


def printed(arguments, root, **streams):
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "probe", *arguments]
    return subprocess.run(command, cwd=root, env=environment, check=False, timeout=60, **streams)


def test_json_is_utf_8_whatever_the_terminal_is(tmp_path, pytestconfig):
    path = tmp_path / "inventory.toml"
    path.write_text(
        '[[system]]\nfqdn = "b\u00fccher.contoso.com"\nroles = ["management-point"]\n',
        encoding="utf-8",
    )
    done = printed(
        ["inventory", "expand", str(path), "--format", "json"],
        pytestconfig.rootpath,
        capture_output=True,
    )
    (target,) = json.loads(done.stdout.decode("utf-8"))
    assert target["names"]["intranet_fqdn"] == "b\u00fccher.contoso.com"


def test_text_is_spelled_out_where_the_encoding_lacks_it(pytestconfig):
    done = printed(["check", "127.0.0.1:1"], pytestconfig.rootpath, capture_output=True)
    assert done.returncode == 3
    assert done.stdout.isascii()
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_told_in_one_line(pytestconfig):
    with Path("/dev/full").open("wb") as full:
        done = printed(
            ["rules", "list"], pytestconfig.rootpath, stdout=full, stderr=subprocess.PIPE
        )
    assert (done.returncode, done.stderr) == (
        2,
        b"cmprobe: standard output: No space left on device\n",
    )


def test_what_programs_read_comes_in_few_blocks_and_in_order():
    parts = [bytes((number,)) * 1000 for number in range(250)]
    blocks = list(output._blocks(parts))
    assert b"".join(blocks) == b"".join(parts)
    assert len(blocks) == 2


@pytest.mark.parametrize("stream", [io.StringIO(), io.TextIOWrapper(io.BytesIO(), "ascii")])
def test_what_programs_read_is_poured_into_any_stream(monkeypatch, stream):
    monkeypatch.setattr(sys, "stdout", stream)
    stream.write("before\n")
    output._pour([b'{"name": ', '"Zürich"}\n'.encode()])
    buffer = getattr(stream, "buffer", None)
    said = stream.getvalue() if buffer is None else buffer.getvalue().decode()
    assert said == 'before\n{"name": "Zürich"}\n'

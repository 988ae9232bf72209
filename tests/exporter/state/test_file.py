import os

from support.jobs import filled, untrusting

from probe.exporter.rejudge import kept
from probe.exporter.state import file as statefile
from probe.exporter.state.octets import LARGEST, encode

A = untrusting("a.corp.contoso.com")
STATE = encode(kept(filled(A).entries()))


def test_a_file_is_replaced_as_a_whole_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "state"
    path.write_bytes(b"old")
    assert statefile.write(path, STATE)
    assert [one.id for one in statefile.read(path)] == [A.id]
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_that_is_gone_is_told(tmp_path, caplog):
    assert not statefile.write(tmp_path / "gone" / "state", b"x")
    assert "cannot be written" in caplog.text


def test_a_broken_file_is_told_and_passed_over(tmp_path, caplog):
    path = tmp_path / "state"
    assert statefile.read(path) == []
    assert not caplog.text
    path.write_bytes(b"something else")
    assert statefile.read(path) == []
    assert "is no state of cmprobe" in caplog.text
    assert statefile.read(tmp_path) == []


def test_a_huge_file_is_not_read(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(statefile, "LARGEST", 10)
    path = tmp_path / "state"
    path.write_bytes(STATE)
    assert statefile.read(path) == []
    assert "larger than" in caplog.text
    assert LARGEST > 10


def test_a_partial_file_that_cannot_be_removed_is_told(tmp_path, caplog):
    partial = tmp_path / f".state.{os.getpid()}.part"
    partial.mkdir()
    assert not statefile.write(tmp_path / "state", b"x")
    assert "cannot be written" in caplog.text

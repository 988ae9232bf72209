"""A private key to a file: whole or not at all, and never over another."""

import errno
import os
import stat
import sys

import pytest

from probe.cli.keyfile import write_key


def test_only_its_owner_may_read_it(tmp_path):
    before = os.umask(0)
    try:
        write_key(tmp_path / "a.key", b"secret")
    finally:
        os.umask(before)
    assert (tmp_path / "a.key").read_bytes() == b"secret"
    assert sys.platform == "win32" or stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]


def test_nothing_is_replaced_not_even_what_a_link_leads_to(tmp_path):
    (tmp_path / "a.key").write_bytes(b"mine")
    (tmp_path / "b.key").symlink_to(tmp_path / "absent")
    for name in ("a.key", "b.key"):
        with pytest.raises(FileExistsError):
            write_key(tmp_path / name, b"secret")
    assert (tmp_path / "a.key").read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.key", "b.key"]


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    (tmp_path / "a.key").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        write_key(tmp_path / "a.key", b"secret")
    assert (tmp_path / "a.key").read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]


@pytest.mark.skipif(sys.platform == "win32", reason="names are given by renaming there")
def test_where_there_are_no_links(tmp_path, monkeypatch):
    def refuse(*_args, **_named):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_key(tmp_path / "a.key", b"secret")
    assert (tmp_path / "a.key").read_bytes() == b"secret"
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_key(tmp_path / "a.key", b"other")


def test_what_was_begun_does_not_stay(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_key(tmp_path / "a.key", b"secret")
    assert list(tmp_path.iterdir()) == []

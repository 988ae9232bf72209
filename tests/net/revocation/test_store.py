"""CRLs kept in a directory: what counts when it is read again, and what is dropped."""

import logging
import multiprocessing
import os
import sys
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import crls, partners

from probe.lab import builder
from probe.net.revocation import store as module
from probe.net.revocation.errand import CRL_LIMIT, Fetched, Validators, now
from probe.net.revocation.store import Store

URL = "http://pki.contoso.com/ca.crl"
DATA = crls.crl(builder.root("CN=Root"))
TAGS = Validators('"abc"', "Sat, 21 Nov 2026 10:00:00 GMT")


def fetched(data=DATA, **said):
    return Fetched(0.1, data, validators=TAGS, **said)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "a" / "cache")


def files(store):
    return sorted(store._directory.iterdir())


def test_what_is_kept_comes_back(store):
    store.save(URL, "10.0.0.53", fetched(public=False))
    found = store.load(URL, "10.0.0.53")
    assert (found.data, found.validators, found.public) == (DATA, TAGS, False)
    assert timedelta(0) <= now() - found.at < timedelta(seconds=5)
    assert store.load(URL, None) is None
    assert store.load(URL + "x", "10.0.0.53") is None
    (path,) = files(store)
    assert len(path.name) == 64 + len(".crl")
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600
        assert store._directory.stat().st_mode & 0o777 == 0o700


def test_confirming_makes_it_young_again(store):
    store.save(URL, None, fetched(at=now() - timedelta(hours=5)))
    (path,) = files(store)
    long_ago = time.time() - 3 * 3600
    os.utime(path, (long_ago, long_ago))
    assert now() - store.load(URL, None).at > timedelta(hours=2)
    store.confirm(URL, None)
    assert now() - store.load(URL, None).at < timedelta(minutes=1)
    store.confirm("http://unknown/", None)


def _spoilt(octets):
    head = octets.index(b"\n", octets.index(b"\n") + 1)
    return {
        "empty": b"",
        "cut off": octets[:-1],
        "longer": octets + b"x",
        "another octet": octets[:-5] + bytes((octets[-5] ^ 1,)) + octets[-4:],
        "another version": octets.replace(b"cmprobe-cache/1", b"cmprobe-cache/9"),
        "another url": octets.replace(b"ca.crl", b"cb.crl"),
        "another size": octets.replace(b'"size":', b'"size":1'),
        "no JSON": octets[:20] + b"}{" + octets[head:],
        "a future": octets.replace(b'"fetched":"2', b'"fetched":"3'),
        "more keys": octets.replace(b'{"url"', b'{"more":1,"url"'),
        "text": b"<html>" * 100,
        "a long head": b"cmprobe-cache/1\n" + b"{" * 100_000,
        "too large": octets + bytes(CRL_LIMIT + 20_000),
    }


@pytest.mark.parametrize("how", _spoilt(b"x\n{}\n" + DATA))
def test_what_is_spoilt_counts_for_nothing(store, how):
    store.save(URL, None, fetched())
    (path,) = files(store)
    path.write_bytes(_spoilt(path.read_bytes())[how])
    assert store.load(URL, None) is None
    assert files(store) == []


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_any_octets_are_no_reason_to_fail(tmp_path_factory, octets):
    store = Store(tmp_path_factory.mktemp("any"))
    store._path(URL, None).write_bytes(octets)
    assert store.load(URL, None) is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")
def test_what_somebody_else_may_have_put_there_is_not_read(store, tmp_path):
    store.save(URL, None, fetched())
    (path,) = files(store)
    path.chmod(0o666)
    assert store.load(URL, None) is None
    store.save(URL, None, fetched())
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert store.load(URL, None) is None
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    assert store.load(URL, None) is None
    path.mkdir()
    assert store.load(URL, None) is None
    store.save(URL, None, fetched())
    if os.geteuid() == 0:
        path.rmdir()
        store.save(URL, None, fetched())
        os.chown(path, 12345, 12345)
        assert store.load(URL, None) is None


def test_the_oldest_are_dropped(store, monkeypatch):
    monkeypatch.setattr(module, "MOST_OCTETS", 3 * (len(DATA) + 400))
    monkeypatch.setattr(module, "MOST_FILES", 2)
    for at in range(4):
        store.save(f"{URL}{at}", None, fetched())
        os.utime(store._path(f"{URL}{at}", None), (at, at))
    assert [store.load(f"{URL}{at}", None) is not None for at in range(4)] == [False] * 2 + [
        True
    ] * 2
    monkeypatch.setattr(module, "MOST_OCTETS", 1)
    store.save(URL, None, fetched())
    assert len(files(store)) == 1


def test_what_was_never_finished_goes(store):
    for name, age in ((".new-a", 7200), (".new-b", 0), ("other", 7200)):
        path = store._directory / name
        path.write_bytes(b"x")
        os.utime(path, (time.time() - age, time.time() - age))
    store.save(URL, None, fetched())
    assert {path.name for path in files(store)} >= {".new-b", "other"}
    assert not (store._directory / ".new-a").exists()


def test_a_disk_that_refuses_is_told_once(store, caplog):
    store._directory.rmdir()
    for _ in range(3):
        store.save(URL, None, fetched())
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_directory_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        Store(tmp_path / "file" / "cache")


def test_several_processes_share_a_directory(tmp_path):
    context = multiprocessing.get_context("spawn")
    started = [
        context.Process(target=partners.hammering, args=(tmp_path, DATA, seed)) for seed in range(3)
    ]
    for one in started:
        one.start()
    for one in started:
        one.join(30)
    assert [one.exitcode for one in started] == [0] * 3
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".new-")]

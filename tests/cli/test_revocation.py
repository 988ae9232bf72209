"""Revocation as commands look it up: real servers on loopback, in one process and in several."""

import json
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from support import crls
from support.site import site

from probe.cli.main import main
from probe.lab import builder

NOW = datetime.now(UTC).replace(microsecond=0)
TIMES = {"last": NOW - timedelta(hours=1), "next_": NOW + timedelta(days=7)}
SPAN = {"not_before": NOW - timedelta(days=9), "not_after": NOW + timedelta(days=99)}
ROOT = builder.root("CN=Root", not_before=SPAN["not_before"], not_after=SPAN["not_after"])


@pytest.fixture
def pages(tmp_path):
    with site(tmp_path) as one:
        yield one


def inventory(tmp_path, ports, **keys):
    """Write an inventory of a target for each port, each at an address of its own."""
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    more = "".join(f"{key} = {value}\n" for key, value in keys.items())
    path = tmp_path / "inventory.toml"
    path.write_text(
        f'[site]\ntrust = ["root.pem"]\n{more}'
        + "".join(
            f'[[system]]\nfqdn = "h{at}.contoso.com"\nroles = ["tls"]\naddress = "127.0.0.1"\nport = {port}\n'
            for at, port in enumerate(ports)
        )
    )
    return path


def scanned(capsys, *arguments):
    status = main(["scan", *map(str, arguments), "--format", "json"])
    return status, json.loads(capsys.readouterr().out)


def records(report):
    return [one for result in report["results"] for one in result["observation"]["revocation"]]


def findings(report, rule):
    return [
        (one["outcome"], one["observed"])
        for result in report["results"]
        for one in result["findings"]
        if one["rule"] == rule
    ]


def hosts(pages, count, **said):
    return [
        pages.tls(ROOT.issue(f"CN=h{at}", dns=[f"h{at}.contoso.com"], **SPAN, **said))
        for at in range(count)
    ]


@pytest.mark.parametrize("page", ["a CRL", "nothing"])
def test_each_url_is_fetched_once_also_with_workers(pages, tmp_path, capsys, page):
    ports = hosts(pages, 6, crl=[f"{pages.at}/ca.crl"])
    if page == "a CRL":
        pages.pages["/ca.crl"] = crls.crl(ROOT, **TIMES)
    pages.delay = 0.3
    _, report = scanned(capsys, inventory(tmp_path, ports), "--workers", "2")
    assert len(pages.hits) == 1
    assert len(records(report)) == 6
    assert {one["status"] for one in records(report)} == {"ok" if page == "a CRL" else "failed"}


def test_a_cache_serves_the_next_scan(pages, tmp_path, capsys):
    ports = hosts(pages, 1, crl=[f"{pages.at}/ca.crl"])
    pages.pages["/ca.crl"] = crls.crl(ROOT, **TIMES)
    arguments = (inventory(tmp_path, ports), "--cache", tmp_path / "kept")
    (first,) = records(scanned(capsys, *arguments)[1])
    (second,) = records(scanned(capsys, *arguments, "--workers", "1")[1])
    assert pages.hits == [("/ca.crl", 200)]
    assert (first["cached"], second["cached"]) == (False, True)
    assert second["fetched"] == first["fetched"]
    assert second["seconds"] == 0
    assert second["revoked"] is False


def test_a_cache_that_cannot_be_is_named(tmp_path, capsys):
    (tmp_path / "file").write_bytes(b"")
    assert main(["check", "127.0.0.1:1", "--cache", str(tmp_path / "file")]) == 2
    assert "--cache" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--fetch-ldap", "--fetch", "none"), "--fetch-ldap"),
        (("--ldap-server", "dc01"), "--fetch-ldap"),
        (("--fetch-ldap", "--ldap-server", "a b:x"), "--ldap-server"),
    ],
)
def test_options_that_do_not_fit(options, word, capsys):
    assert main(["check", "127.0.0.1:1", *options]) == 2
    assert word in capsys.readouterr().err


def test_without_the_extra_its_name_is_told(tmp_path):
    """In a process of its own, where ldap3 is not to be found."""
    code = (
        "import sys; sys.modules['ldap3'] = None\n"
        "from probe.cli.main import main\n"
        "sys.exit(main(['check', '127.0.0.1:1', '--fetch-ldap']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "pip install cmprobe[ldap]" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupt_while_revocation_is_looked_up_loses_nothing(
    pages, tmp_path, pytestconfig, workers
):
    ports = hosts(pages, 2, crl=[f"{pages.at}/ca.crl"])
    pages.delay = 30.0
    command = [
        sys.executable, "-m", "probe", "scan", str(inventory(tmp_path, ports)), "--format", "json",
        "--timeout", "60", "--workers", workers,
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=pytestconfig.rootpath, stdout=subprocess.PIPE, text=True
    ) as process:
        watchdog = threading.Timer(30, process.kill)
        watchdog.start()
        try:
            while not pages.hits:
                assert process.poll() is None
                time.sleep(0.02)
            time.sleep(0.5)  # for the other target to come as far
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate()
        finally:
            watchdog.cancel()
            process.kill()
    assert process.returncode == 130
    report = json.loads(out)
    assert [one["observation"]["handshake"]["status"] for one in report["results"]] == ["ok"] * 2
    assert ["interrupted" in one["because"] for one in records(report)] == [True] * 2

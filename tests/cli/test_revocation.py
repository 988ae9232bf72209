"""Revocation as commands look it up: real servers on loopback, in one process and in several."""

import dataclasses
import json
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from support import crls
from support.directory import HOLDER, slapd
from support.programs import free_port
from support.responder import openssl_responder
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
    (first,) = hosts(pages, 1, crl=[f"{pages.at}/ca.crl"])
    (second,) = hosts(pages, 1, crl=[f"{pages.at}/cb.crl"])
    ports = [first, second]
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
            while len(pages.hits) < len(ports):
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate()
        finally:
            watchdog.cancel()
            process.kill()
    assert process.returncode == 130
    report = json.loads(out)
    assert [one["observation"]["handshake"]["status"] for one in report["results"]] == ["ok"] * 2
    assert ["interrupted" in one["because"] for one in records(report)] == [True] * 2


@pytest.mark.real
def test_fetch_all_asks_the_responder_and_finds_the_issuer(pages, tmp_path, capsys):
    issuing = ROOT.authority("CN=Issuing", crl=[f"{pages.at}/root.crl"], **SPAN)
    responder = f"http://127.0.0.1:{free_port()}"
    leaf = issuing.issue(
        "CN=h0", dns=["h0.contoso.com"], ocsp=[responder], crl=None, issuer_urls=[f"{pages.at}/issuing.crt"], **SPAN
    )  # fmt: skip
    alone = dataclasses.replace(leaf, issuers=())
    pages.pages |= {"/issuing.crt": issuing.der, "/root.crl": crls.crl(ROOT, **TIMES)}
    path = inventory(tmp_path, [pages.tls(alone)])
    serial = leaf.certificate.serial_number
    with openssl_responder(
        tmp_path, int(responder.rpartition(":")[2]), issuing, issuing, (serial,)
    ):
        status, report = scanned(capsys, path, "--fetch", "all")
        main(["scan", str(path), "--fetch", "all", "--no-color", "-v"])
    text = capsys.readouterr().out
    (source,) = records(report)
    assert (source["kind"], source["revoked"], source["reason"]) == ("ocsp", True, "superseded")
    (issuer,) = report["results"][0]["observation"]["issuers"]
    assert (issuer["status"], issuer["subject"]) == ("ok", "CN=Issuing")
    ((outcome, observed),) = findings(report, "chain-complete")
    assert outcome == "fail"
    assert "clients that fetch issuers will cope, others will not" in observed
    assert [one for one, _ in findings(report, "not-revoked")] == ["fail"]
    assert status == 1
    assert "only clients that fetch it have it" in " ".join(text.split())
    # What is fetched completes nothing that is judged.
    assert findings(report, "chain-trusted")[0][0] == "fail"


@pytest.mark.real
def test_directories_are_asked_only_when_that_is_wanted(pages, tmp_path, capsys):
    entry = f"CN=Root,{HOLDER}".replace(" ", "%20")
    url = f"ldap:///{entry}?certificateRevocationList?base?objectClass=cRLDistributionPoint"
    path = inventory(tmp_path, hosts(pages, 1, crl=[url]))
    outer = tmp_path / "public.toml"
    outer.write_text(
        path.read_text().replace(
            "fqdn", 'accepts = "internet"\ninternet_fqdn = "h0.contoso.com"\nfqdn', 1
        )
    )
    with slapd(tmp_path, {"Root": {"certificateRevocationList": crls.crl(ROOT, **TIMES)}}) as port:
        asked = ("--fetch-ldap", "--ldap-server", f"127.0.0.1:{port}")
        found = {}
        for name, arguments in (
            ("never", (path,)),
            ("nobody", (path, "--fetch-ldap")),
            ("asked", (path, *asked)),
            ("workers", (path, *asked, "--workers", "2")),
            ("internet", (outer, *asked)),
        ):
            _, report = scanned(capsys, *arguments)
            (record,) = records(report)
            (reachable,) = findings(report, "revocation-source-reachable")
            found[name] = (record["status"], record.get("because"), reachable)
    status, because, (outcome, _) = found["never"]
    assert (status, outcome, "--fetch-ldap" in because) == ("skipped", "indeterminate", True)
    status, because, (outcome, text) = found["nobody"]
    assert (status, outcome, "--ldap-server" in because) == ("skipped", "indeterminate", True)
    assert "only domain members can follow it" in text
    assert [found[name][0::2][0] for name in ("asked", "workers", "internet")] == ["ok"] * 3
    assert [found[name][2][0] for name in ("asked", "workers")] == ["pass"] * 2
    assert found["internet"][2][0] == "fail"

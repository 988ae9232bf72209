"""`--workers`: the same report as with one process, whatever happens to the others."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from support import partners

from probe.cli import workers
from probe.cli.main import main
from probe.model.target import Target


def timeless(value):
    """A report without what differs from run to run."""
    if isinstance(value, dict):
        changing = {"seconds", "started", "finished", "as_of", "fetched"}
        return {key: timeless(one) for key, one in value.items() if key not in changing}
    return [timeless(one) for one in value] if isinstance(value, list) else value


def identities(report: dict) -> list[str]:
    return list(dict.fromkeys(result["target"]["id"] for result in report["results"]))


@pytest.fixture(scope="session")
def lab_inventory(contoso_lab):
    return str(contoso_lab.inventory)


def scanned(capsys, *arguments: str) -> dict:
    main(["scan", *arguments, "--format", "json"])
    return json.loads(capsys.readouterr().out)


def test_several_workers_report_what_one_does(lab_inventory, capsys):
    chosen = (lab_inventory, "--target", "*0[1-3].corp*", "--as-of", "2026-06-01")
    alone = scanned(capsys, *chosen)
    together = scanned(capsys, *chosen, "--workers", "2")
    assert len(alone["results"]) > 5
    assert timeless(together) == timeless(alone)


def test_progress_is_summed(lab_inventory, capsys):
    main(["scan", lab_inventory, "--target", "[ms]*0?.corp*", "--workers", "2", "--progress"])
    shown = [line for line in capsys.readouterr().err.splitlines() if line.endswith(" targets")]
    done = [int(line.split()[0]) for line in shown]
    assert done == sorted(done)
    assert shown[-1] == f"{done[-1]} of {done[-1]} targets"


def test_no_target_of_a_dying_worker_is_lost(lab_inventory, capsys, monkeypatch):
    monkeypatch.setattr(workers, "work", partners.dying)
    chosen = (lab_inventory, "--target", "[md]p0*.corp*", "--workers", "2")
    main(["scan", *chosen, "--format", "json"])
    out, err = capsys.readouterr()
    report = json.loads(out)
    expected = scanned(capsys, *chosen[:3])
    assert identities(report) == identities(expected)
    lost = [
        one["observation"]["handshake"]["failure"]
        for one in report["results"]
        if one["observation"]["resolution"]["status"] == "skipped"
    ]
    assert [failure["kind"] for failure in lost] == ["internal"] * 2
    assert "status 9" in lost[0]["detail"]
    assert "a worker ended early" in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("times", [1, 3])
def test_what_was_finished_is_reported_when_interrupted(tmp_path, pytestconfig, times):
    with socket.socket() as silent, socket.socket() as closed:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        closed.bind(("127.0.0.1", 0))
        path = tmp_path / "inventory.toml"
        path.write_text(
            "[site]\ntrust = []\n[defaults]\ntimeout = 60\n"
            + "".join(
                f'[[system]]\nfqdn = "{name}.contoso.com"\nroles = ["tls"]\naddress = "127.0.0.{at}"\nport = {server.getsockname()[1]}\n'
                for at, (name, server) in enumerate(
                    (("silent", silent), ("a", closed), ("b", closed), ("c", closed)), 1
                )
            )
        )
        command = [sys.executable, "-m", "probe", "scan", str(path), "--workers", "2"]
        with subprocess.Popen(
            [*command, "--format", "json", "--progress"],
            cwd=pytestconfig.rootpath,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            watchdog = threading.Timer(30, process.kill)
            watchdog.start()
            try:
                while "3 of 4" not in (line := process.stderr.readline()):
                    assert line, "it ended too early"
                for _ in range(times):  # as fast as a hand can press Ctrl-C, to all processes
                    os.killpg(process.pid, signal.SIGINT)
                    time.sleep(0.015)
                out, _ = process.communicate()
            finally:
                watchdog.cancel()
                process.kill()
    assert process.returncode == 130
    hosts = [result["target"]["host"] for result in json.loads(out)["results"]]
    assert hosts == ["a.contoso.com", "b.contoso.com", "c.contoso.com"]


def test_all_targets_of_a_host_are_in_one_share():
    targets = [
        Target(id=f"h{n % 20}:{n}", host=f"h{n % 20}.example", port=n) for n in range(1, 200)
    ]
    parts = workers.shares(targets, 3)
    assert sorted(position for part in parts for position in part) == list(range(199))
    hosts = [{target.host for target in part.values()} for part in parts]
    assert sum(map(len, hosts)) == 20
    assert workers.shares(targets, 3) == parts


@pytest.mark.parametrize(
    ("wanted", "targets", "expected"), [(4, 100, 4), (4, 3, 3), (1, 0, 1), (None, 999, 1)]
)
def test_how_many_workers(wanted, targets, expected):
    assert workers.count(wanted, targets) == expected


def test_automatic_means_the_processors_for_a_large_scan(monkeypatch):
    monkeypatch.setattr(workers.os, "cpu_count", lambda: 4)
    assert workers.count(None, 100_000) == 4
    assert workers.count(None, 1200) == 2

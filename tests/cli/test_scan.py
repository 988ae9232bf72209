"""`cmprobe scan`: selection, shards, order, and what an interruption leaves."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from probe.cli.main import main


@pytest.fixture
def inventory(tmp_path, contoso_lab):
    """An inventory of three sound servers and one that expired."""
    text = contoso_lab.inventory.read_text(encoding="utf-8").replace(
        "contoso-", f"{contoso_lab.inventory.parent}/contoso-"
    )
    head, *systems = text.split("[[system]]")
    chosen = [
        system
        for system in systems
        if any(f'"{name}.corp' in system for name in ("mp01", "dp01", "sup01", "dp02"))
    ]
    path = tmp_path / "lab.toml"
    path.write_text("[[system]]".join([head, *chosen]), encoding="utf-8")
    return path


def scanned(capsys) -> list[str]:
    hosts = [result["target"]["host"] for result in json.loads(capsys.readouterr().out)["results"]]
    return list(dict.fromkeys(host.partition(".")[0] for host in hosts))


def test_results_are_in_the_order_of_the_inventory(inventory, capsys):
    assert main(["scan", str(inventory), "--format", "json"]) == 1
    assert scanned(capsys) == ["mp01", "dp01", "sup01", "dp02"]


@pytest.mark.parametrize(
    ("options", "expected", "status"),
    [
        (["--role", "software-update-point"], ["sup01"], 0),
        (["--target", "dp*.corp.contoso.com"], ["dp01", "dp02"], 1),
        (["--site", "p01", "--target", "mp*"], ["mp01"], 0),
        (["--role", "software-update-point", "--role", "management-point"], ["mp01", "sup01"], 0),
    ],
)
def test_targets_can_be_selected(inventory, capsys, options, expected, status):
    assert main(["scan", str(inventory), "--format", "json", *options]) == status
    assert scanned(capsys) == expected


@pytest.mark.parametrize(
    "options", [["--site", "X99"], ["--role", "ndes"], ["--target", "nothing"]]
)
def test_a_selection_of_nothing_is_a_mistake(inventory, capsys, options):
    assert main(["scan", str(inventory), *options]) == 2
    assert "no target matches" in capsys.readouterr().err


def test_an_unknown_role_is_named(inventory, capsys):
    assert main(["scan", str(inventory), "--role", "dp"]) == 2
    assert 'unknown role "dp" (did you mean "distribution-point"?)' in capsys.readouterr().err


def test_shards_share_the_targets_out(inventory, capsys):
    found = []
    for index in (1, 2, 3):
        assert main(["scan", str(inventory), "--format", "json", "--shard", f"{index}/3"]) in (0, 1)
        found += scanned(capsys)
    assert sorted(found) == ["dp01", "dp02", "mp01", "sup01"]


def test_an_empty_shard_is_no_mistake(inventory, capsys):
    statuses = {
        main(["scan", str(inventory), "--format", "json", "--shard", f"{index}/40"])
        for index in range(1, 5)
    }
    assert statuses <= {0, 1}


def test_standard_output_carries_the_report_only(inventory, capsys):
    main(["scan", str(inventory), "--format", "json", "--progress", "-vv"])
    out, err = capsys.readouterr()
    json.loads(out)
    assert "4 of 4 targets" in err


def test_a_catalogue_of_ones_own(inventory, tmp_path, capsys):
    rules = tmp_path / "rules"
    assert main(["rules", "export", str(rules)]) == 0
    rule = rules / "requirements" / "not-expired.toml"
    rule.write_text(
        rule.read_text(encoding="utf-8").replace('severity = "error"', 'severity = "notice"'),
        encoding="utf-8",
    )
    assert main(["scan", str(inventory), "--rules", str(rules)]) == 0


def test_a_bug_met_in_one_target_ends_no_scan(inventory, capsys, monkeypatch):
    from probe.scan import job

    real = job.assess

    def stumbling(target, seen, *rest):
        if target.host.startswith("dp02") and seen[0].observation.handshake.chain:
            raise ZeroDivisionError
        return real(target, seen, *rest)

    monkeypatch.setattr(job, "assess", stumbling)
    assert main(["scan", str(inventory), "--format", "json"]) == 3
    out, err = capsys.readouterr()
    report = json.loads(out)
    (unjudged,) = [one for one in report["results"] if one["target"]["host"].startswith("dp02")]
    assert unjudged["observation"]["handshake"]["chain"]
    assert {"expires-soon", "server-auth-eku"} <= {
        finding["rule"] for finding in unjudged["findings"] if finding["outcome"] == "indeterminate"
    }
    assert "could not be judged" in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "status", "times"),
    [(signal.SIGINT, 130, 1), (signal.SIGTERM, 143, 1), (signal.SIGINT, 130, 12)],
)
def test_what_was_finished_is_reported_when_interrupted(
    tmp_path, pytestconfig, number, status, times
):
    with socket.socket() as silent, socket.socket() as closed:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        closed.bind(("127.0.0.1", 0))
        path = tmp_path / "inventory.toml"
        path.write_text(
            "[site]\ntrust = []\n[defaults]\ntimeout = 60\n"
            + "".join(
                f'[[system]]\nfqdn = "{name}.contoso.com"\nroles = ["tls"]\naddress = "127.0.0.1"\nport = {server.getsockname()[1]}\n'
                for name, server in (("silent", silent), ("closed", closed))
            )
        )
        command = [
            sys.executable,
            "-m",
            "probe",
            "scan",
            str(path),
            "--format",
            "json",
            "--progress",
        ]
        with subprocess.Popen(
            command,
            cwd=pytestconfig.rootpath,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            watchdog = threading.Timer(30, process.kill)
            watchdog.start()
            try:
                while "1 of 2" not in (line := process.stderr.readline()):
                    assert line, "it ended too early"
                for _ in range(times):  # a burst that lasts until the process has ended
                    process.send_signal(number)
                    time.sleep(0.01)
                out, err = process.communicate()
            finally:
                watchdog.cancel()
                process.kill()
    assert process.returncode == status
    assert "interrupted: the report holds 1 of 2 targets" in err
    report = json.loads(out)
    assert [result["target"]["host"] for result in report["results"]] == ["closed.contoso.com"]

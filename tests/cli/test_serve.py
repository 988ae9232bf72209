"""`cmprobe serve` as a process of its own: signals, restarts, and what it refuses."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from support import pki
from support.serving import write_inventory

from probe.cli.main import main

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
URL = re.compile(rb"serving \d+ targets? on (\S+)/")


@pytest.fixture
def inventory(tmp_path, contoso_lab):
    path = tmp_path / "site.toml"
    write_inventory(path, contoso_lab, "mp01")
    return path


@contextmanager
def serving(*arguments, environment=None):
    """Start the command; yields the process and its URL, and ends it if that is still to do."""
    command = [sys.executable, "-m", "probe", "serve", *map(str, arguments)]
    process = subprocess.Popen(
        [*command, "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    )
    try:
        line = process.stderr.readline()
        found = URL.search(line)
        assert found, line + process.stderr.read()
        yield process, found[1].decode()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ready(url: str) -> None:
    end = time.monotonic() + 30
    while httpx.get(f"{url}/-/ready", trust_env=False).status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.02)


@posix
def test_a_hangup_while_ending_does_not_cut_the_end_short(inventory, tmp_path):
    state = tmp_path / "state"
    with serving(inventory, "--state", state) as (process, url):
        ready(url)
        state.unlink(missing_ok=True)
        place = httpx.URL(url)
        with socket.create_connection((place.host, place.port)) as client:
            # Half a request holds up the end for some seconds.
            client.sendall(b"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\n")
            process.send_signal(signal.SIGTERM)
            for _ in range(10):
                time.sleep(0.02)
                process.send_signal(signal.SIGHUP)
            _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, b"")


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_being_told_to_end_is_success(inventory, tmp_path, number):
    state = tmp_path / "state"
    with serving(inventory, "--state", state) as (process, url):
        ready(url)
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert errors == b""
    assert state.read_bytes().startswith(b"cmprobe-state/1\n")


@posix
def test_the_end_waits_for_no_scan(inventory, contoso_lab, tmp_path):
    write_inventory(inventory, contoso_lab, "dp10")
    with serving(inventory, "--timeout", "60") as (process, _):
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 0


@posix
def test_the_end_gives_up_probes_after_a_while(inventory, contoso_lab):
    (silent,) = write_inventory(inventory, contoso_lab, "dp10")
    with serving(inventory, "--timeout", "30") as (process, url), ThreadPoolExecutor() as threads:
        asked = threads.submit(
            httpx.get, f"{url}/probe", params={"target": silent.id}, timeout=20, trust_env=False
        )
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
        answer = asked.result()
    assert (answer.status_code, answer.text) == (503, "the exporter is being ended\n")
    assert process.returncode == 0
    assert errors == b""


@posix
def test_state_of_systemd_survives_a_restart_and_due_times_with_it(inventory, tmp_path):
    environment = {"STATE_DIRECTORY": str(tmp_path)}
    with serving(inventory, environment=environment) as (process, url):
        ready(url)
        before = httpx.get(f"{url}/api/v1/report", trust_env=False).json()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert (tmp_path / "cmprobe.state").is_file()
    with serving(inventory, environment=environment) as (process, url):
        assert httpx.get(f"{url}/-/ready", trust_env=False).status_code == 200
        after = httpx.get(f"{url}/api/v1/report", trust_env=False).json()
    assert after["finished"] == before["finished"]
    assert after["results"] == before["results"]


@posix
def test_sighup_reads_everything_again(inventory, contoso_lab):
    with serving(inventory, "-v") as (process, url):
        ready(url)
        write_inventory(inventory, contoso_lab, "mp01", "mp02")
        process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 30
        while len(httpx.get(f"{url}/sd", trust_env=False).json()) != 2:
            assert time.monotonic() < end
            time.sleep(0.02)
        inventory.write_text("nonsense")
        process.send_signal(signal.SIGHUP)
        while "success 0" not in httpx.get(f"{url}/metrics", trust_env=False).text:
            assert time.monotonic() < end
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
    text = errors.decode()
    assert "reloaded: 2 targets" in text
    assert f"reload: {inventory}: line 1" in text
    assert "stay in use" in text
    assert '"GET /sd HTTP/1.1" 200' in text


@posix
def test_systemd_is_told(inventory, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with serving(inventory, environment=environment) as (process, _):
            assert manager.recv(100) == b"READY=1"
            process.send_signal(signal.SIGTERM)
            assert manager.recv(100) == b"STOPPING=1"


def refused(capsys, *arguments) -> str:
    assert main(["serve", *map(str, arguments)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.removeprefix("cmprobe: ").rstrip("\n")


def test_what_cannot_be_served_is_told(inventory, tmp_path, capsys):
    assert "which inventory?" in refused(capsys)
    assert refused(capsys, inventory, "--listen", "9735").startswith('--listen: "9735" has no port')
    assert refused(capsys, inventory, "--interval", "0.5").startswith("--interval: 0.5 is less")
    assert refused(capsys, inventory, "--probe-allow", "10.0.0.1/8").startswith("--probe-allow: ")
    gone = tmp_path / "gone" / "state"
    assert "directory does not exist" in refused(capsys, inventory, "--state", gone)
    missing = tmp_path / "web.toml"
    assert refused(capsys, inventory, "--web-config", missing).startswith(
        f"{missing}: cannot be read"
    )
    assert "does not exist" in refused(capsys, tmp_path / "none.toml")


def test_a_port_in_use_is_told_in_one_line(inventory, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        message = refused(capsys, inventory, "--listen", place)
    assert message.startswith(f"--listen: {place}: ")
    assert "\n" not in message


def test_a_key_that_cannot_be_read_is_told_with_file_and_key(inventory, tmp_path, capsys):
    pki.write(tmp_path)
    web = tmp_path / "web.toml"
    web.write_text('[tls]\ncertificate = "server.pem"\nkey = "gone.pem"\n')
    message = refused(capsys, inventory, "--web-config", web)
    assert (
        message == f"{web}: tls.key: {tmp_path}/gone.pem cannot be read: No such file or directory"
    )


def test_a_password_is_hashed(monkeypatch, capsys):
    import io

    from probe.exporter.web import passwords

    monkeypatch.setattr(sys, "stdin", io.StringIO("korrekt pferd\n"))
    assert main(["serve", "--hash-password"]) == 0
    made = capsys.readouterr().out.strip()
    assert passwords.verify("korrekt pferd", made)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert main(["serve", "--hash-password"]) == 2


def test_no_other_command_loads_the_server():
    code = (
        "import sys; from probe.cli.main import main; import probe.cli.check, probe.cli.scan;"
        "main(['rules', 'check']); print({'starlette', 'uvicorn'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.endswith("set()\n")

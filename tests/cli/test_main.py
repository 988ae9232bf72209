"""The door: help, version, mistakes, and what is imported for them."""

import subprocess
import sys

import pytest

from probe import __version__
from probe.cli.main import main


def test_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr() == (f"cmprobe {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check"],
        ["scan"],
        ["inventory"],
        ["inventory", "check"],
        ["rules"],
        ["rules", "show"],
        ["request"],
        ["lab"],
        ["demo"],
    ],
)
def test_every_command_has_help(arguments, capsys):
    assert main([*arguments, "--help"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"usage: {' '.join(['cmprobe', *arguments])}")
    assert err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "cmprobe: the following arguments are required: COMMAND (see cmprobe --help)"),
        (["chek"], 'cmprobe: "chek" is no command (did you mean "check"?) (see cmprobe --help)'),
        (
            ["frobnicate"],
            'cmprobe: "frobnicate" is no command (one of check, scan, ',
        ),
        (
            ["check"],
            "cmprobe check: the following arguments are required: HOST[:PORT] (see cmprobe check --help)",
        ),
        (
            ["scan", "x.toml", "--tiemout", "3"],
            'cmprobe scan: unknown option "--tiemout" (did you mean "--timeout"?)',
        ),
        (
            ["scan", "x.toml", "--time=3"],
            'cmprobe scan: unknown option "--time" (did you mean "--timeout"?)',
        ),
        (
            ["check", "localhost", "--fetch", "some"],
            "cmprobe check: argument --fetch: invalid choice: 'some'",
        ),
        (["check", "localhost", "--shards", "2"], 'cmprobe check: unknown option "--shards"'),
        (["lab", "extra"], 'cmprobe lab: unexpected argument "extra"'),
        (
            ["check", "localhost", "--timeout", "0"],
            'cmprobe check: argument --timeout: "0" is not a number of seconds from above 0 to 86400 (see cmprobe check --help)',
        ),
        (
            ["check", "localhost", "-4", "-6"],
            "cmprobe check: argument -6: not allowed with argument -4 (see cmprobe check --help)",
        ),
        (
            ["check", "localhost", "--format", "jsno"],
            'cmprobe: --format: unknown format "jsno" (did you mean "json"?)',
        ),
        (
            ["check", "localhost", "--output", "jsno=x"],
            'cmprobe: --output: unknown format "jsno" (did you mean "json"?)',
        ),
        (
            ["check", "localhost", "--output", "json=/absent/x"],
            "cmprobe: --output: /absent/x: the directory does not exist",
        ),
        (["check", "localhost", "--output", "json=/"], "cmprobe: --output: /: is a directory"),
        (
            ["check", "localhost", "--role", "mp"],
            'cmprobe check: --role: unknown role "mp" (did you mean "management-point"?)',
        ),
        (
            ["check", "https://localhost"],
            'cmprobe check: "https://localhost" is a URL or path: give the host name alone',
        ),
        (
            ["check", "localhost:http"],
            'cmprobe check: "localhost:http" has the port "http": a port is a number from 1 to 65535',
        ),
        (["check", "localhost", "LOCALHOST:443"], 'cmprobe check: "LOCALHOST:443" is named twice'),
        (["check", "localhost", "--address", "here"], "cmprobe check: --address: "),
        (
            ["check", "localhost", "--intranet-fqdn", "*.contoso.com"],
            'cmprobe check: --intranet-fqdn: "*.contoso.com" is a wildcard: give the name that clients connect to',
        ),
        (
            ["check", "localhost", "--expected-thumbprint", "00"],
            "cmprobe check: --expected-thumbprint: ",
        ),
        (["check", "localhost", "--trust", "/absent.pem"], "cmprobe: /absent.pem: does not exist"),
        (["check", "localhost", "--rules", "/absent"], "cmprobe: /absent"),
        (
            ["check", "localhost", "--resolver", "dns"],
            'cmprobe: --resolver: "dns" is not IP or IP:PORT of a DNS server',
        ),
        (
            ["check", "localhost", "--proxy", "ftp://proxy"],
            "cmprobe: a proxy of scheme ftp is not supported",
        ),
        (
            ["check", "localhost", "--client-certificate", "/absent.pem"],
            "cmprobe: /absent.pem: No such file",
        ),
        (
            ["check", "localhost", "--client-certificate", "x.pem", "--tls-engine", "observer"],
            "cmprobe: --client-certificate needs the OpenSSL engine",
        ),
        (["scan", "/absent.toml"], "cmprobe: /absent.toml: does not exist"),
        (
            ["rules", "show", "expire-soon"],
            'cmprobe rules show: there is no rule "expire-soon" (did you mean "expires-soon"?)',
        ),
    ],
)
def test_a_mistake_is_one_line_and_status_2(arguments, message, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_a_mistake_is_unknown_to_nagios(capsys):
    """A plugin that exits with 2 would raise a critical alarm for a typing error."""
    assert main(["scan", "/absent.toml", "--format", "nagios"]) == 3
    assert capsys.readouterr().out == "CMPROBE UNKNOWN - /absent.toml: does not exist\n"


def test_a_bug_of_ours_is_no_failed_requirement(monkeypatch, capsys):
    from probe.cli import rules

    monkeypatch.setattr(rules, "run", lambda options: 1 / 0)
    assert main(["rules", "list"]) == 3
    assert "internal error (ZeroDivisionError)" in capsys.readouterr().err


def test_what_is_typed_cannot_move_the_cursor(capsys):
    assert main(["check", "\x1b[2Jlocalhost"]) == 2
    assert main(["check", "localhost", "--\x1b[2J"]) == 2
    assert main(["scan", "\x1b[2J.toml"]) == 2
    assert "\x1b" not in capsys.readouterr().err


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **options,
    )


def test_the_version_imports_no_room(pytestconfig):
    heavy = {"msgspec", "asyncio", "ssl", "cryptography", "httpx", "dns", "typing", "shutil"}
    script = f"import sys; from probe.cli.main import main; main(['--version']); print({heavy!r} & set(sys.modules))"
    done = run("-c", script, cwd=pytestconfig.rootpath)
    assert done.stdout == f"cmprobe {__version__}\nset()\n", done.stderr


def test_it_runs_as_a_module(pytestconfig):
    done = run("-m", "probe", "nothing", cwd=pytestconfig.rootpath)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith('cmprobe: "nothing" is no command')


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGPIPE there")
def test_a_reader_that_leaves_is_no_error(pytestconfig):
    shell = f"{sys.executable} -m probe rules list; echo status $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"( {shell} ) | true"],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == "status 0\n"

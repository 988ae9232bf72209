"""`cmprobe check` against the lab."""

import json
import socket

import pytest

from probe.cli.main import main


@pytest.fixture
def server(contoso_lab):
    """Return the port of a lab host, and the options with which it is reached."""

    def at(host: str) -> list[str]:
        (target,) = [
            planted.target
            for planted in contoso_lab.planted
            if planted.target.startswith(host + ":")
        ]
        folder = contoso_lab.inventory.parent
        return [
            target,
            "--resolver",
            contoso_lab.resolver,
            "--trust",
            str(folder / "contoso-root.pem"),
            "--timeout",
            "5",
        ]

    return at


def failed(out: str) -> set[str]:
    return {
        finding["rule"]
        for result in json.loads(out)["results"]
        for finding in result["findings"]
        if finding["outcome"] == "fail"
    }


def test_a_sound_cmg_passes_in_one_screen(server, capsys):
    arguments = ["check", *server("cmg.contoso.com"), "--fetch-private"]
    assert main([*arguments, "--role", "cloud-management-gateway"]) == 0
    out, err = capsys.readouterr()
    assert "cmg.contoso.com" in out
    assert len(out.splitlines()) < 50
    assert err == ""


def test_what_fails_gives_status_1(server, capsys):
    arguments = ["check", *server("dp02.corp.contoso.com"), "--role", "distribution-point"]
    assert main([*arguments, "--format", "json"]) == 1
    assert failed(capsys.readouterr().out) == {"not-expired"}


def test_the_time_that_validity_is_judged_at_can_be_chosen(server, capsys):
    arguments = [
        "check",
        *server("mp01.corp.contoso.com"),
        "--role",
        "management-point",
        "--internet-fqdn",
        "mp.contoso.com",
    ]
    assert main([*arguments, "--as-of", "+10y", "--format", "json"]) == 1
    assert "not-expired" in failed(capsys.readouterr().out)
    assert main([*arguments, "--as-of", "-9y", "--format", "json"]) == 1
    assert "already-valid" in failed(capsys.readouterr().out)


def test_fail_on_decides_what_counts(server, capsys):
    arguments = ["check", *server("dp03.corp.contoso.com"), "--role", "distribution-point"]
    assert main(arguments) == 0
    assert main([*arguments, "--fail-on", "warning"]) == 1


def test_without_its_root_trust_is_a_failure_and_without_any_it_is_undecided(
    server, contoso_lab, tmp_path, capsys
):
    target, *options = server("dp01.corp.contoso.com")
    foreign = contoso_lab.inventory.with_name("contoso-issuing.pem")
    options[options.index("--trust") + 1] = str(foreign)
    arguments = ["check", target, *options, "--format", "json"]
    main(arguments)
    assert "chain-trusted" not in failed(capsys.readouterr().out)  # an issuing CA as root is a root
    options[options.index("--trust") + 1] = str(tmp_path)
    (tmp_path / "other.pem").write_bytes(_stranger())
    main(["check", target, *options, "--format", "json"])
    assert "chain-trusted" in failed(capsys.readouterr().out)


def _stranger() -> bytes:
    from probe.lab import builder

    return builder.root("CN=Fabrikam Root CA").pem


def test_a_missing_intermediate_can_be_given(server, contoso_lab, capsys):
    arguments = ["check", *server("dp06.corp.contoso.com"), "--format", "json"]
    assert main(arguments) == 1
    assert failed(capsys.readouterr().out) == {"chain-complete", "chain-trusted"}
    arguments += ["--intermediate", str(contoso_lab.inventory.with_name("contoso-issuing.pem"))]
    assert main(arguments) == 1
    assert failed(capsys.readouterr().out) == {"chain-complete"}


def test_what_cannot_be_reached_is_not_judged(capsys):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert main(["check", f"127.0.0.1:{port}", "--format", "json"]) == 3
    report = json.loads(capsys.readouterr().out)
    assert report["summary"]["reachable"] == 0
    assert report["results"][0]["observation"]["connection"]["failure"]["kind"] == "refused"


def test_an_address_is_connected_to_and_the_name_kept(server, capsys):
    target, *options = server("mp01.corp.contoso.com")
    options[options.index("--resolver") : options.index("--resolver") + 2] = [
        "--address",
        "127.0.0.1",
        "--fetch",
        "none",
    ]
    assert main(["check", target, *options, "--role", "management-point", "--format", "json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert (result["target"]["host"], result["address"]) == ("mp01.corp.contoso.com", "127.0.0.1")


def test_nagios_has_its_line_and_status(server, capsys):
    assert (
        main(
            [
                "check",
                *server("dp02.corp.contoso.com"),
                "--role",
                "distribution-point",
                "--format",
                "nagios",
            ]
        )
        == 2
    )
    assert capsys.readouterr().out.startswith("CMPROBE CRITICAL - ")
    assert (
        main(
            [
                "check",
                *server("dp03.corp.contoso.com"),
                "--role",
                "distribution-point",
                "--format",
                "nagios",
            ]
        )
        == 1
    )
    assert capsys.readouterr().out.startswith("CMPROBE WARNING - ")


def test_files_are_written_beside_standard_output(server, capsys, tmp_path):
    files = {format_: tmp_path / f"report.{format_}" for format_ in ("json", "nagios", "text")}
    outputs = [
        option for format_, path in files.items() for option in ("--output", f"{format_}={path}")
    ]
    assert main(["check", *server("dp02.corp.contoso.com"), *outputs]) == 1
    assert "not-expired" in capsys.readouterr().out
    assert "not-expired" in failed(files["json"].read_text(encoding="utf-8"))
    assert files["nagios"].read_text(encoding="utf-8").startswith("CMPROBE CRITICAL")
    assert "\x1b" not in files["text"].read_text(encoding="utf-8")


@pytest.mark.parametrize("engine", ["observer", "openssl"])
def test_the_engine_can_be_chosen(server, capsys, engine):
    assert (
        main(
            ["check", *server("dp01.corp.contoso.com"), "--tls-engine", engine, "--format", "json"]
        )
        == 0
    )
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["observation"]["handshake"]["engine"] == engine


def test_a_family_can_be_chosen(server, capsys):
    arguments = ["check", *server("dp01.corp.contoso.com"), "--format", "json"]
    assert main([*arguments, "-4"]) == 0
    assert main([*arguments, "-6"]) == 3
    out = capsys.readouterr().out
    assert '"no_address"' in out

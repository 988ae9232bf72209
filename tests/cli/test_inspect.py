"""`cmprobe inspect` on files that the tools of the field wrote."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta

import pytest
from support import files

from probe.cli import patience
from probe.cli.main import main
from probe.lab import builder, keys
from probe.lab.extensions import CLIENT_AUTH, SERVER_AUTH, TemplateV2
from probe.render import FORMATS

AS_OF = "2026-06-01T00:00Z"
SECRET = "Tr0ub4dor-and-3"
CLIENT = {"eku": [CLIENT_AUTH], "template": TemplateV2("1.3.6.1.4.1.311.21.8.1.2")}


@pytest.fixture(scope="module")
def issuing():
    return builder.root(key=keys.rsa_key(2048, 1)).authority(
        "CN=Contoso Issuing CA", key=keys.rsa_key(2048, 2)
    )


@pytest.fixture
def inspect(tmp_path, issuing, capsys, monkeypatch):
    """Run the command with the issuers trusted; return status, results by path, and stderr."""
    monkeypatch.delenv("CMPROBE_PFX_PASSWORD", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".trust").mkdir()
    (tmp_path / ".trust" / "root.pem").write_bytes(builder.pem(issuing.issuers[-1]))
    (tmp_path / ".trust" / "issuing.pem").write_bytes(issuing.pem)

    def run(*arguments: str) -> tuple[int, dict[str, dict], str]:
        trust = ("--trust", ".trust/root.pem", "--intermediate", ".trust/issuing.pem")
        status = main(["inspect", *arguments, *trust, "--as-of", AS_OF, "--format", "json"])
        out, err = capsys.readouterr()
        results = json.loads(out)["results"] if out else []
        return status, {one["file"]["path"]: one for one in results}, err

    return run


@pytest.fixture
def pfx(tmp_path, issuing):
    """Write a PKCS#12 file of a distribution point."""

    def write(name: str, *options: str, password: str = SECRET, **fields) -> builder.Issued:
        issued = issuing.issue("CN=dp", **(CLIENT | {"key": keys.rsa_key(2048, 3)} | fields))
        folder = tmp_path / ".work"
        folder.mkdir(exist_ok=True)
        data = files.pfx(folder, issued.chain_pem, issued.key_pem, *options, password=password)
        (tmp_path / name).write_bytes(data)
        return issued

    return write


def outcomes(result: dict) -> dict[str, str]:
    return {finding["rule"]: finding["outcome"] for finding in result["findings"]}


def failed(result: dict) -> set[str]:
    return {rule for rule, outcome in outcomes(result).items() if outcome == "fail"}


def client(issuing, name: str, **fields) -> builder.Issued:
    return issuing.issue(f"CN={name}", **(CLIENT | {"key": keys.rsa_key(2048, 4)} | fields))


def test_a_sound_distribution_point_file(inspect, pfx, tmp_path, monkeypatch):
    pfx("dp.pfx", "-CSP", "Microsoft Enhanced Cryptographic Provider v1.0")
    monkeypatch.setenv("CMPROBE_PFX_PASSWORD", SECRET)
    status, results, err = inspect("dp.pfx", "--profile", "distribution-point-client")
    file = results["dp.pfx"]["file"]
    assert (status, err) == (0, "")
    assert file["format"] == "pkcs12"
    assert file["has_private_key"] is file["key_matches"] is file["protected"] is True
    assert file["provider"] == "Microsoft Enhanced Cryptographic Provider v1.0"
    assert file["profile_guessed"] is False
    found = outcomes(results["dp.pfx"])
    for rule in ("private-key-exportable", "pkcs12-container", "client-auth-eku", "chain-trusted"):
        assert found[rule] == "pass"
    assert [one["common_name"] for one in results["dp.pfx"]["chain"]] == [
        "dp",
        "Contoso Issuing CA",
    ]


def test_a_bare_certificate_does_not_show_whether_its_key_is_exportable(inspect, issuing, tmp_path):
    (tmp_path / "dp.cer").write_bytes(client(issuing, "dp").der)
    status, results, _ = inspect("dp.cer", "--profile", "distribution-point-client")
    found = outcomes(results["dp.cer"])
    assert found["private-key-exportable"] == "indeterminate"
    assert failed(results["dp.cer"]) == {"pkcs12-container"}
    assert status == 1


@pytest.mark.parametrize(("said", "expected"), [((), "indeterminate"), (("--https-only",), "fail")])
def test_a_self_signed_distribution_point_is_wrong_beside_https(inspect, tmp_path, said, expected):
    (tmp_path / "dp.cer").write_bytes(builder.self_signed("CN=dp", **CLIENT).der)
    _, results, _ = inspect("dp.cer", "--profile", "distribution-point-client", *said)
    assert outcomes(results["dp.cer"])["pki-distribution-point"] == expected


def test_a_key_of_another_certificate_proves_nothing(inspect, issuing, tmp_path):
    other = client(issuing, "other", key=keys.rsa_key(2048, 5))
    (tmp_path / "dp.pem").write_bytes(client(issuing, "dp").pem + other.key_pem)
    _, results, _ = inspect("dp.pem", "--profile", "distribution-point-client")
    assert "private-key-exportable" in failed(results["dp.pem"])


@pytest.mark.parametrize("how", ["file", "environment"])
def test_the_password_of_a_file_or_the_environment(inspect, pfx, tmp_path, monkeypatch, how):
    pfx("modern.pfx")
    pfx("legacy.pfx", "-legacy")
    (tmp_path / "passwords.txt").write_text(f"another\n{SECRET}\n", encoding="utf-8")
    options = ["--password-file", "passwords.txt"] if how == "file" else []
    if how == "environment":
        monkeypatch.setenv("CMPROBE_PFX_PASSWORD", SECRET)
    status, results, err = inspect("modern.pfx", "legacy.pfx", *options)
    assert (status, err) == (0, "")
    assert {one["file"]["key_matches"] for one in results.values()} == {True}


def test_a_missing_password_is_status_2_and_the_rest_is_reported(inspect, pfx, issuing, tmp_path):
    pfx("dp.pfx")
    (tmp_path / "pc.cer").write_bytes(client(issuing, "pc").der)
    status, results, err = inspect("dp.pfx", "pc.cer", "--computer-name", "pc")
    assert status == 2
    assert err == (
        "cmprobe inspect: dp.pfx: the file is protected by a password, and none was given"
        " (--password-file FILE or CMPROBE_PFX_PASSWORD gives it)\n"
    )
    assert failed(results["dp.pfx"]) == {"readable-file"}
    assert failed(results["pc.cer"]) == set()


def test_a_wrong_password_is_status_2_and_is_not_repeated(inspect, pfx, monkeypatch):
    pfx("dp.pfx")
    monkeypatch.setenv("CMPROBE_PFX_PASSWORD", "wr0ng-guess")
    status, results, err = inspect("dp.pfx")
    assert status == 2
    assert err == "cmprobe inspect: dp.pfx: the password does not open the file\n"
    assert "wr0ng-guess" not in json.dumps(results) + err


def test_the_password_is_asked_for_on_a_terminal(inspect, pfx, monkeypatch):
    pfx("a.pfx")
    pfx("b.pfx")
    asked = []
    answers = iter(["no", SECRET])

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return next(answers)

    monkeypatch.setattr("getpass.getpass", answer)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    status, _, err = inspect("a.pfx", "b.pfx", "--no-progress")
    assert (status, err) == (0, "")
    assert [prompt.split()[2] for prompt in asked] == ["a.pfx", "a.pfx"]


def test_no_answer_ends_the_asking(inspect, pfx, monkeypatch):
    pfx("a.pfx")
    pfx("b.pfx")
    asked = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    status, results, _ = inspect("a.pfx", "b.pfx", "--no-progress")
    assert status == 2
    assert len(results) == 2
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "--password-file: pw: No such file or directory"),
        (b"\xff", "--password-file: pw: is not UTF-8"),
        (b"x" * (1 << 17), "--password-file: pw: is too large for a list of passwords"),
    ],
)
def test_a_password_file_that_cannot_be_used(inspect, pfx, tmp_path, content, message):
    pfx("dp.pfx")
    if content is not None:
        (tmp_path / "pw").write_bytes(content)
    status, results, err = inspect("dp.pfx", "--password-file", "pw")
    assert (status, results) == (2, {})
    assert err == f"cmprobe: {message}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.cer"], "cmprobe inspect: missing.cer: No such file or directory"),
        (["pc.cer", "--profile", "windows-clients"], 'cmprobe inspect: --profile: there is no profile "windows-clients" (did you mean "windows-client"?)'),
        (["pc.cer", "--role", "mp"], 'cmprobe inspect: --role: unknown role "mp" (did you mean "management-point"?)'),
        (["pc.cer", "--intranet-fqdn", "a b"], "cmprobe inspect: --intranet-fqdn: "),
        (["empty"], "cmprobe inspect: no file in empty"),
    ],
)  # fmt: skip
def test_bad_usage_is_status_2(inspect, issuing, tmp_path, arguments, message):
    (tmp_path / "pc.cer").write_bytes(client(issuing, "pc").der)
    (tmp_path / "empty").mkdir()
    status, results, err = inspect(*arguments)
    assert (status, results) == (2, {})
    assert err.startswith(message)


def test_a_directory_is_walked_and_one_bad_file_does_not_end_it(inspect, issuing, tmp_path):
    deep = tmp_path / "certs" / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "certs" / ".git").mkdir()
    (tmp_path / "certs" / ".git" / "index").write_bytes(b"junk")
    (deep / "pc1.anything").write_bytes(client(issuing, "pc1").der)
    (tmp_path / "certs" / "pc2.cer").write_bytes(client(issuing, "pc2").pem)
    (tmp_path / "certs" / "notes.txt").write_text("buy milk", encoding="ascii")
    (tmp_path / "certs" / "pc1.key").write_bytes(client(issuing, "pc1").key_pem)
    (tmp_path / "certs" / "again").symlink_to(deep)
    (tmp_path / "certs" / "lost").symlink_to("nowhere")
    status, results, err = inspect(
        "certs", "certs/", "./certs/pc2.cer", "--profile", "windows-client"
    )
    assert set(results) == {
        "certs/a/b/pc1.anything",
        "certs/pc2.cer",
        "certs/notes.txt",
        "certs/lost",
    }
    assert failed(results["certs/notes.txt"]) == failed(results["certs/lost"]) == {"readable-file"}
    assert (
        results["certs/notes.txt"]["file"]["problem"]
        == "the file is no certificate in a known format"
    )
    assert results["certs/lost"]["file"]["problem"].startswith("the file cannot be opened: ")
    assert failed(results["certs/pc2.cer"]) == set()
    assert err == "cmprobe inspect: left out, as no certificate is in them: a private key (1)\n"
    assert status == 1


def test_a_key_that_is_named_itself_is_told(inspect, issuing, tmp_path):
    (tmp_path / "pc.key").write_bytes(client(issuing, "pc").key_pem)
    status, results, _ = inspect("pc.key")
    assert results["pc.key"]["file"]["problem"] == "the file holds a private key and no certificate"
    assert status == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_a_finding(inspect, issuing, tmp_path):
    (tmp_path / "closed").mkdir(mode=0)
    _, results, _ = inspect("closed")
    assert results["closed"]["file"]["problem"].startswith("the directory cannot be read: ")


def test_the_profile_is_guessed_and_said(inspect, issuing, pfx, tmp_path, monkeypatch):
    monkeypatch.setenv("CMPROBE_PFX_PASSWORD", SECRET)
    pfx("dp.pfx")
    (tmp_path / "pc.cer").write_bytes(client(issuing, "pc").der)
    (tmp_path / "web.cer").write_bytes(issuing.issue("", dns=["mp.contoso.com"]).der)
    (tmp_path / "root.cer").write_bytes(issuing.issuers[-1])
    _, results, _ = inspect("dp.pfx", "pc.cer", "web.cer", "root.cer")
    assert {path: one["file"]["profiles"] for path, one in results.items()} == {
        "dp.pfx": ["any", "distribution-point-client"],
        "pc.cer": ["any", "windows-client"],
        "web.cer": ["any", "iis-site-system"],
        "root.cer": ["root-ca"],
    }
    assert all(one["file"]["profile_guessed"] for one in results.values())


def test_the_guess_is_said_in_the_text(inspect, issuing, tmp_path, capsys):
    (tmp_path / "pc.cer").write_bytes(client(issuing, "pc").der)
    main(["inspect", "pc.cer", "--trust", ".trust/root.pem"])
    assert "judged as   windows-client (guessed)" in capsys.readouterr().out


def test_names_are_judged_as_for_a_server(inspect, issuing, tmp_path):
    (tmp_path / "mp.cer").write_bytes(issuing.issue("", dns=["mp.corp.contoso.com"]).der)
    options = (
        "mp.cer",
        "--intranet-fqdn",
        "mp.corp.contoso.com",
        "--internet-fqdn",
        "mp.contoso.com",
    )
    _, results, _ = inspect(*options, "--profile", "iis-site-system")
    found = outcomes(results["mp.cer"])
    assert found["name-intranet-fqdn"] == "pass"
    assert found["name-internet-fqdn"] == "fail"
    assert found["client-name-match"] == "not_observable"


def test_roles_decide_about_profile_and_names(inspect, issuing, tmp_path):
    (tmp_path / "sup.cer").write_bytes(issuing.issue("", dns=["sup.contoso.com"]).der)
    options = (
        "sup.cer",
        "--internet-fqdn",
        "sup.contoso.com",
        "--intranet-fqdn",
        "sup.corp.contoso.com",
    )
    _, results, _ = inspect(*options, "--accepts", "internet", "--role", "software-update-point")
    assert "name-intranet-fqdn" in failed(results["sup.cer"])
    _, results, _ = inspect(*options, "--accepts", "internet", "--role", "management-point")
    assert "name-intranet-fqdn" not in failed(results["sup.cer"])


def test_a_service_name_is_asked_of_a_gateway(inspect, issuing, tmp_path):
    cmg = issuing.issue("CN=cmg.contoso.com", dns=["cmg.contoso.com"], key=keys.rsa_key(2048, 6))
    (tmp_path / "cmg.cer").write_bytes(cmg.der)
    _, results, _ = inspect("cmg.cer", "--service-name", "cmg.contoso.com")
    assert results["cmg.cer"]["file"]["profiles"] == ["any", "cmg"]
    assert outcomes(results["cmg.cer"])["common-name-service-name"] == "pass"


@pytest.mark.parametrize(("armoured", "outcome"), [(False, "pass"), (True, "fail")])
def test_mobile_devices_take_der_only(inspect, issuing, tmp_path, armoured, outcome):
    issued = client(issuing, "phone")
    (tmp_path / "phone.cer").write_bytes(issued.pem if armoured else issued.der)
    _, results, _ = inspect("phone.cer", "--profile", "mobile-device")
    assert outcomes(results["phone.cer"])["der-encoding"] == outcome


def test_a_root_is_found_in_the_chain_that_was_exported(inspect, issuing, tmp_path):
    leaf = client(issuing, "pc")
    (tmp_path / "chain.p7b").write_bytes(
        files.p7b(tmp_path / ".trust", builder.pem(leaf.der, *leaf.issuers))
    )
    status, results, _ = inspect("chain.p7b", "--profile", "root-ca")
    assert results["chain.p7b"]["chain"][0]["common_name"] == "Contoso Root CA"
    assert status == 0


def test_names_must_be_unique_in_a_run(inspect, issuing, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.cer").write_bytes(client(issuing, "pc", key=keys.ec_key(index=7)).der)
    (tmp_path / "three.cer").write_bytes(client(issuing, "pc3").der)
    _, results, _ = inspect("one.cer", "two.cer", "three.cer", "--profile", "windows-client")
    assert {path: outcomes(one)["unique-name"] for path, one in results.items()} == {
        "one.cer": "fail",
        "two.cer": "fail",
        "three.cer": "pass",
    }
    _, results, _ = inspect("one.cer", "--profile", "windows-client")
    assert outcomes(results["one.cer"])["unique-name"] == "not_observable"


def test_reuse_is_told_among_distribution_points(inspect, pfx, tmp_path, monkeypatch):
    monkeypatch.setenv("CMPROBE_PFX_PASSWORD", SECRET)
    pfx("dp1.pfx")
    (tmp_path / "dp2.pfx").write_bytes((tmp_path / "dp1.pfx").read_bytes())
    pfx("dp3.pfx")
    status, results, _ = inspect("dp1.pfx", "dp2.pfx", "dp3.pfx")
    assert {path: outcomes(one)["certificate-reused"] for path, one in results.items()} == {
        "dp1.pfx": "fail",
        "dp2.pfx": "fail",
        "dp3.pfx": "pass",
    }
    assert status == 1 if "unique-name" in outcomes(results["dp1.pfx"]) else status == 0


def test_every_node_of_a_cluster_has_the_same_certificate(inspect, issuing, tmp_path):
    start = datetime.fromisoformat("2026-01-01T00:00Z")

    def issue(later: timedelta) -> bytes:
        return issuing.issue(
            "CN=sql.contoso.com",
            dns=["sql.contoso.com"],
            not_before=start + later,
            not_after=start + later + timedelta(days=800),
            key=keys.rsa_key(2048, 8),
        ).der

    one, other, renewed = issue(timedelta(0)), issue(timedelta(days=1)), issue(timedelta(days=790))
    for name, octets in {"a": one, "b": one, "c": other, "d": renewed}.items():
        (tmp_path / name).write_bytes(octets)
    options = ("--profile", "sql-failover-cluster", "--cluster-fqdn", "sql.contoso.com")
    rule = "same-certificate-on-all-nodes"
    _, results, _ = inspect("a", "b", *options)
    assert {outcomes(found)[rule] for found in results.values()} == {"pass"}
    for second in ("c", "d"):
        _, results, _ = inspect("a", second, *options)
        assert {outcomes(found)[rule] for found in results.values()} == {"fail"}


def test_a_database_of_an_authority(inspect, issuing, tmp_path):
    rows = [(17, client(issuing, "pc1").der), (18, None), (19, client(issuing, "pc2").der)]
    (tmp_path / "ca.csv").write_bytes(files.certutil_csv(rows).encode("utf-16"))
    status = main(
        [
            "inspect",
            "ca.csv",
            "--profile",
            "windows-client",
            "--trust",
            ".trust/root.pem",
            "--format",
            "json",
            "--output",
            "json=out.json",
        ]
    )
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["results"]
    assert [one["file"]["label"] for one in found] == [
        "row 1, request 0x11 (17)",
        "row 3, request 0x13 (19)",
    ]
    assert found[0]["file"]["notes"] == ["a row without a certificate"]
    assert found[1]["file"]["notes"] == []
    assert status == 3


def test_a_key_storage_provider_is_told(inspect, pfx, monkeypatch):
    monkeypatch.setenv("CMPROBE_PFX_PASSWORD", SECRET)
    fields = {"eku": [SERVER_AUTH]}
    pfx("cng.pfx", "-CSP", "Microsoft Software Key Storage Provider", **fields)
    pfx("csp.pfx", "-CSP", "Microsoft RSA SChannel Cryptographic Provider", **fields)
    _, results, _ = inspect("cng.pfx", "csp.pfx", "--profile", "sql-server")
    assert outcomes(results["cng.pfx"])["key-storage-provider"] == "fail"
    assert outcomes(results["csp.pfx"])["key-storage-provider"] == "pass"


def test_a_pipe_is_read(tmp_path, issuing, inspect):
    leaf = client(issuing, "pc")
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = subprocess.Popen(["sh", "-c", f"cat > {path}"], stdin=subprocess.PIPE)
    writer.stdin.write(leaf.pem)
    writer.stdin.close()
    _, results, _ = inspect("pipe")
    assert writer.wait() == 0
    assert results["pipe"]["chain"][0]["common_name"] == "pc"


@pytest.mark.parametrize("format_", FORMATS)
def test_no_secret_reaches_any_output(tmp_path, issuing, pfx, inspect, format_):
    """Neither passwords nor any octet of a private key, in no format and at no verbosity."""
    pfx("open.pfx")
    pfx("locked.pfx", password="an0ther-Secret")
    leaf = client(issuing, "pem")
    (tmp_path / "key.pem").write_bytes(leaf.pem + leaf.key_pem)
    (tmp_path / "broken.pfx").write_bytes((tmp_path / "open.pfx").read_bytes()[:-200] + bytes(200))
    (tmp_path / "pw").write_text(SECRET, encoding="ascii")
    command = [sys.executable, "-m", "probe", "inspect", ".", "--format", format_, "-vv"]
    command += ["--password-file", "pw", "--trust", ".trust/root.pem", "--output", "json=out.json"]
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode in {2, 3}
    shown = done.stdout + done.stderr + (tmp_path / "out.json").read_bytes()
    assert b"locked.pfx" in shown
    private = leaf.key.private_numbers()
    secrets = [SECRET.encode(), b"an0ther-Secret", b"PRIVATE KEY", *leaf.key_pem.splitlines()[1:-1]]
    for number in (private.d, private.p, private.q):
        octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
        secrets += [
            octets,
            octets.hex().encode(),
            base64.b64encode(octets)[:40],
            str(number).encode(),
        ]
    assert [secret for secret in secrets if secret in shown] == []


def test_a_bug_in_the_reader_costs_one_file_and_tells_no_secret(
    inspect, pfx, issuing, tmp_path, monkeypatch
):
    pfx("dp.pfx")
    (tmp_path / "pc.cer").write_bytes(client(issuing, "pc").der)
    monkeypatch.setenv("CMPROBE_PFX_PASSWORD", SECRET)

    def broken(_members: object, passwords: object) -> None:
        raise RuntimeError(f"bug with {passwords}")

    monkeypatch.setattr("probe.pki.container.pkcs12.read", broken)
    status, results, err = inspect("dp.pfx", "pc.cer", "--computer-name", "pc")
    assert results["dp.pfx"]["file"]["problem"] == "internal error: RuntimeError"
    assert failed(results["pc.cer"]) == set()
    assert "internal error (RuntimeError)" in err
    assert SECRET not in err + json.dumps(results)
    assert status == 1


def test_progress_goes_to_standard_error(inspect, issuing, tmp_path):
    (tmp_path / "certs").mkdir()
    for number in range(5):
        (tmp_path / "certs" / f"{number}.cer").write_bytes(client(issuing, f"pc{number}").der)
    _, results, err = inspect("certs", "--progress")
    assert len(results) == 5
    assert err == "".join(f"{number} of 5 files\n" for number in range(1, 6))


def test_an_interrupted_run_reports_what_was_finished(tmp_path, issuing, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for number in range(4):
        (tmp_path / f"{number}.cer").write_bytes(client(issuing, f"pc{number}").der)
    from probe.cli import inspect as module

    judged = module.assess_files

    def slow(*arguments):
        for number, result in enumerate(judged(*arguments)):
            if number == 2:
                signal.raise_signal(signal.SIGTERM)
                time.sleep(5)
            yield result

    monkeypatch.setattr(module, "assess_files", slow)
    # However slowly this machine reports: a signal of another burst would end the tests.
    monkeypatch.setattr(patience, "SECONDS", 60.0)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert main(["inspect", ".", "--format", "json", "--trust", "0.cer"]) == 143
        signal.raise_signal(signal.SIGTERM)  # of the same burst: it is ignored
        signal.raise_signal(signal.SIGINT)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert len(json.loads(capsys.readouterr().out)["results"]) == 2


def test_nagios_says_what_it_means(inspect, pfx, tmp_path, capsys):
    pfx("dp.pfx")
    status = main(["inspect", "dp.pfx", "--format", "nagios", "--trust", ".trust/root.pem"])
    assert status == 3
    assert capsys.readouterr().out.startswith("CMPROBE CRITICAL - dp.pfx the file is protected")


def test_without_a_network(inspect, issuing, tmp_path, monkeypatch):
    """Nothing is resolved or connected to, whatever URLs a certificate holds."""
    import socket

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    (tmp_path / "pc.cer").write_bytes(client(issuing, "pc").der)
    status, _, _ = inspect("pc.cer", "--fetch", "none", "--computer-name", "pc")
    assert status == 0


def test_standard_output_that_is_closed_early_is_no_error(issuing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pc.cer").write_bytes(client(issuing, "pc").der)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert main(["inspect", "pc.cer", "--computer-name", "pc", "--trust", "pc.cer"]) in {0, 1, 3}

"""`cmprobe request`: every request, issued, passes the profile that it was made for."""

import json
import shlex
import shutil
import stat
import subprocess
import sys

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from support import inf
from support.issuing import PASSWORD, export, issue
from support.judging import ISSUING, ROOT, Case, findings

from probe.catalogue import load
from probe.cli.main import main
from probe.lab import keys
from probe.model.stages import Skipped
from probe.model.target import Accepts, Names, Template

MP, PUBLIC = "mp01.corp.contoso.com", "mp.contoso.com"
INTRANET, INTERNET = ("--intranet-fqdn", MP), ("--internet-fqdn", PUBLIC)
COMPUTER = ("--computer-name", "PC01")
TEMPLATE = "WebServer"  # what the lab's authorities write

# profile, options about the certificate, its common name, its alternative names
CASES = [
    ("iis-site-system", INTRANET, None, [MP]),
    ("iis-site-system", INTERNET, None, [PUBLIC]),
    ("iis-site-system", (*INTRANET, *INTERNET), None, [MP, PUBLIC]),
    ("iis-site-system", (*INTRANET, *INTERNET, *COMPUTER), None, [MP, PUBLIC, "PC01"]),
    ("iis-site-system", (*INTRANET, "--common-name", MP), MP, [MP]),
    ("iis-site-system", (*INTRANET, *INTERNET, "--accepts", "internet", "--role", "software-update-point"), None, [MP, PUBLIC]),
    ("iis-site-system", (*INTRANET, "--role", "enrollment-point", "--key-length", "3072"), None, [MP]),
    ("cmg", ("--service-name", "CMG.contoso.com"), "CMG.contoso.com", ["CMG.contoso.com"]),
    ("cmg", ("--service-name", "bücher.contoso.com"), "xn--bcher-kva.contoso.com", ["xn--bcher-kva.contoso.com"]),
    ("cloud-distribution-point", ("--service-name", "clouddp1.contoso.com"), "clouddp1.contoso.com", ["clouddp1.contoso.com"]),
    ("sql-server", INTRANET, MP, [MP]),
    ("sql-failover-cluster", ("--cluster-fqdn", "sql.corp.contoso.com"), "sql.corp.contoso.com", ["sql.corp.contoso.com"]),
    ("site-system-monitoring", INTRANET, MP, [MP]),
    ("ndes-policy-module", INTRANET, MP, [MP]),
    ("distribution-point-client", INTRANET, MP, [MP]),
    ("distribution-point-client", ("--common-name", "Distribution points (P01)"), "Distribution points (P01)", []),
    ("ibcm-proxy", INTERNET, None, [PUBLIC]),
    ("windows-client", INTRANET, MP, [MP]),
    ("windows-client", COMPUTER, "PC01", ["PC01"]),
    ("windows-client", (*INTRANET, "--computer-name", "MP01"), MP, [MP]),
    ("task-sequence-media", ("--common-name", "Task sequence media"), "Task sequence media", []),
    ("macos-client", ("--common-name", "Kim O'Neil"), "Kim O'Neil", []),
    ("macos-client", INTRANET, MP, []),
    ("mobile-device", ("--common-name", "kim@contoso.com"), "kim@contoso.com", []),
]  # fmt: skip
SERVERS = {
    "iis-site-system",
    "cmg",
    "cloud-distribution-point",
    "sql-server",
    "sql-failover-cluster",
    "ibcm-proxy",
}

# RSA keys take time to make: where each request has a new one, a case of every kind is enough.
KINDS = list({(case[0], case[2] is None, len(case[3])): case for case in CASES}.values())


def cases(chosen):
    ids = [f"{case[0]}-{number}" for number, case in enumerate(chosen)]
    return pytest.mark.parametrize(("profile", "options", "common_name", "dns"), chosen, ids=ids)


def requested(capsys, profile, options, *more):
    assert main(["request", "--profile", profile, *options, *more]) == 0
    return capsys.readouterr().out


def judged(issued, profile, options, directory, capsys):
    """Judge a certificate as its administrator would; returns outcomes by rule."""
    path = export(issued, directory, pfx=exported(profile))
    trust, password = directory / "root.pem", directory / "password"
    trust.write_bytes(ROOT.pem)
    (directory / "issuing.pem").write_bytes(ISSUING.pem)
    password.write_text(PASSWORD)
    templates = directory / "templates.toml"
    templates.write_text(f'[templates]\n{profile} = [{{ name = "{TEMPLATE}" }}]\n')
    names = [part for pair in pairs(options) if pair[0] in INSPECTED for part in pair]
    issuing = str(directory / "issuing.pem")
    arguments = ["inspect", str(path), "--profile", profile, *names]
    arguments += ["--trust", str(trust), "--intermediate", issuing]
    arguments += ["--password-file", str(password), "--as-of", "2026-06-01"]
    arguments += ["--templates", str(templates), "--fail-on", "notice"]
    status = main([*arguments, "--format", "json"])
    out, err = capsys.readouterr()
    (result,) = json.loads(out)["results"]
    found = {(finding["rule"], finding["outcome"]) for finding in result["findings"]}
    assert {one for one in found if one[1] in ("fail", "indeterminate")} == set(), err
    assert status == 0
    return {rule for rule, outcome in found if outcome == "pass"}


INSPECTED = {
    "--intranet-fqdn",
    "--internet-fqdn",
    "--computer-name",
    "--service-name",
    "--cluster-fqdn",
    "--accepts",
    "--role",
}


def pairs(options):
    return list(zip(options[::2], options[1::2], strict=True))


def exported(profile):
    catalogue = load()
    return "private-key-exportable" in catalogue.profiles[profile].rules


def holds(request, common_name, dns):
    assert [attribute.value for attribute in request.subject] == [common_name] * bool(common_name)
    asked = {extension.oid.dotted_string: extension.value for extension in request.extensions}
    assert (
        asked["2.5.29.17"].get_values_for_type(x509.DNSName) == dns
        if dns
        else "2.5.29.17" not in asked
    )
    return asked


@cases(CASES)
def test_an_inf_file_issued(profile, options, common_name, dns, tmp_path, capsys):
    read = inf.read(requested(capsys, profile, options))
    key = keys.rsa_key(int(read["KeyLength"]))
    request = inf.request(read, key)
    holds(request, common_name, dns)
    passed = judged(issue(request, key), profile, options, tmp_path, capsys)
    # What the profile asks of such a file is really judged, and not only left out.
    assert passed & {"server-auth-eku", "client-auth-eku"}
    assert (read["Exportable"] == "TRUE") == exported(profile)
    assert ("private-key-exportable" in passed) == exported(profile)


@cases(KINDS)
def test_an_openssl_configuration_issued(profile, options, common_name, dns, tmp_path, capsys):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl")
    text = requested(capsys, profile, options, "--format", "openssl")
    (tmp_path / "request.cnf").write_text(text)
    (line,) = [line for line in text.splitlines() if line.startswith("#   openssl req")]
    done = subprocess.run(
        shlex.split(line[1:]), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    request = x509.load_pem_x509_csr((tmp_path / "request.csr").read_bytes())
    key = load_pem_private_key((tmp_path / "request.key").read_bytes(), None)
    holds(request, common_name, dns)
    judged(issue(request, key), profile, options, tmp_path, capsys)


@cases(KINDS)
def test_a_csr_issued(profile, options, common_name, dns, tmp_path, capsys):
    file = tmp_path / "new.key"
    text = requested(capsys, profile, options, "--format", "csr", "--key", str(file))
    request = x509.load_pem_x509_csr(text.encode())
    key = load_pem_private_key(file.read_bytes(), None)
    assert sys.platform == "win32" or stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["new.key"]
    holds(request, common_name, dns)
    issued = issue(request, key)
    judged(issued, profile, options, tmp_path, capsys)
    if profile in SERVERS:
        served(issued, profile, dict(pairs(options)))


def served(issued, profile, given):
    """Judge the certificate as a server shows it, on the name that its clients use."""
    names = Names(
        intranet_fqdn=given.get("--intranet-fqdn"),
        internet_fqdn=given.get("--internet-fqdn"),
        service_name=given.get("--service-name"),
        cluster_fqdn=given.get("--cluster-fqdn"),
        accepts=Accepts.INTERNET if "--intranet-fqdn" not in given else Accepts.INTRANET,
    )
    hosts = [
        name for name in (names.intranet_fqdn, names.internet_fqdn, names.cluster_fqdn) if name
    ]
    case = Case(
        "as issued",
        profiles=("any", profile),
        roles=(),
        names=names,
        host=hosts[0] if hosts else issued.certificate.subject.rfc4514_string()[3:],
        sent=issued.sent,
        templates={profile: (Template(name=TEMPLATE),)},
        resolution=Skipped(because="the address is given"),
    )
    bad = [one for one in findings(case) if one.outcome in ("fail", "indeterminate")]
    assert bad == []


def test_every_profile_is_asked_for():
    asked = {case[0] for case in CASES}
    assert set(load().profiles) - asked == {"any", "root-ca"}


@pytest.mark.parametrize("template", ["ConfigMgrWebServer", "1.3.6.1.4.1.311.21.8.1234.5678"])
def test_a_template_is_named_in_every_format(template, tmp_path, capsys):
    arguments = ("iis-site-system", INTRANET, "--template", template)
    assert inf.read(requested(capsys, *arguments))["CertificateTemplate"] == template
    requests = [requested(capsys, *arguments, "--format", "csr", "--key", str(tmp_path / "a.key"))]
    if shutil.which("openssl"):
        (tmp_path / "request.cnf").write_text(requested(capsys, *arguments, "--format", "openssl"))
        subprocess.run(
            shlex.split("openssl req -new -config request.cnf -subj / -keyout b.key -out b.csr"),
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        requests.append((tmp_path / "b.csr").read_text())
    for text in requests:
        extensions = x509.load_pem_x509_csr(text.encode()).extensions
        if template[0] == "1":
            value = extensions.get_extension_for_class(x509.MSCertificateTemplate).value
            assert value.template_id.dotted_string == template
        else:
            oid = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2")
            octets = extensions.get_extension_for_oid(oid).value.value
            assert octets[:2] == bytes([0x1E, len(octets) - 2])
            assert octets[2:].decode("utf-16-be") == template


REFUSED = [
    (["--profile", "any"], '--profile: "any" asks for no purpose'),
    (["--profile", "root-ca"], "which an authority makes for itself"),
    (["--profile", "cmgg"], 'there is no profile "cmgg" (did you mean "cmg"?)'),
    (["--profile", "cmg"], '--service-name is missing: "cmg" needs the service name'),
    (["--profile", "cmg", "--service-name", "cmg"], '"cmg" is no FQDN'),
    (["--profile", "cmg", "--service-name", "*.contoso.com"], "is a wildcard"),
    (["--profile", "cmg", "--service-name", "a.b", "--intranet-fqdn", MP], '--intranet-fqdn is of no use: "cmg" does not hold it'),
    (["--profile", "cmg", "--service-name", "a.b", "--accepts", "internet"], "--accepts is of no use"),
    (["--profile", "cmg", "--service-name", "a.b", "--common-name", "a.b"], "takes its common name from --service-name"),
    (["--profile", "cmg", "--service-name", "a.b", "--key-length", "3072"], "--key-length: 3072 does not pass key-length-2048-or-4096: 2048 or 4096 bits"),
    (["--profile", "cmg", "--service-name", "a.b", "--key-length", "512"], "--key-length: 512 is not a length from 1024"),
    (["--profile", "cmg", "--service-name", "a" * 63 + ".contoso.com"], "more than the 64 characters of a common name"),
    (["--profile", "cmg", "--service-name", "a.b\nExportable = TRUE"], "holds white space"),
    (["--profile", "sql-server", *INTRANET, "--key-length", "4096"], "key-length-at-most-2048: at most 2048 bits"),
    (["--profile", "ndes-policy-module", *INTRANET, "--key-length", "1024"], "does not pass key-length-weak"),
    (["--profile", "iis-site-system"], "--intranet-fqdn is missing"),
    (["--profile", "iis-site-system", *COMPUTER], "--intranet-fqdn is missing"),
    (["--profile", "iis-site-system", *INTRANET, "--accepts", "both"], "--internet-fqdn is missing"),
    (["--profile", "iis-site-system", *INTERNET, "--role", "software-update-point"], "--intranet-fqdn is missing"),
    (["--profile", "iis-site-system", *INTRANET, *INTERNET, "--accepts", "intranet"], '--internet-fqdn is of no use: "iis-site-system" with --accepts intranet does not hold it'),
    (["--profile", "iis-site-system", *INTRANET, "--common-name", "www.contoso.com"], "is none of the names that clients use"),
    (["--profile", "iis-site-system", *INTRANET, "--role", "mp"], '--role: unknown role "mp" (did you mean "management-point"?)'),
    (["--profile", "iis-site-system", *INTRANET, "--key", "x"], "--key belongs to --format csr"),
    (["--profile", "iis-site-system", *INTRANET, "--format", "csr"], "--key FILE is missing"),
    (["--profile", "iis-site-system", *INTRANET, "--template", "ConfigMgr Web Server Certificate"], "it looks like the display name"),
    (["--profile", "iis-site-system", *INTRANET, "--template", 'x"\n[Extensions]'], "is not the name of a template"),
    (["--profile", "windows-client"], "--intranet-fqdn is missing"),
    (["--profile", "windows-client", *INTRANET, *COMPUTER], "is another computer than"),
    (["--profile", "windows-client", *INTRANET, "--common-name", "x"], "takes its common name from the computer"),
    (["--profile", "windows-client", "--computer-name", "pc.contoso.com"], "is no computer name: it has a dot"),
    (["--profile", "macos-client", "--common-name", "Kim\nCN = root"], "has a character other than ASCII"),
    (["--profile", "macos-client", "--common-name", "Kim${HOME}"], "has a character other than ASCII"),
    (["--profile", "macos-client", "--common-name", "Kim Müller"], "has a character other than ASCII"),
    (["--profile", "macos-client", "--common-name", "Kim", *INTRANET], "--intranet-fqdn is of no use"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_what_makes_no_request_is_refused(arguments, message, capsys):
    assert main(["request", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cmprobe request: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_key_is_never_written_over_a_file(tmp_path, capsys):
    asked = ["request", "--profile", "iis-site-system", *INTRANET, "--format", "csr", "--key"]
    file, link = tmp_path / "mine.key", tmp_path / "link.key"
    file.write_text("mine")
    link.symlink_to(tmp_path / "nowhere")
    for path in (file, link, tmp_path):
        assert main([*asked, str(path)]) == 2
        assert "exists: a private key is never written over a file" in capsys.readouterr().err
    assert file.read_text() == "mine"
    assert main([*asked, str(tmp_path / "absent" / "x")]) == 2
    assert "the directory does not exist" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.key", "mine.key"]


def test_legacy_is_said_and_can_be_silenced(capsys):
    asked = ["request", "--profile", "macos-client", "--common-name", "Kim"]
    assert main(asked) == 0
    assert "legacy" in capsys.readouterr().err
    assert main([*asked, "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_the_comments_say_how_to_judge_the_result(capsys):
    for format_ in ("certreq", "openssl"):
        text = requested(capsys, "iis-site-system", (*INTRANET, *INTERNET), "--format", format_)
        assert (
            f"cmprobe inspect certificate.cer --profile iis-site-system --intranet-fqdn {MP} "
            f"--internet-fqdn {PUBLIC}\n"
        ) in text
    text = requested(capsys, "mobile-device", ("--common-name", "Kim"))
    assert "certreq -submit -binary request.req" in text  # a device takes no Base64
    text = requested(capsys, "sql-failover-cluster", ("--cluster-fqdn", "sql.contoso.com"))
    assert "730 days or more" in text

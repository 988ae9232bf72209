import ssl

import pytest
from support import pki

from probe.exporter.web.config import WebConfigError, load

HASH = "$2y$04$J4X4LlDsrQEUtYIWT/nq2uXfZtdJSsoGZDg2Nd7ceCP0nkvOl3Aca"


def config(tmp_path, text: str):
    path = tmp_path / "web.toml"
    path.write_text(text)
    return path


def refused(tmp_path, text: str) -> list[str]:
    path = config(tmp_path, text)
    with pytest.raises(WebConfigError) as caught:
        load(path)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    return [line.removeprefix(f"{path}: ") for line in lines]


def test_everything(tmp_path):
    pki.write(tmp_path)
    pki.write_authority(tmp_path)
    found = load(
        config(
            tmp_path,
            f"""
            [tls]
            certificate = "server.pem"
            key = "server.pem"
            client_ca = "authority.pem"
            minimum_version = "1.3"
            [users]
            prometheus = "{HASH}"
            """,
        )
    )
    assert found.tls.certificate == tmp_path / "server.pem"
    assert found.users == {"prometheus": HASH}
    assert HASH not in repr(found)
    context = found.tls.context()
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_nothing_older_than_tls_1_2(tmp_path):
    pki.write(tmp_path)
    found = load(config(tmp_path, '[tls]\ncertificate = "server.pem"\nkey = "server.pem"\n'))
    assert found.tls.context().minimum_version is ssl.TLSVersion.TLSv1_2


def test_every_mistake_is_told_with_its_key(tmp_path):
    lines = refused(
        tmp_path,
        '[tls]\ncertificat = "x"\nkey = 3\nminimum_version = "1.1"\n'
        '[users]\nbob = "secret"\n"a:b" = "secret"\n[user]\n',
    )
    text = "\n".join(lines)
    for start in (
        'tls.certificat: unknown key (did you mean "certificate"?)',
        "tls.key: expected text, got a whole number",
        'tls.minimum_version: unknown value "1.1": one of 1.2, 1.3',
        "tls.certificate: is missing",
        "users.bob: is no bcrypt or scrypt hash",
        'users."a:b": "a:b" cannot log in',
        'user: unknown key (did you mean "users"?)',
    ):
        assert start in text
    assert "secret" not in text


@pytest.mark.parametrize("text", ["", "# nothing\n", "[users]\n"])
def test_a_file_that_asks_for_nothing_is_a_mistake(tmp_path, text):
    (line,) = refused(tmp_path, text)
    assert "is empty" in line or "neither [tls] nor [users] nor hosts" in line


def test_files_that_are_not_there(tmp_path):
    lines = refused(tmp_path, '[tls]\ncertificate = "a.pem"\nkey = "b.pem"\n')
    assert [line.partition(": ")[0] for line in lines] == ["tls.certificate", "tls.key"]
    assert "No such file" in lines[0]


def test_a_key_of_another_certificate(tmp_path):
    pki.write(tmp_path)
    (tmp_path / "other.pem").write_bytes(pki.issuing().key_pem)
    (line,) = refused(tmp_path, '[tls]\ncertificate = "server.pem"\nkey = "other.pem"\n')
    assert line == f"tls.key: {tmp_path}/other.pem is not the key of {tmp_path}/server.pem"


def test_files_that_hold_something_else(tmp_path):
    pki.write(tmp_path)
    (tmp_path / "junk.pem").write_bytes(b"junk")
    (line,) = refused(tmp_path, '[tls]\ncertificate = "junk.pem"\nkey = "server.pem"\n')
    assert line == f"tls.certificate: {tmp_path}/junk.pem holds no PEM certificate"
    (line,) = refused(tmp_path, '[tls]\ncertificate = "server.pem"\nkey = "junk.pem"\n')
    assert line.startswith(f"tls.key: {tmp_path}/junk.pem")
    (line,) = refused(
        tmp_path, '[tls]\ncertificate = "server.pem"\nkey = "server.pem"\nclient_ca = "junk.pem"\n'
    )
    assert line == f"tls.client_ca: {tmp_path}/junk.pem holds no PEM certificate"


def test_a_key_that_wants_a_password(tmp_path):
    from cryptography.hazmat.primitives import serialization as s

    pki.write(tmp_path)
    key = s.load_pem_private_key(pki.leaf().key_pem, None)
    best = s.BestAvailableEncryption(b"x")
    encrypted = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, best)
    (tmp_path / "key.pem").write_bytes(encrypted)
    (line,) = refused(tmp_path, '[tls]\ncertificate = "server.pem"\nkey = "key.pem"\n')
    assert "is encrypted" in line


def test_names_of_a_proxy(tmp_path):
    found = load(config(tmp_path, 'hosts = ["Monitor.Example.", "münchen.example"]\n'))
    assert found.hosts == {"monitor.example", "xn--mnchen-3ya.example"}
    (line,) = refused(tmp_path, 'hosts = ["https://monitor.example"]\n')
    assert line.startswith("hosts[0]: ")

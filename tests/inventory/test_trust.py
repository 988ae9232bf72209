"""Trust sources: files, directories and the platform's roots."""

import os
import ssl
import sys

import pytest

from probe.inventory import InventoryError, load, trust
from probe.lab import builder


@pytest.fixture(scope="module")
def pki():
    root = builder.root("CN=Contoso Root CA")
    return root, root.authority("CN=Contoso Issuing CA")


@pytest.fixture(autouse=True)
def _anew():
    trust.forget()
    yield
    trust.forget()


@pytest.fixture
def bundle(pki, tmp_path):
    path = tmp_path / "bundle.pem"
    path.write_bytes(b"Contoso Root CA\r\n" + pki[0].pem + b"\n" + pki[1].pem + pki[0].pem)
    return path


def test_a_bundle_gives_each_certificate_once(bundle, pki):
    assert trust.certificates(str(bundle)) == (pki[0].der, pki[1].der)


def test_a_der_file_is_one_certificate(tmp_path, pki):
    path = tmp_path / "root.cer"
    path.write_bytes(pki[0].der)
    assert trust.certificates(str(path)) == (pki[0].der,)


def test_a_directory_is_its_certificate_files(tmp_path, pki):
    (tmp_path / "root.CRT").write_bytes(pki[0].pem)
    (tmp_path / "5ed36f99.0").write_bytes(pki[1].pem)
    (tmp_path / "README.txt").write_text("not a certificate")
    (tmp_path / "more.pem").mkdir()
    assert set(trust.certificates(str(tmp_path))) == {pki[0].der, pki[1].der}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("absent.pem", None, "does not exist"),
        ("empty.pem", b"", "holds no certificate: "),
        ("text.pem", b"hello", "holds no certificate: "),
        ("junk.der", builder.UNDECODABLE, "holds what is no certificate: "),
        ("directory", {}, "is a directory without certificate files"),
        ("certs", {"a.pem": b"hello"}, "holds a.pem, which holds no certificate: "),
    ],
)
def test_what_cannot_be_used_is_named_with_its_reason(tmp_path, name, content, reason):
    path = tmp_path / name
    if isinstance(content, dict):
        path.mkdir()
        for file, data in content.items():
            (path / file).write_bytes(data)
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(trust.TrustError) as caught:
        trust.certificates(str(path))
    assert caught.value.source == str(path)
    assert caught.value.reason.startswith(reason)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "root.pem")
    with pytest.raises(trust.TrustError, match="neither a file nor a directory"):
        trust.certificates(str(tmp_path / "root.pem"))


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything"
)
def test_a_file_without_permission_is_told(bundle):
    bundle.chmod(0)
    with pytest.raises(trust.TrustError, match="cannot be read: Permission denied"):
        trust.certificates(str(bundle))


def test_equal_sources_share_one_store(bundle):
    store = trust.trust_store((str(bundle),), ())
    assert trust.trust_store((str(bundle),), ()) is store
    assert trust.trust_store((str(bundle),), (str(bundle),)) is not store


def test_trust_in_an_inventory_is_relative_to_it(bundle, tmp_path, monkeypatch):
    (tmp_path / "inventories").mkdir()
    path = tmp_path / "inventories" / "a.toml"
    path.write_text(
        '[site]\ntrust = ["system", "../bundle.pem"]\nintermediates = ["../bundle.pem"]\n'
        '[[system]]\nfqdn = "a.contoso.com"\nroles = ["tls"]\n'
        f'[[system]]\nfqdn = "b.contoso.com"\nroles = ["tls"]\ntrust = [{str(bundle)!r}]\nintermediates = []\n'
    )
    monkeypatch.chdir(tmp_path)
    first, second = load([path.relative_to(tmp_path)]).targets
    assert (first.trust, first.intermediates) == (("system", str(bundle)), (str(bundle),))
    assert (second.trust, second.intermediates) == ((str(bundle),), ())


def test_an_unreadable_trust_file_is_named_at_its_index(tmp_path):
    (tmp_path / "junk.pem").write_bytes(b"hello")
    path = tmp_path / "a.toml"
    path.write_text(
        '[[system]]\nfqdn = "a.contoso.com"\nroles = ["tls"]\ntrust = ["system", "junk.pem"]\n'
    )
    with pytest.raises(InventoryError) as caught:
        load([path])
    assert str(caught.value).startswith(
        f'{path}: system[0].trust[1]: "junk.pem" holds no certificate'
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has stores, not files")
class TestTheSystem:
    def test_the_environment_chooses_the_file(self, bundle, tmp_path, pki, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "absent"))
        assert trust.system_roots() == [pki[0].der, pki[1].der]

    def test_the_environment_chooses_the_directory_with_names_as_rehash_gives_them(
        self, tmp_path, pki, monkeypatch
    ):
        (tmp_path / "5ed36f99.0").write_bytes(pki[0].pem)
        (tmp_path / "5ed36f99.1").write_bytes(b"hello")
        (tmp_path / "issuing.pem").write_bytes(pki[1].pem)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent"))
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
        assert trust.system_roots() == [pki[0].der]

    def test_what_the_environment_chooses_is_not_replaced(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent"))
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "absent"))
        assert trust.system_roots() == []

    def test_it_holds_what_openssl_loads(self, monkeypatch):
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        monkeypatch.delenv("SSL_CERT_DIR", raising=False)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        assert set(context.get_ca_certs(binary_form=True)) <= set(trust.system_roots())

"""Who may ask: TLS and basic authentication by the web configuration file."""

import asyncio
import base64
import ssl
import threading

import bcrypt
import httpx
import pytest
from support import pki
from support.serving import exporter, write_inventory

from probe.exporter.web import login, passwords

SECRET = "korrekt pferd"
SALT = b"a salt of 16 oct"
MADE = passwords._derive(SECRET.encode(), SALT, 4, 8, 1, 32)
SCRYPT = f"$scrypt$ln=4,r=8,p=1${passwords._text(SALT)}${passwords._text(MADE)}"
BCRYPT = bcrypt.hashpw(b"batterie", bcrypt.gensalt(4)).decode()
USERS = f'[users]\nprometheus = "{SCRYPT}"\nviewer = "{BCRYPT}"\n'


@pytest.fixture
def inventory(tmp_path, contoso_lab):
    path = tmp_path / "site.toml"
    write_inventory(path, contoso_lab, "dp09")
    return path


@pytest.fixture
def web(tmp_path):
    def write(text: str):
        path = tmp_path / "web.toml"
        path.write_text(text)
        return path

    return write


def test_users_log_in_and_nobody_else(inventory, web, caplog):
    with exporter(inventory, "--web-config", web(USERS)) as one:
        assert one.get("/-/healthy").status_code == 200
        assert one.get("/-/ready").status_code in {200, 503}
        for path in ("/metrics", "/", "/sd", "/probe", "/api/v1/report", "/nothing", "/-/reload"):
            answer = one.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Basic ")
            assert "content-security-policy" in answer.headers
        assert one.client.post("/-/reload").status_code == 401
        assert one.get("/sd", auth=("prometheus", SECRET)).status_code == 200
        assert one.get("/sd", auth=("viewer", "batterie")).status_code == 200
        for wrong in (
            ("viewer", SECRET),
            ("prometheus", ""),
            ("nobody", SECRET),
            ("", ""),
            ("VIEWER", "batterie"),
        ):
            assert one.get("/sd", auth=wrong).status_code == 401
        for header in ("Basic", "Basic !!!", "Bearer x", "Basic " + "eA==", "Basic \xff"):
            refused = one.get("/sd", headers={"Authorization": header.encode("latin-1")})
            assert refused.status_code == 401
    assert SECRET not in caplog.text
    assert "a login from 127.0.0.1 was refused" in caplog.text


@pytest.fixture
def verified(monkeypatch):
    """The hashes that were really verified against."""
    asked: list[str] = []
    verify = passwords.verify

    def counted(password: str, hashed: str) -> bool:
        asked.append(hashed)
        return verify(password, hashed)

    monkeypatch.setattr(passwords, "verify", counted)
    return asked


def test_what_was_right_is_remembered_until_a_reload(inventory, web, verified):
    file = web(USERS)
    with exporter(inventory, "--web-config", file) as one:
        for _ in range(5):
            assert one.get("/sd", auth=("prometheus", SECRET)).status_code == 200
        assert len(verified) == 1
        web(f'[users]\nviewer = "{BCRYPT}"\n')
        answer = one.client.post("/-/reload", auth=("prometheus", SECRET))
        assert answer.status_code == 200
        assert one.get("/sd", auth=("prometheus", SECRET)).status_code == 401
        assert one.get("/sd", auth=("viewer", "batterie")).status_code == 200


def test_an_unknown_user_costs_what_a_known_one_does(inventory, web, verified):
    with exporter(inventory, "--web-config", web(f'[users]\nprometheus = "{SCRYPT}"\n')) as one:
        for user in ("prometheus", "nobody"):
            assert one.get("/sd", auth=(user, "wrong")).status_code == 401
    assert verified == [SCRYPT, SCRYPT]


def test_a_broken_web_configuration_keeps_the_users(inventory, web):
    file = web(USERS)
    with exporter(inventory, "--web-config", file) as one:
        web('[users]\nprometheus = "plain"\n')
        answer = one.client.post("/-/reload", auth=("viewer", "batterie"))
        assert answer.status_code == 500
        assert f"{file}: users.prometheus: is no bcrypt or scrypt hash" in answer.text
        assert "plain" not in answer.text
        assert one.get("/sd", auth=("prometheus", SECRET)).status_code == 200


def test_users_never_show_what_they_hold():
    users = login.Users({"prometheus": SCRYPT})
    assert SCRYPT not in repr(users)
    users.close()


TLS = '[tls]\ncertificate = "server.pem"\nkey = "server.pem"\n'


def trusting(tmp_path) -> ssl.SSLContext:
    root = tmp_path / "root.pem"
    root.write_bytes(pki.root().pem)
    context = ssl.create_default_context(cafile=str(root))
    context.check_hostname = False
    return context


def test_tls_with_a_certificate_that_is_renewed(inventory, web, tmp_path):
    pki.write(tmp_path)
    with exporter(inventory, "--web-config", web(TLS), verify=trusting(tmp_path)) as one:
        assert one.get("/-/healthy").status_code == 200
        assert served(one) == pki.leaf().der
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(one.url.replace("https", "http"), trust_env=False)
        renewed = pki.issuing().issue("CN=renewed", dns=["renewed.example"])
        pki.write(tmp_path, renewed)
        assert one.client.post("/-/reload").status_code == 200
        assert served(one) == renewed.der
        (tmp_path / "server.pem").write_bytes(b"junk")
        answer = one.client.post("/-/reload")
        assert answer.status_code == 500
        assert "tls.certificate" in answer.text
        assert served(one) == renewed.der


def served(one) -> bytes:
    pem = ssl.get_server_certificate(("127.0.0.1", one.client.base_url.port))
    return ssl.PEM_cert_to_DER_cert(pem)


def test_clients_without_a_certificate_are_refused(inventory, web, tmp_path):
    pki.write(tmp_path)
    pki.write_authority(tmp_path)
    pki.write_client(tmp_path)
    file = web(f'{TLS}client_ca = "authority.pem"\n')
    context = trusting(tmp_path)
    context.load_cert_chain(tmp_path / "client.pem")
    with exporter(inventory, "--web-config", file, verify=context) as one:
        assert one.get("/-/healthy").status_code == 200
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{one.url}/-/healthy", verify=trusting(tmp_path), trust_env=False)
        web(TLS)
        answer = one.client.post("/-/reload")
        assert answer.status_code == 500
        assert "restart" in answer.text


def header(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_flood_of_logins_is_cut_and_who_is_known_stays_in(monkeypatch):
    held = threading.Event()

    def slow(password: str, _: str) -> bool:
        return password == "batterie" or not held.wait(5)

    async def main():
        users = login.Users({"viewer": BCRYPT})
        assert await users.knows(header("viewer", "batterie"))
        flood = [
            asyncio.create_task(users.knows(header("viewer", "x"), "192.0.2.1")) for _ in range(8)
        ]
        await asyncio.sleep(0)
        with pytest.raises(login.Busy):
            await users.knows(header("viewer", "x"), "192.0.2.1")
        assert await users.knows(header("viewer", "batterie"), "192.0.2.1")
        other = asyncio.create_task(users.knows(header("viewer", "y"), "192.0.2.2"))
        flood += [
            asyncio.create_task(users.knows(header("viewer", "x"), f"192.0.2.{number}"))
            for number in range(3, 26)
        ]
        await asyncio.sleep(0)
        with pytest.raises(login.Busy):
            await users.knows(header("viewer", "x"), "192.0.2.99")
        held.set()
        assert not any(await asyncio.gather(other, *flood))
        assert not users._waiting
        users.close()

    monkeypatch.setattr(passwords, "verify", slow)
    asyncio.run(main())


def test_a_reload_forgets_those_whose_hash_has_changed(verified):
    async def main():
        users = login.Users({"viewer": BCRYPT, "prometheus": SCRYPT})
        for _ in range(2):
            assert await users.knows(header("viewer", "batterie"))
            assert await users.knows(header("prometheus", SECRET))
        assert len(verified) == 2
        another = bcrypt.hashpw(b"batterie", bcrypt.gensalt(4)).decode()
        users.replace({"viewer": another, "prometheus": SCRYPT})
        assert await users.knows(header("prometheus", SECRET))
        assert len(verified) == 2
        assert await users.knows(header("viewer", "batterie"))
        assert len(verified) == 3
        users.replace({"viewer": another})
        assert not await users.knows(header("prometheus", SECRET))
        users.replace({"viewer": another, "prometheus": BCRYPT})
        assert not await users.knows(header("prometheus", SECRET))
        users.close()

    asyncio.run(main())


def test_unknown_users_cost_what_one_of_the_known_does_and_always_the_same(verified):
    async def main():
        users = login.Users({"viewer": BCRYPT, "prometheus": SCRYPT})
        for _ in range(2):
            for number in range(40):
                assert not await users.knows(header(f"nobody{number}", "x"))
        users.close()

    asyncio.run(main())
    assert set(verified) == {BCRYPT, SCRYPT}
    assert verified[:40] == verified[40:]

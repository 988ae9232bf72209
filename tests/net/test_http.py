import asyncio

import pytest
from support import pki
from support.programs import apache, nginx, openssl_server

from probe.lab import keys
from probe.model.settings import Settings
from probe.model.stages import Failed, Handshaken, HttpAnswered, HttpClientAuth, Skipped
from probe.model.target import Target
from probe.net.observe import observe
from probe.net.session import Session


def get(port: int, *roles: str, settings: Settings | None = None, host: str = pki.HOST):
    target = Target(
        id=f"{host}:{port}",
        host=host,
        port=port,
        address="127.0.0.1",
        roles=roles or ("management-point",),
        timeout=5.0,
    )
    settings = settings or Settings()

    async def run():
        async with Session(settings) as session:
            (seen,) = await observe(target, settings, session)
            return seen.observation

    return asyncio.run(run())


def tls(directory, options: str = "") -> str:
    path = pki.write(directory)
    return (
        f"listen 127.0.0.1:PORT ssl; ssl_certificate {path}; ssl_certificate_key {path}; {options}"
    )


@pytest.mark.real
def test_the_first_role_with_a_path_is_asked_for_by_name(tmp_path):
    name = f"server_name {pki.HOST};"
    asked = 'location / { return 403 "$host $ssl_server_name $request_method $request_uri"; }'
    log = f"log_format asked '$http_host $ssl_server_name $request'; access_log {tmp_path}/access.log asked;"
    with nginx(
        tmp_path,
        tls(tmp_path, f"{name} {log.partition(';')[2]} {asked}"),
        http=log.partition(";")[0] + ";",
    ) as port:
        seen = get(port, "state-migration-point", "distribution-point", "management-point")
    assert isinstance(seen.http, HttpAnswered)
    assert (seen.http.code, seen.http.path) == (403, "/SMS_DP_SMSPKG$/")
    assert seen.http.client_auth is HttpClientAuth.NONE
    log = (tmp_path / "access.log").read_text("ascii")
    assert f"{pki.HOST}:{port} {pki.HOST} GET /SMS_DP_SMSPKG$/ HTTP/1.1" in log


@pytest.mark.real
@pytest.mark.parametrize(
    ("protocol", "expected"),
    [("TLSv1.2", HttpClientAuth.RENEGOTIATION), ("TLSv1.3", HttpClientAuth.POST_HANDSHAKE)],
)
def test_a_request_for_a_certificate_after_the_request_is_seen(protocol, expected, tmp_path):
    path, authority = pki.write(tmp_path), pki.write_authority(tmp_path)
    host = f"""SSLCertificateFile {path}
    SSLProtocol {protocol}
    SSLCACertificateFile {authority}
    <Location /sms_mp>
      SSLVerifyClient optional
    </Location>"""
    with apache(tmp_path, host) as port:
        seen = get(port, "management-point")
        other = get(port, "distribution-point")
    assert seen.handshake.version == protocol
    assert seen.handshake.client_auth == "none"
    assert (seen.http.code, seen.http.client_auth) == (404, expected)
    assert (other.http.code, other.http.client_auth) == (404, HttpClientAuth.NONE)


@pytest.mark.real
def test_a_server_that_insists_after_the_request(tmp_path):
    path, authority = pki.write(tmp_path), pki.write_authority(tmp_path)
    host = f"""SSLCertificateFile {path}
    SSLProtocol PROTOCOL
    SSLCACertificateFile {authority}
    <Location /sms_mp>
      SSLVerifyClient require
      SSLVerifyDepth 3
    </Location>"""
    identified = Settings(client_certificate=str(pki.write_client(tmp_path)))
    with apache(tmp_path, host.replace("PROTOCOL", "TLSv1.3")) as port:
        new, known_new = get(port), get(port, settings=identified)
    with apache(tmp_path, host.replace("PROTOCOL", "TLSv1.2")) as port:
        old, known_old = get(port), get(port, settings=identified)
    # Apache ends the connection where IIS answers 403.7.
    for seen, how in ((old, "renegotiation"), (new, "post-handshake")):
        assert isinstance(seen.http, Failed)
        assert seen.http.failure.kind == "closed"
        assert f"after a request for a client certificate ({how})" in seen.http.failure.detail
        assert seen.http.client_auth == how.replace("-", "_")
    assert (known_new.http.code, known_new.http.client_auth) == (404, HttpClientAuth.POST_HANDSHAKE)
    assert (known_old.http.code, known_old.http.client_auth) == (404, HttpClientAuth.RENEGOTIATION)
    assert known_old.handshake.engine == known_new.handshake.engine == "openssl"


@pytest.mark.real
def test_without_a_path_or_a_handshake_it_is_skipped(tmp_path):
    with openssl_server(tmp_path, pki.leaf(), "-www") as port:
        assert isinstance(get(port, "tls").http, Skipped)
        assert isinstance(get(port, settings=Settings(http=False)).http, Skipped)
        assert get(port).http.code == 200


async def tls_server(handler, *padding):
    """Serve ``handler`` inside TLS; ``padding`` is sent after the chain."""
    from probe.lab.https import server_context

    leaf = pki.leaf()
    context = server_context(leaf, leaf.sent + padding)
    return await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)


def answered(octets: bytes, *padding: bytes, repeat: bool = False, close: bool = True):
    """Ask a server that answers with ``octets``; return the http stage."""

    async def handler(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(octets)
            while repeat:
                writer.write(octets)
                await writer.drain()
            if not close:
                await reader.read()
            writer.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()

    async def run():
        server = await tls_server(handler, *padding)
        port = server.sockets[0].getsockname()[1]
        target = Target(
            id="x",
            host=pki.HOST,
            port=port,
            address="127.0.0.1",
            roles=("reporting-point",),
            timeout=1.0,
        )
        try:
            async with Session(Settings(versions=False)) as session:
                (seen,) = await observe(target, session.settings, session)
        finally:
            server.close()
            await asyncio.sleep(0.01)
        assert isinstance(seen.observation.handshake, Handshaken)
        return seen.observation.http

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 200", "closed"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "malformed"),
        (b"HTTP/1.1 abc\r\n\r\n", "malformed"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "malformed"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, "malformed"),
        (b"\x00" * 100, "malformed"),
    ],
)
def test_what_is_no_answer_fails_with_its_kind(octets, kind):
    http = answered(octets)
    assert isinstance(http, Failed)
    assert (http.failure.stage, http.failure.kind) == ("http", kind)


def test_bombs_are_cut_off():
    for bomb in (b"HTTP/1.1 100 Continue\r\n\r\n", b"X-A: b\r\n"):
        head = b"HTTP/1.1 200 OK\r\n" if bomb.startswith(b"X") else b""
        http = answered(head + bomb * 100, repeat=True)
        assert (http.failure.stage, http.failure.kind) == ("http", "malformed")


def test_a_body_without_end_is_not_waited_for():
    http = answered(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 100000000\r\n\r\n", close=False)
    assert (http.code, http.reason) == (401, "Unauthorized")
    http = answered(
        b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\n\r\n", close=False
    )
    assert http.code == 302


def test_a_chain_beyond_the_limit_of_openssl_leaves_the_role_in_doubt():
    names = [f"{number}.{'n' * 60}.contoso.com" for number in range(1400)]
    large = pki.issuing().issue("CN=large", dns=names, key=keys.ec_key(index=102)).der
    http = answered(b"HTTP/1.1 200 OK\r\n\r\n", large)
    assert isinstance(http, Failed)
    assert (http.failure.stage, http.failure.kind) == ("http", "malformed")
    assert "too large for the HTTP engine; the role itself may be fine" in http.failure.detail


def test_silence_is_a_timeout():
    http = answered(b"HTTP/1.1 200 OK\r\n", close=False)
    assert (http.failure.stage, http.failure.kind) == ("http", "timeout")
    assert http.seconds > 0.5

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import pki
from support.programs import free_port, openssl_server
from support.servers import ConnectProxy, Handler, closing, saying, serving, silent

from probe.model.settings import Settings
from probe.model.stages import Connected, Failed, Handshaken, Proxied, Skipped
from probe.model.target import Target
from probe.net.observe import observe
from probe.net.proxy import PASSWORD, USER, Connect, Proxy, parse
from probe.net.session import Session, SessionError

ENVIRONMENT = {USER: "scanner", PASSWORD: "s3cret:word"}


def through(
    proxy: Handler, port: int, *, environment=None, host: str = pki.HOST, address=None, seconds=3.0
):
    """Observe ``host:port`` through a proxy."""
    target = Target(
        id="x", host=host, port=port, address=address, roles=("management-point",), timeout=seconds
    )

    async def run():
        async with serving(proxy) as at:
            settings = Settings(proxy=f"http://127.0.0.1:{at}")
            async with Session(settings, environment or {}) as session:
                return await observe(target, settings, session), at

    return asyncio.run(run())


@pytest.mark.real
def test_everything_goes_through_the_tunnel(tmp_path):
    proxy = ConnectProxy()
    with openssl_server(tmp_path, pki.leaf(), "-www") as port:
        (seen,), at = through(proxy, port)
    story = seen.observation
    assert seen.address is None
    assert isinstance(story.resolution, Skipped)
    assert "proxy" in story.resolution.because
    assert isinstance(story.connection, Connected)
    assert isinstance(story.proxy, Proxied)
    assert story.proxy.proxy == f"127.0.0.1:{at}"
    assert isinstance(story.handshake, Handshaken)
    assert story.handshake.chain.certificates == pki.leaf().sent
    assert story.versions.accepted == ("TLSv1.2", "TLSv1.3")
    assert story.http.code == 200
    # The handshake, two hellos for versions, and HTTP: each by name.
    assert len(proxy.requests) == 4
    assert all(
        head.startswith(f"CONNECT {pki.HOST}:{port} HTTP/1.1\r\n") for head in proxy.requests
    )


@pytest.mark.real
def test_a_pinned_address_is_what_the_proxy_connects_to(tmp_path):
    proxy = ConnectProxy()
    with openssl_server(tmp_path, pki.leaf(), "-www") as port:
        (seen,), _ = through(proxy, port, address="::1")
    assert seen.address == "::1"
    assert all(f"CONNECT [::1]:{port} " in head for head in proxy.requests)


@pytest.mark.real
def test_credentials_come_from_the_environment_and_show_nowhere(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with openssl_server(tmp_path, pki.leaf(), "-www") as port:
        (good,), _ = through(
            ConnectProxy(credentials="scanner:s3cret:word"), port, environment=ENVIRONMENT
        )
        (none,), _ = through(ConnectProxy(credentials="scanner:s3cret:word"), port)
        (wrong,), _ = through(ConnectProxy(credentials="other:pair"), port, environment=ENVIRONMENT)
    assert isinstance(good.observation.handshake, Handshaken)
    for seen in (none, wrong):
        assert isinstance(seen.observation.proxy, Failed)
        failure = seen.observation.proxy.failure
        assert (failure.stage, failure.kind) == ("proxy", "authentication")
        assert failure.detail == "407 Proxy Authentication Required (it offers Basic)"
        assert isinstance(seen.observation.connection, Connected)
        assert isinstance(seen.observation.handshake, Skipped)
    shown = f"{good}{none}{wrong}{caplog.text}{parse('http://p:3128', ENVIRONMENT)!r}"
    assert "s3cret" not in shown
    assert parse("http://p:3128", ENVIRONMENT).authorization not in shown


def status(line: str) -> bytes:
    return f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("answer", "kind", "detail"),
    [
        (status("403 Forbidden"), "denied", "403 Forbidden"),
        (status("405 Method Not Allowed"), "denied", "405 Method Not Allowed"),
        (status("407 Who?"), "authentication", "407 Who?"),
        (status("502 Bad Gateway"), "refused", "502 Bad Gateway"),
        (status("503 Service Unavailable"), "refused", "503 Service Unavailable"),
        (b"SSH-2.0-x\r\n", "refused", "the answer to CONNECT is not HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "refused", "the answer to CONNECT is not HTTP"),
        (b"HTTP/1.1\r\n\r\n", "refused", "the answer to CONNECT is not HTTP"),
        (
            b"HTTP/1.1 200" + b"x" * 20_000,
            "refused",
            "an answer to CONNECT of more than 16384 octets",
        ),
    ],
)
def test_answers_by_kind(answer, kind, detail):
    connect = Connect("mp01.contoso.com", 443, None)
    assert connect.begin().endswith(b"\r\n\r\n")
    connect.receive(answer)
    assert connect.finished
    assert (connect.failure.kind, connect.failure.detail) == (kind, detail)


@pytest.mark.parametrize(
    ("handler", "detail"), [(closing, "closed in answer to CONNECT"), (silent, "no answer")]
)
def test_a_proxy_that_says_nothing(handler, detail):
    (seen,), _ = through(handler, 443, seconds=0.5)
    failure = seen.observation.proxy.failure
    assert (failure.stage, failure.kind) == ("proxy", "refused")
    assert detail in failure.detail


def test_a_proxy_that_is_not_there():
    target = Target(id="x", host=pki.HOST, port=443, timeout=2.0)

    async def run(url: str):
        settings = Settings(proxy=url, resolver="127.0.0.1:9")
        async with Session(settings, {}) as session:
            (seen,) = await observe(target, settings, session)
            return seen.observation

    story = asyncio.run(run(f"http://127.0.0.1:{free_port()}"))
    assert (story.proxy.failure.stage, story.proxy.failure.kind) == ("proxy", "refused")
    assert "cannot be reached: connection refused" in story.proxy.failure.detail
    assert isinstance(story.connection, Skipped)


def test_a_server_that_speaks_first_through_the_tunnel():
    answer = saying(b"HTTP/1.1 200 OK\r\n\r\nSSH-2.0-OpenSSH_9.2\r\n")
    (seen,), _ = through(answer, 443)
    assert isinstance(seen.observation.proxy, Proxied)
    assert seen.observation.handshake.failure.kind == "not_tls"


ANSWERS = [
    status("200 OK") + b"surplus",
    status("407 Who?"),
    b"HTTP/1.0 200\r\n\r\n",
    b"junk",
    b"HTTP/1.1 403",
]


@given(st.sampled_from(ANSWERS), st.lists(st.integers(1, 20), max_size=30))
def test_pieces_make_no_difference(answer, sizes):
    whole, cut = Connect("a", 1, None), Connect("a", 1, None)
    whole.receive(answer)
    rest, early = answer, b""
    for size in (*sizes, len(answer)):
        piece, rest = rest[:size], rest[size:]
        if cut.finished:
            early += piece
        else:
            cut.receive(piece)
    assert (cut.finished, cut.failure) == (whole.finished, whole.failure)
    if whole.finished and whole.failure is None:
        assert cut.surplus + early == whole.surplus


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://proxy.contoso.com:3128", "proxy.contoso.com", 3128),
        ("http://Proxy.Contoso.com/", "proxy.contoso.com", 8080),
        ("proxy:8888", "proxy", 8888),
        ("http://[::1]:3128", "::1", 3128),
        ("http://10.0.0.1:3128", "10.0.0.1", 3128),
    ],
)
def test_urls(url, host, port):
    assert parse(url, {}) == Proxy(host, port)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://user:hunter2@proxy:3128", USER),
        ("https://proxy:3128", "https"),
        ("socks5://proxy:3128", "socks5"),
        ("http://", "HOST:PORT"),
        ("http://proxy:3128/path", "HOST:PORT"),
        ("http://proxy:99999", "HOST:PORT"),
        ("http://u:hunter2\u2100@h", "HOST:PORT"),
        ("http://[::1", "URL"),
        ("http://two words:1", "white space"),
    ],
)
def test_urls_that_cannot_be_used(url, says):
    with pytest.raises(SessionError, match=says) as caught:
        Session(Settings(proxy=url), {})
    assert "hunter2" not in str(caught.value)


def test_a_user_that_cannot_be_sent():
    with pytest.raises(SessionError, match=USER):
        Session(Settings(proxy="http://proxy"), {USER: "a:b", PASSWORD: "x"})

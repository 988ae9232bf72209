import socket

import pytest

from probe.exporter.web import listening
from probe.exporter.web.listening import ListenError


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1:9735", ("127.0.0.1", 9735)),
        ("[::1]:9735", ("::1", 9735)),
        (":9735", ("", 9735)),
        ("*:9735", ("", 9735)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_addresses(text, place):
    assert listening.parse(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9735",
        "127.0.0.1",
        "::1:9735",
        "[::1]",
        "[127.0.0.1]:1",
        "a:65536",
        "a:x",
        "a:-1",
        "a:٣",
        "unix:/run/x",
        "http://a:1",
        "a:" + "9" * 5000,
    ],
)
def test_what_is_no_address(text):
    with pytest.raises(ListenError):
        listening.parse(text)


def test_a_port_in_use_is_told():
    with listening.bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port}: .*in use"):
            listening.bind("127.0.0.1", port)


def test_a_name_that_is_none_is_told():
    with pytest.raises(ListenError, match=r"203\.0\.113\.9:1: "):
        listening.bind("203.0.113.9", 1)


def test_loopback_is_local_and_everything_is_not():
    with listening.bind("127.0.0.1", 0) as bound:
        assert listening.is_local(bound)
        assert listening.url(bound, tls=True) == f"https://127.0.0.1:{bound.getsockname()[1]}/"
    with listening.bind("", 0) as bound:
        assert not listening.is_local(bound)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_every_address_is_of_both_families():
    with listening.bind("", 0) as bound:
        port = bound.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port), timeout=2).close()

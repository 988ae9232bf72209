import ssl
from itertools import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import pki
from support.drive import MemoryServer, converse, over_tcp
from support.programs import apache, haproxy, nginx, openssl_server

from probe.lab.https import Asks, server_context
from probe.model.stages import ClientAuth, HandshakeFailed, Handshaken
from probe.net.contexts import client_context
from probe.net.openssl import OpenSsl

CONTEXT = client_context(("h2", "http/1.1"))


def server(version: ssl.TLSVersion, asks: Asks = Asks.NEVER, *, legacy: bool = False):
    leaf = pki.leaf()
    context = server_context(leaf, leaf.sent, asks=asks, legacy=legacy, clients=pki.root().der)
    if not legacy:
        context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["http/1.1"])
    return context


SERVERS = {
    "1.3": server(ssl.TLSVersion.TLSv1_3),
    "1.2": server(ssl.TLSVersion.TLSv1_2),
    "1.0": server(ssl.TLSVersion.TLSv1_2, legacy=True),
    "1.3 requires": server(ssl.TLSVersion.TLSv1_3, Asks.HANDSHAKE),
    "1.2 requires": server(ssl.TLSVersion.TLSv1_2, Asks.HANDSHAKE),
}
for name in ("1.3 requests", "1.2 requests"):
    SERVERS[name] = server(ssl.TLSVersion[f"TLSv1_{name[2]}"], Asks.HANDSHAKE)
    SERVERS[name].verify_mode = ssl.CERT_OPTIONAL


def shake(name: str, sizes=()) -> Handshaken | HandshakeFailed:
    engine, peer = OpenSsl(CONTEXT, pki.HOST), MemoryServer(SERVERS[name])
    converse(engine, peer, sizes)
    assert engine.finished
    assert engine.receive(b"late") == b""
    return engine.result(0.5)


@pytest.mark.parametrize("name", SERVERS)
def test_what_is_reported(name):
    seen = shake(name)
    assert isinstance(seen, Handshaken)
    assert seen.version == {"1.3": "TLSv1.3", "1.2": "TLSv1.2", "1.0": "TLSv1"}[name[:3]]
    assert seen.chain.certificates == pki.leaf().sent
    assert seen.alpn == "http/1.1"
    assert seen.engine == "openssl"
    assert seen.seconds == 0.5
    assert seen.key_proven is True
    assert seen.group == "x25519"
    assert seen.cipher.startswith("TLS_")
    expected = {"": "none", " requires": "required", " requests": "requested"}[name[3:]]
    assert seen.client_auth == expected


@pytest.mark.parametrize("name", SERVERS)
def test_octet_by_octet_is_the_same_as_whole(name):
    assert shake(name, repeat(1)) == shake(name)


@settings(max_examples=30, deadline=None)
@given(name=st.sampled_from(sorted(SERVERS)), sizes=st.lists(st.integers(1, 900), max_size=20))
def test_any_pieces_are_the_same_as_whole(name, sizes):
    assert shake(name, sizes) == shake(name)


def test_the_server_sees_an_orderly_end():
    for name in ("1.3", "1.2", "1.0", "1.3 requests", "1.2 requests"):
        engine, peer = OpenSsl(CONTEXT, pki.HOST), MemoryServer(SERVERS[name])
        converse(engine, peer)
        peer.receive(engine.farewell)
        assert peer.shaken
        assert not peer.failed


@pytest.mark.parametrize("when", [0, 1])
@pytest.mark.parametrize("name", ["1.3", "1.2"])
def test_an_end_on_the_way_keeps_what_was_seen(name, when):
    for end, kind in (
        (lambda engine: engine.closed(reset=False), "closed"),
        (lambda engine: engine.closed(reset=True), "reset"),
        (lambda engine: engine.expire(), "timeout"),
    ):
        engine, peer = OpenSsl(CONTEXT, pki.HOST), MemoryServer(SERVERS[name])
        sent = engine.begin()
        if when and name == "1.2":
            sent = engine.receive(peer.receive(sent))
        end(engine)
        seen = engine.result(0.1)
        assert isinstance(seen, HandshakeFailed)
        assert seen.failure.kind == kind
        assert bool(seen.chain) == (when == 1 and name == "1.2")
        assert seen.key_proven is (True if seen.chain else None)


def test_no_name_is_sent_for_an_address_and_u_labels_never():
    seen = []
    context = server(ssl.TLSVersion.TLSv1_3)
    context.sni_callback = lambda _tls, name, _context: seen.append(name)
    for host in ("127.0.0.1", "::1", None, "mp01.corp.contoso.com.", "xn--strae-oqa.contoso.com"):
        converse(OpenSsl(CONTEXT, host), MemoryServer(context))
    # IDNA 2003 would have made "strasse" of the last.
    assert seen == [None, None, None, "mp01.corp.contoso.com", "xn--strae-oqa.contoso.com"]


def test_a_client_certificate_is_used(tmp_path):
    context = client_context(certificate=str(pki.write_client(tmp_path)))
    for name in ("1.3 requires", "1.2 requires"):
        engine = OpenSsl(context, pki.HOST, identified=True)
        converse(engine, MemoryServer(SERVERS[name]))
        seen = engine.result(0.0)
        assert isinstance(seen, Handshaken)
        assert seen.client_auth is ClientAuth.REQUESTED


def test_a_client_certificate_that_is_refused_is_an_alert(tmp_path):
    other = client_context(certificate=str(pki.write(tmp_path, pki.leaf())))
    for name in ("1.3 requires", "1.2 requires"):
        engine = OpenSsl(other, pki.HOST, identified=True)
        converse(engine, MemoryServer(SERVERS[name]))
        seen = engine.result(0.0)
        assert isinstance(seen, HandshakeFailed)
        assert seen.failure.kind == "alert"
        assert seen.failure.detail == "unsupported_certificate (43)"
        assert seen.client_auth is ClientAuth.REQUESTED
        assert seen.chain.certificates == pki.leaf().sent


def over(port: int, **options) -> Handshaken | HandshakeFailed:
    engine = OpenSsl(CONTEXT, pki.HOST)
    over_tcp(engine, port, **options)
    return engine.result(0.0)


@pytest.mark.real
@pytest.mark.parametrize(
    ("options", "version", "cipher"),
    [
        ((), "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        (
            ("-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"),
            "TLSv1.3",
            "TLS_CHACHA20_POLY1305_SHA256",
        ),
        (("-tls1_2",), "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
        (("-tls1_2", "-cipher", "AES128-SHA"), "TLSv1.2", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        (
            ("-tls1_2", "-cipher", "DHE-RSA-AES256-SHA256"),
            "TLSv1.2",
            "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
        ),
        (
            ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
            "TLSv1.1",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        ),
        (("-tls1", "-cipher", "AES256-SHA:@SECLEVEL=0"), "TLSv1", "TLS_RSA_WITH_AES_256_CBC_SHA"),
        # Without a name that the observer offers too, it is OpenSSL's.
        (("-tls1_2", "-cipher", "CAMELLIA128-SHA256"), "TLSv1.2", "CAMELLIA128-SHA256"),
    ],
)
def test_versions_and_suites(options, version, cipher, tmp_path):
    with openssl_server(tmp_path, pki.rsa_leaf(), *options) as port:
        whole, cut = over(port), over(port, piece=1)
    assert isinstance(whole, Handshaken)
    assert (whole.version, whole.cipher) == (version, cipher)
    assert whole.chain.certificates == pki.rsa_leaf().sent
    assert cut == whole


@pytest.mark.real
def test_weak_keys_and_hashes_are_seen(tmp_path):
    from probe.lab import keys

    issuing = pki.root().authority("CN=Old CA", key=keys.rsa_key(1024), hash="sha1")
    weak = issuing.issue("CN=old", dns=["old.contoso.com"], key=keys.rsa_key(1024, 1), hash="md5")
    with openssl_server(tmp_path, weak, "-tls1", "-cipher", "ALL:@SECLEVEL=0") as port:
        seen = over(port)
    assert isinstance(seen, Handshaken)
    assert seen.chain.certificates == weak.sent


@pytest.mark.real
def test_nginx_haproxy_and_apache(tmp_path):
    path, authority = pki.write(tmp_path), pki.write_authority(tmp_path)
    block = f"""listen 127.0.0.1:PORT ssl; ssl_certificate {path}; ssl_certificate_key {path};
        ssl_protocols TLSv1.2; ssl_verify_client on; ssl_client_certificate {authority};"""
    with nginx(tmp_path, block) as port:
        seen = over(port)
    # nginx asks, and refuses after the request only.
    assert seen.client_auth is ClientAuth.REQUESTED
    assert sorted(seen.acceptable_cas) == [
        "CN=Contoso Issuing CA,DC=contoso,DC=com",
        "CN=Contoso Root CA,DC=contoso,DC=com",
    ]
    with haproxy(tmp_path, f"ssl crt {path} verify required ca-file {authority} alpn h2") as port:
        seen = over(port)
    assert (seen.client_auth, seen.alpn) == (ClientAuth.REQUIRED, "h2")
    host = f"SSLCertificateFile {path}\nSSLVerifyClient require\nSSLCACertificateFile {authority}"
    with apache(tmp_path, host) as port:
        seen = over(port)
    assert seen.client_auth is ClientAuth.REQUIRED
    assert seen.chain.certificates == pki.leaf().sent

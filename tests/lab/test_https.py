import ssl
import warnings

import pytest
from support.peer import chain_as_sent

from probe.lab import builder
from probe.lab.https import Asks, Tls, server_context
from probe.lab.web import Page, Web, lowered

REQUEST = b"GET /here HTTP/1.1\r\nHost: mp01\r\n\r\n"
PAGES = lowered({"/here": Page(403, "Client certificate required")})


@pytest.fixture(scope="module")
def clients():
    return builder.root("CN=Contoso Client CA")


@pytest.fixture(scope="module")
def leaf():
    issuing = builder.root().authority("CN=Contoso Issuing CA", hash="sha1")
    return issuing.issue("", dns=["mp01.corp.contoso.com"])


class Client:
    """The other side, on the standard library, over the same octets."""

    def __init__(self, context, server):
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_hostname="mp01.corp.contoso.com")
        self._server = server

    def until(self, step):
        """Do ``step`` again and again, exchanging octets, until it needs no more."""
        for _ in range(10):
            try:
                return step()
            except ssl.SSLWantReadError:
                self._in.write(self._server.receive(self._out.read()))
        raise AssertionError("no progress")

    def flush(self):
        self._in.write(self._server.receive(self._out.read()))


def _client_context(**options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    for name, value in options.items():
        setattr(context, name, value)
    return context


def _handshaken(server, **options):
    client = Client(_client_context(**options), server)
    client.until(client.tls.do_handshake)
    return client


def _ask(client):
    client.tls.write(REQUEST)
    return client.until(lambda: client.tls.read(4096))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_request_is_answered_inside_tls(leaf, version):
    server = Tls(server_context(leaf, leaf.sent), Web(PAGES))
    client = _handshaken(server, maximum_version=version)
    assert _ask(client).startswith(b"HTTP/1.1 403 Client certificate required\r\n")
    assert not server.finished


def test_the_server_says_goodbye_when_the_inner_conversation_ends(leaf):
    server = Tls(server_context(leaf, leaf.sent), Web(PAGES))
    client = _handshaken(server)
    client.tls.write(b"GET / HTTP/1.0\r\n\r\n")
    assert client.until(lambda: client.tls.read(4096)).startswith(b"HTTP/1.1 404")
    assert client.tls.read(1) == b""  # close_notify has come
    assert server.finished


def test_the_end_of_the_client_ends_the_connection(leaf):
    server = Tls(server_context(leaf, leaf.sent), Web(PAGES))
    client = _handshaken(server)
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()
    client.flush()
    assert server.finished


@pytest.mark.parametrize("order", [(0,), (0, 1), (0, 1, 1), (0, 2, 1), (0, 1, 2)])
def test_the_chain_goes_out_as_it_was_given(leaf, order):
    members = (leaf.der, *leaf.issuers)
    given = tuple(members[index] for index in order)
    client = _handshaken(Tls(server_context(leaf, given), Web(PAGES)))
    assert chain_as_sent(client.tls) == given


def test_old_versions_are_refused_with_an_alert(leaf):
    server = Tls(server_context(leaf, leaf.sent), Web(PAGES))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = _client_context(
            minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1
        )
    client = Client(context, server)
    with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
        client.until(client.tls.do_handshake)
    assert server.finished


def test_a_legacy_server_speaks_tls_1_0_only(leaf):
    context = server_context(leaf, leaf.sent, legacy=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        oldest = {"minimum_version": ssl.TLSVersion.TLSv1}
        client = _handshaken(Tls(context, Web(PAGES)), **oldest)
    assert client.tls.version() == "TLSv1"
    modern = Client(_client_context(minimum_version=ssl.TLSVersion.TLSv1_2), Tls(context, Web({})))
    with pytest.raises(ssl.SSLError):
        modern.until(modern.tls.do_handshake)


def test_a_certificate_demanded_in_the_handshake_is_missed(leaf, clients):
    context = server_context(leaf, leaf.sent, asks=Asks.HANDSHAKE, clients=clients.der)
    server = Tls(context, Web(PAGES), asks=Asks.HANDSHAKE)
    client = Client(_client_context(maximum_version=ssl.TLSVersion.TLSv1_2), server)
    with pytest.raises(ssl.SSLError):
        client.until(client.tls.do_handshake)
    assert server.finished
    # Under TLS 1.3 the refusal comes after the client's handshake is complete.
    late = _handshaken(Tls(context, Web(PAGES), asks=Asks.HANDSHAKE))
    assert late.tls.getpeercert(binary_form=True) == leaf.der
    with pytest.raises(ssl.SSLError, match=r"(?i)certificate.required"):
        _ask(late)


def test_a_client_with_its_certificate_is_let_in(leaf, clients, tmp_path):
    own = clients.issue("CN=client", eku=["1.3.6.1.5.5.7.3.2"])
    (tmp_path / "client.pem").write_bytes(own.key_pem + own.pem)
    client_context = _client_context(post_handshake_auth=True)
    client_context.load_cert_chain(tmp_path / "client.pem")
    for asks in (Asks.HANDSHAKE, Asks.AFTER_REQUEST):
        context = server_context(leaf, leaf.sent, asks=asks, clients=clients.der)
        client = Client(client_context, Tls(context, Web(PAGES), asks=asks))
        client.until(client.tls.do_handshake)
        assert _ask(client).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("able", [True, False])
def test_asking_after_the_request_then_answering(leaf, clients, able):
    context = server_context(leaf, leaf.sent, asks=Asks.AFTER_REQUEST, clients=clients.der)
    server = Tls(context, Web(PAGES), asks=Asks.AFTER_REQUEST)
    client = _handshaken(server, post_handshake_auth=able)
    client.tls.write(REQUEST)
    client.flush()
    if able:
        # The request for a certificate came, and the answer only after it is answered.
        with pytest.raises(ssl.SSLWantReadError):
            client.tls.read(4096)
    answer = client.until(lambda: client.tls.read(4096))
    assert answer.startswith(b"HTTP/1.1 403 Client certificate required")


def test_asking_in_the_handshake_where_tls_is_older(leaf, clients):
    context = server_context(leaf, leaf.sent, asks=Asks.AFTER_REQUEST, clients=clients.der)
    server = Tls(context, Web(PAGES), asks=Asks.AFTER_REQUEST)
    client = _handshaken(server, maximum_version=ssl.TLSVersion.TLSv1_2)
    assert _ask(client).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("octets", [b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 40])
def test_what_is_no_tls_ends_the_connection(leaf, octets):
    server = Tls(server_context(leaf, leaf.sent), Web(PAGES))
    server.receive(octets)
    assert server.finished

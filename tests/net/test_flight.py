import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import pki
from support.servers import HELLO_DONE, SHUT_OUT, certificate, handshake, server_hello

from probe.lab.https import Asks, server_context
from probe.model.stages import ClientAuth
from probe.net.contexts import client_context
from probe.net.flight import Flight, Progress
from probe.tls.messages import Message, message
from probe.tls.records import Content, plain

FIELDS = (
    *("version", "suite", "group", "scheme", "certificates", "client_auth"),
    *("authorities", "alert", "failure", "progress"),
)


def recorded(version: ssl.TLSVersion, asks: Asks = Asks.NEVER) -> bytes:
    """The first flight of the standard library's server."""
    leaf = pki.leaf()
    context = server_context(leaf, leaf.sent, asks=asks, clients=pki.root().der)
    context.minimum_version = context.maximum_version = version
    ours, theirs, incoming, outgoing = (ssl.MemoryBIO() for _ in range(4))
    client = client_context().wrap_bio(ours, theirs)
    server = context.wrap_bio(incoming, outgoing, server_side=True)
    for side in (client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            incoming.write(theirs.read())
    return outgoing.read()


def read(octets: bytes, sizes=()) -> dict[str, object]:
    flight, rest = Flight(), octets
    for size in (*sizes, len(octets)):
        piece, rest = rest[:size], rest[size:]
        flight.feed(piece)
    flight.ended()
    return {field: getattr(flight, field) for field in FIELDS}


FLIGHTS = [
    recorded(ssl.TLSVersion.TLSv1_2),
    recorded(ssl.TLSVersion.TLSv1_2, Asks.HANDSHAKE),
    recorded(ssl.TLSVersion.TLSv1_3),
    handshake(server_hello(), certificate(b"a", b"b"), HELLO_DONE) + SHUT_OUT,
    b"SSH-2.0-x\r\n",
]


def test_a_flight_of_tls_1_2():
    seen = read(FLIGHTS[1])
    assert seen["certificates"] == pki.leaf().sent
    assert seen["client_auth"] is ClientAuth.REQUESTED
    assert (seen["group"], seen["scheme"]) == ("x25519", "ecdsa_secp256r1_sha256")
    assert seen["progress"] is Progress.DONE
    assert read(FLIGHTS[0])["client_auth"] is ClientAuth.NONE


def test_tls_1_3_shows_its_hello_only():
    seen = read(FLIGHTS[2])
    assert (seen["version"], seen["group"]) == (0x0304, "x25519")
    assert seen["certificates"] is None
    assert seen["failure"] is None
    assert seen["progress"] is Progress.HELLO


def test_a_warning_is_no_alert_and_a_ccs_before_the_hello_means_nothing():
    warning = plain(Content.ALERT, 0x0303, b"\x01\x70")
    change = plain(Content.CHANGE_CIPHER_SPEC, 0x0303, b"\x01")
    seen = read(warning + change + FLIGHTS[3])
    assert seen["alert"] == 40
    assert seen["certificates"] == (b"a", b"b")


def test_warnings_without_end_are_cut_off_before_openssl_is_tired_of_them():
    warning = plain(Content.ALERT, 0x0303, b"\x01\x70")
    assert read(warning * 4)["failure"] is None
    assert read(warning * 5)["failure"].kind == "limit"


def test_what_follows_the_change_of_keys_is_not_read():
    change = plain(Content.CHANGE_CIPHER_SPEC, 0x0303, b"\x01")
    seen = read(handshake(server_hello()) + change + b"\xff" * 50)
    assert seen["failure"] is None


def test_a_message_that_cannot_be_read_is_left_to_openssl():
    broken = message(Message.CERTIFICATE, b"\x00\x00\x09\x00\x00\x20")
    seen = read(handshake(server_hello(), broken, HELLO_DONE))
    assert (seen["certificates"], seen["failure"]) == (None, None)


DHE = b"\x00\x01\x17" * 3
NAMED = DHE + b"\x08\x04" + b"\x00\x01s"
UNNAMED = DHE + b"\x00\x01s"


@pytest.mark.parametrize(
    ("version", "suite", "certified", "exchange", "scheme"),
    [
        (0x0303, 0x009E, pki.leaf().der, NAMED, "rsa_pss_rsae_sha256"),
        (0x0302, 0x0033, pki.rsa_leaf().der, UNNAMED, "rsa_pkcs1_md5_sha1"),
        (0x0301, 0xC009, pki.leaf().der, b"\x03\x00\x17\x01p\x00\x01s", "ecdsa_sha1"),
        (0x0301, 0xC009, b"junk", b"\x03\x00\x17\x01p\x00\x01s", None),
        # A static RSA suite has no such message.
        (0x0303, 0x009C, pki.rsa_leaf().der, NAMED, None),
    ],
)
def test_the_scheme_of_a_signature(version, suite, certified, exchange, scheme):
    messages = certificate(certified), message(Message.SERVER_KEY_EXCHANGE, exchange), HELLO_DONE
    seen = read(handshake(server_hello(suite, version), *messages))
    assert (seen["scheme"], seen["failure"]) == (scheme, None)


@given(st.sampled_from(FLIGHTS), st.lists(st.integers(1, 400), max_size=30))
def test_pieces_make_no_difference(octets, sizes):
    assert read(octets, sizes) == read(octets)


@given(st.binary(max_size=300), st.sampled_from(FLIGHTS), st.integers(0, 200))
def test_it_never_raises(junk, flight, cut):
    read(flight[:cut] + junk + flight[cut:])

"""The lab's SQL Server by its octets; that real clients take it for one: tests/net/test_sqlclients.py."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import pki
from support.sqlserver import strict, tds

from probe.lab.tds import LOGIN_FAILED, Encrypts, Login, answer, refusal
from probe.net.tds import packets, prelogin
from probe.net.tds.prelogin import Encryption, Option

OFF, ON = Encryption.OFF, Encryption.ON
NOT_SUPPORTED, REQUIRED = Encryption.NOT_SUPPORTED, Encryption.REQUIRED


@pytest.mark.parametrize(
    ("encrypts", "agreed"),
    [
        # What a client says: OFF, ON, NOT_SUP, REQ (the table of MS-TDS 2.2.6.5).
        (Encrypts.OPTIONAL, (OFF, ON, NOT_SUPPORTED, ON)),
        (Encrypts.FORCED, (REQUIRED, ON, REQUIRED, REQUIRED)),
        (Encrypts.NEVER, (NOT_SUPPORTED,) * 4),
    ],
)
def test_what_is_agreed(encrypts, agreed):
    for asked, expected in zip(Encryption, agreed, strict=True):
        said, result = answer(prelogin.encode({Option.ENCRYPTION: bytes((asked,))}), encrypts)
        assert said[0] == packets.REPLY
        read = prelogin.parse(said[packets.HEADER :])
        assert (read.version, read.encryption, result) == ("16.0.1000", expected, expected)


def test_federated_authentication_is_answered_only_when_it_was_asked_about():
    said, _ = answer(prelogin.REQUEST, Encrypts.OPTIONAL)
    assert Option.FEDAUTHREQUIRED not in prelogin.parse(said[8:]).options
    asked = {Option.ENCRYPTION: b"\x01", Option.FEDAUTHREQUIRED: b"\x01"}
    said, _ = answer(prelogin.encode(asked), Encrypts.OPTIONAL)
    assert prelogin.parse(said[8:]).options[Option.FEDAUTHREQUIRED] == b"\x00"


def test_every_login_fails_with_the_number_that_clients_know():
    tokens = refusal()[packets.HEADER :]
    kind, length, number, state, level = struct.unpack_from("<BHiBB", tokens)
    assert (kind, number, state, level) == (0xAA, LOGIN_FAILED, 1, 14)
    assert tokens[3 + length :][:1] == b"\xfd"
    assert len(tokens) == 3 + length + 13


def test_a_login_in_the_clear_where_nothing_is_encrypted():
    server = tds(pki.rsa_leaf(), Encrypts.NEVER)
    assert server.receive(packets.encode(packets.PRELOGIN, prelogin.REQUEST))
    login = packets.encode(packets.LOGIN7, bytes(200), size=64)
    assert server.receive(login[:70]) == b""
    assert server.receive(login[70:]) == refusal()
    assert server.finished


def test_a_message_without_end_is_not_kept():
    login = Login(Encrypts.NEVER)
    endless = packets.encode(packets.LOGIN7, bytes(3000))
    part = bytes((endless[0], 0)) + endless[2:]
    for _ in range(100):
        login.receive(part)
        if login.finished:
            break
    assert login.finished


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=4), st.booleans(), st.sampled_from([tds, strict]))
def test_whatever_a_client_says_the_server_stands(said, greeted, make):
    server = make(pki.rsa_leaf())
    if greeted:
        server.receive(packets.encode(packets.PRELOGIN, prelogin.REQUEST))
    for octets in said:
        if not server.finished:
            server.receive(octets)

"""TLS 1.3 as a server may twist it: order, lists, padding, keys that change."""

import pytest
from support.tls_client import single_octets
from support.tls_identity import HOST, authority, issued
from support.tls_observe import SHARES, failure
from support.tls_script import KEY, Script13, extension, record

from probe.lab import builder, keys
from probe.model.failure import Kind
from probe.model.stages import Handshaken
from probe.tls.codec import vector
from probe.tls.messages import Message, message
from probe.tls.observer import Observer
from probe.tls.records import Content

LEAF = issued("secp256r1").der
CHAIN = (LEAF, authority().der)
assert issued("secp256r1").key is KEY


def start(suite: int = 0x1301, **options):
    machine = Observer(HOST, shares=SHARES, **options)
    script = Script13(machine, suite)
    assert machine.receive(script.hello()) == b""
    return machine, script


@pytest.mark.parametrize("suite", [0x1301, 0x1302, 0x1303])
def test_a_sound_flight(suite):
    machine, script = start(suite)
    sent = machine.receive(script.flight(CHAIN, staple=b"0\x03\x0a\x01\x00"))
    assert sent[:6] == b"\x14\x03\x03\x00\x01\x01"  # the compatibility ChangeCipherSpec
    result = machine.result(0)
    assert isinstance(result, Handshaken)
    assert result.chain.certificates == CHAIN
    assert result.ocsp_staple == b"0\x03\x0a\x01\x00"
    assert result.key_proven is True
    assert result.cipher == script.suite.name


def test_what_was_sent_is_reported_as_it_came():
    """Duplicates, strangers, junk and an empty entry, in that order."""
    chain = (LEAF, LEAF, builder.UNDECODABLE, b"", b"\x00junk", authority().issuers[-1])
    machine, script = start()
    machine.receive(script.flight(chain))
    result = machine.result(0)
    assert isinstance(result, Handshaken)
    assert result.chain.certificates == chain
    assert result.key_proven is True


@pytest.mark.parametrize("leaf", [builder.UNDECODABLE, b"", b"\x30\x80", b"\xff" * 40])
def test_an_unreadable_leaf_proves_nothing_and_loses_nothing(leaf):
    machine, script = start()
    machine.receive(script.flight((leaf, authority().der)))
    result = machine.result(0)
    assert isinstance(result, Handshaken)
    assert result.key_proven is None
    assert result.chain.certificates[0] == leaf


def test_a_certificate_that_no_library_reads_may_still_prove_its_key():
    """Version 7 and times that are none; the key is where it belongs."""
    odd = authority().issue("CN=odd", key=KEY, version=7, not_before=b"\x17\x01x")
    with pytest.raises(ValueError, match=r"version|parsing"):
        _ = odd.certificate.version
    machine, script = start()
    machine.receive(script.flight((odd.der,)))
    assert machine.result(0).key_proven is True


def test_another_key_is_told():
    machine, script = start()
    head = script.extensions() + script.certificate(CHAIN)
    sent = machine.receive(script.say(head, script.verify(head, key=keys.ec_key(index=3))))
    found = failure(machine)
    assert found.kind is Kind.MALFORMED
    assert "CertificateVerify" in found.detail
    result = machine.result(0)
    assert result.key_proven is False
    assert result.chain.certificates == CHAIN
    # The alert is encrypted: the server could not read another.
    assert sent[6:9] == b"\x17\x03\x03"


@pytest.mark.parametrize("scheme", [0x0401, 0x0201, 0x0203, 0x0202, 0x9999])
def test_a_scheme_that_tls13_forbids(scheme):
    machine, script = start()
    head = script.extensions() + script.certificate(CHAIN)
    machine.receive(script.say(head, script.verify(head, scheme=scheme)))
    assert "CertificateVerify with" in failure(machine).detail


def test_a_finished_that_does_not_verify():
    machine, script = start()
    head = script.extensions() + script.certificate(CHAIN)
    verify = script.verify(head)
    machine.receive(script.say(head, verify, message(Message.FINISHED, bytes(32))))
    assert "Finished does not verify" in failure(machine).detail
    assert machine.result(0).key_proven is True


def test_no_certificate():
    machine, script = start()
    machine.receive(script.say(script.extensions(), script.certificate(())))
    assert failure(machine).kind is Kind.NO_CERTIFICATE


def test_padding_is_removed():
    machine, script = start()
    head = script.extensions() + script.certificate(CHAIN)
    verify = script.verify(head)
    stream = head + verify + script.finished(head, verify)
    assert machine.receive(script.seal(Content.HANDSHAKE, stream, padding=700))
    assert isinstance(machine.result(0), Handshaken)


def test_one_message_over_many_records_and_many_in_one():
    machine, script = start()
    head = script.extensions() + script.certificate(CHAIN)
    verify = script.verify(head)
    stream = head + verify + script.finished(head, verify)
    pieces = [stream[i : i + 7] for i in range(0, len(stream), 7)]
    wire = b"".join(script.seal(Content.HANDSHAKE, piece) for piece in pieces)
    for octet in single_octets(wire):
        machine.receive(octet)
    assert isinstance(machine.result(0), Handshaken)


@pytest.mark.parametrize(
    "stray",
    [
        record(b"\x01", Content.CHANGE_CIPHER_SPEC) * 2,
        record(b"\x01\x5a", Content.ALERT),  # user_canceled, a warning
    ],
)
def test_what_may_come_in_between(stray):
    machine, script = start()
    machine.receive(stray + script.flight(CHAIN) + stray)
    assert isinstance(machine.result(0), Handshaken)


def test_order_is_kept():
    for first in ("certificate", "verify", "finished", "ticket"):
        machine, script = start()
        said = {
            "certificate": script.certificate(CHAIN),
            "verify": script.verify(),
            "finished": script.finished(),
            "ticket": message(Message.NEW_SESSION_TICKET, bytes(9)),
        }[first]
        machine.receive(script.say(said))
        assert "instead of EncryptedExtensions" in failure(machine).detail


def test_application_data_before_finished():
    machine, script = start()
    machine.receive(script.seal(Content.APPLICATION_DATA, b"x"))
    assert failure(machine).detail == "application data before Finished"


def test_messages_do_not_span_a_change_of_keys():
    machine, script = start()
    head = script.extensions() + script.request() + script.certificate(CHAIN)
    verify = script.verify(head)
    stream = head + verify + script.finished(head, verify) + b"\x04\x00"
    machine.receive(script.seal(Content.HANDSHAKE, stream))
    assert failure(machine).detail == "a record goes on after Finished"


def test_alpn_is_read_and_escaped():
    machine, script = start(alpn=("h2",))
    machine.receive(script.say(script.extensions(extension(16, vector(2, vector(1, b"h\x1b2"))))))
    machine.expire()
    assert machine.result(0).alpn == "h\\x1b2"


@pytest.mark.parametrize(
    ("spoil", "detail"),
    [
        (lambda s: s.seal(Content.HANDSHAKE, b"")[:-1] + b"\x00", "does not decrypt"),
        (lambda s: s.seal(0, b"\x00" * 9), "without a content type"),
        (lambda s: s.seal(99, b"x"), "content type 99"),
        (lambda s: s.seal(20, b"\x01"), "a protected ChangeCipherSpec"),
        (lambda s: record(s.extensions()), "an unprotected handshake record"),
        (lambda s: s.say(message(Message.ENCRYPTED_EXTENSIONS, b"\x00\x05\x00")), "cut short"),
        (lambda s: s.say(s.extensions(extension(16, b"") * 2)), "extension 16 twice"),
        (lambda s: s.say(s.extensions(b"\x00\x10\x00\x09")), "cut short"),
    ],
)
def test_malformed(spoil, detail):
    machine, script = start()
    machine.receive(spoil(script))
    found = failure(machine)
    assert found.kind is Kind.MALFORMED
    assert detail in found.detail

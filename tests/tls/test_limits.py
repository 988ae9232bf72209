"""Servers that send more than anybody needs."""

from support.tls_identity import HOST, authority, issued
from support.tls_observe import SHARES, failure
from support.tls_script import Script13, record

from probe.model.failure import Kind
from probe.tls import limits
from probe.tls.messages import Message
from probe.tls.observer import Observer
from probe.tls.records import Content

CHAIN = (issued("secp256r1").der, authority().der)


def start():
    machine = Observer(HOST, shares=SHARES)
    script = Script13(machine)
    machine.receive(script.hello())
    return machine, script


def test_too_many_certificates_keep_those_that_came():
    machine, script = start()
    machine.receive(script.say(script.extensions(), script.certificate((CHAIN[0][:30],) * 101)))
    assert failure(machine).kind is Kind.LIMIT
    assert len(machine.result(0).chain.certificates) == limits.CERTIFICATES


def test_a_message_that_is_too_long_is_refused_by_its_header():
    machine, script = start()
    machine.receive(script.say(script.extensions()))
    huge = bytes((Message.CERTIFICATE,)) + (limits.CERTIFICATE_MESSAGE + 1).to_bytes(3, "big")
    machine.receive(script.seal(Content.HANDSHAKE, huge))
    assert failure(machine).kind is Kind.LIMIT


def test_records_without_content():
    machine, script = start()
    for _ in range(limits.EMPTY_RECORDS):
        machine.receive(script.seal(Content.HANDSHAKE, b""))
    assert not machine.finished
    machine.receive(script.seal(Content.HANDSHAKE, b""))
    assert failure(machine).kind is Kind.LIMIT


def test_change_cipher_spec_flood():
    machine, _ = start()
    machine.receive(record(b"\x01", Content.CHANGE_CIPHER_SPEC) * 50)
    assert failure(machine).kind is Kind.LIMIT


def test_a_long_record_is_refused_by_its_header():
    machine, _ = start()
    machine.receive(b"\x17\x03\x03\x41\x01")
    assert failure(machine).kind is Kind.LIMIT

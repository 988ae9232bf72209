"""TLS 1.3 servers that ask for a client certificate, and what they make of an empty one."""

import pytest
from support.tls_identity import HOST, authority, issued
from support.tls_observe import SHARES, failure
from support.tls_script import Script13, record

from probe.model.failure import Kind
from probe.model.stages import ClientAuth
from probe.tls.messages import Message, message
from probe.tls.observer import Observer
from probe.tls.records import Content

CHAIN = (issued("secp256r1").der, authority().der)


def start():
    machine = Observer(HOST, shares=SHARES)
    script = Script13(machine)
    machine.receive(script.hello())
    return machine, script


def test_acceptable_authorities_with_an_undecodable_one():
    names = (authority().subject, b"\x01\x02\x03", b"\xff" * 90)
    machine, script = start()
    machine.receive(script.flight(CHAIN, request=script.request(names)))
    machine.expire()
    result = machine.result(0)
    assert result.client_auth is ClientAuth.REQUESTED
    assert result.acceptable_cas == ("CN=Contoso Issuing CA", "#010203", "#" + "ff" * 64 + "…")


@pytest.mark.parametrize("code", [116, 40, 42, 49, 46, 50, 80])
@pytest.mark.parametrize("protected", [True, False])
def test_an_alert_upon_an_empty_certificate_is_a_refusal(code, protected):
    machine, script = start()
    machine.receive(script.flight(CHAIN, request=script.request()))
    assert machine.lingering
    script.enter_application()
    alert = bytes((2, code))
    machine.receive(
        script.seal(Content.ALERT, alert) if protected else record(alert, Content.ALERT)
    )
    assert machine.finished
    assert machine.result(0).client_auth is ClientAuth.REQUIRED


@pytest.mark.parametrize("code", [20, 51])
def test_an_alert_about_our_keys_is_a_failure(code):
    machine, script = start()
    machine.receive(script.flight(CHAIN, request=script.request()))
    script.enter_application()
    machine.receive(script.seal(Content.ALERT, bytes((2, code))))
    assert failure(machine).kind is Kind.ALERT
    assert machine.result(0).client_auth is ClientAuth.REQUESTED
    assert machine.result(0).chain.certificates == CHAIN


@pytest.mark.parametrize("what", ["ticket", "update", "data"])
def test_what_shows_that_the_server_went_on(what):
    machine, script = start()
    machine.receive(script.flight(CHAIN, request=script.request()))
    script.enter_application()
    said = {
        "ticket": (Content.HANDSHAKE, message(Message.NEW_SESSION_TICKET, bytes(20))),
        "update": (Content.HANDSHAKE, message(Message.KEY_UPDATE, b"\x01")),
        "data": (Content.APPLICATION_DATA, b"hello"),
    }
    sent = machine.receive(script.seal(*said[what]))
    assert machine.finished
    assert machine.result(0).client_auth is ClientAuth.REQUESTED
    assert sent[:3] == b"\x17\x03\x03"  # close_notify
    assert machine.incomplete is None

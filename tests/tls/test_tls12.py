"""TLS 1.2 and older as a server may twist it."""

from support.tls_client import single_octets
from support.tls_identity import HOST, authority, issued
from support.tls_observe import SHARES, TLS12, failure, shaken
from support.tls_script import Script12, extension, record

from probe.model.failure import Kind
from probe.model.stages import ClientAuth
from probe.tls.messages import Message, message
from probe.tls.observer import Observer
from probe.tls.records import Content
from probe.tls.seen import Incomplete

CHAIN = (issued("secp256r1").der, authority().der)


def start(**options):
    machine = Observer(HOST, shares=SHARES, **options)
    return machine, Script12(machine)


def say(machine, *messages):
    return machine.receive(b"".join(record(one) for one in messages))


def test_a_sound_first_flight_is_answered():
    machine, script = start()
    sent = machine.receive(script.flight(CHAIN))
    assert not machine.finished
    assert sent[5] == Message.CLIENT_KEY_EXCHANGE
    machine.closed(reset=False)
    assert failure(machine).detail == "while waiting for ChangeCipherSpec"
    assert machine.result(0).key_proven is True
    assert machine.result(0).client_auth is ClientAuth.NONE


def test_a_flight_in_one_record_or_in_single_octets():
    for cut in (lambda data: (data,), single_octets):
        machine, script = start()
        flight = script.hello() + script.certificate(CHAIN) + script.key_exchange() + script.done()
        sent = b"".join(machine.receive(piece) for piece in cut(record(flight)))
        assert sent[5] == Message.CLIENT_KEY_EXCHANGE


def test_a_staple_with_and_without_an_answer():
    machine, script = start()
    say(machine, script.hello(), script.certificate(CHAIN), script.status(b"0\x03\x0a\x01\x00"))
    assert machine.result(0).ocsp_staple == b"0\x03\x0a\x01\x00"
    machine, script = start()
    say(machine, script.hello(), script.certificate(CHAIN), script.status(b"x", kind=2))
    assert machine.result(0).ocsp_staple is None


def test_acceptable_authorities():
    machine, script = start()
    head = script.hello(), script.certificate(CHAIN), script.key_exchange()
    sent = say(machine, *head, script.request((authority().subject,)), script.done())
    assert sent[5:12] == bytes.fromhex("0b000003000000")  # an empty Certificate
    assert machine.lingering
    machine.receive(record(b"\x02\x28", Content.ALERT))
    assert machine.result(0).client_auth is ClientAuth.REQUIRED
    assert machine.result(0).acceptable_cas == ("CN=Contoso Issuing CA",)


def test_a_hello_request_is_ignored_anywhere():
    machine, script = start()
    again = message(Message.HELLO_REQUEST, b"")
    said = again, script.hello(), again, script.certificate(CHAIN), again, script.key_exchange()
    assert say(machine, *said, again, script.done())[5] == Message.CLIENT_KEY_EXCHANGE


def test_ssl3_is_read_too():
    machine, script = start()
    say(
        machine,
        script.hello(version=0x0300, suite=0x0005),
        script.certificate(CHAIN),
        script.done(),
    )
    assert shaken(machine).version == "SSLv3"
    assert machine.incomplete is Incomplete.VERSION


def test_a_downgrade_is_noticed():
    for maximum, version, end in (
        (0x0304, 0x0303, b"\x01"),
        (0x0304, 0x0302, b"\x00"),
        (0x0303, 0x0302, b"\x00"),
    ):
        machine, script = start(maximum=maximum)
        suite = 0xC02B if version == TLS12 else 0xC013
        random = b"R" * 24 + b"DOWNGRD" + end
        say(machine, script.hello(version=version, suite=suite, random=random))
        assert "downgraded" in failure(machine).detail


def test_what_was_not_offered_is_refused():
    for hello, detail in (
        ({"suite": 0x0000}, "cipher suite 0x0000"),
        ({"suite": 0x1301}, "cipher suite 0x1301 for TLSv1.2"),
        ({"suite": 0xC02B, "version": 0x0302}, "cipher suite 0xc02b for TLSv1.1"),
        ({"version": 0x0305}, "version 0x0305"),
        ({"version": 0x0200}, "version 0x0200"),
        ({"block": extension(43, b"\x03\x03")}, "selected version 0x0303"),
    ):
        machine, script = start()
        sent = say(machine, script.hello(**hello))
        assert detail in failure(machine).detail
        assert sent == record(b"\x02\x2f", Content.ALERT)  # illegal_parameter


def test_compression_is_refused():
    machine, script = start()
    hello = script.hello()
    say(machine, hello[:-1] + b"\x01")
    assert failure(machine).detail == "compression method 1"


def test_a_curve_that_was_not_offered():
    machine, script = start()
    say(machine, script.hello(), script.certificate(CHAIN), script.key_exchange(group=0x001A))
    assert "curve" in failure(machine).detail


def test_an_invalid_point():
    for group, public in ((0x001D, bytes(32)), (0x0017, b"\x04" + b"\x01" * 64), (0x0017, b"\x02")):
        machine, script = start()
        exchange = script.key_exchange(group=group, public=public)
        say(machine, script.hello(), script.certificate(CHAIN), exchange, script.done())
        assert "public value" in failure(machine).detail
        assert machine.result(0).key_proven is True


def test_no_certificate():
    machine, script = start()
    say(machine, script.hello(), script.certificate(()))
    assert failure(machine).kind is Kind.NO_CERTIFICATE


def test_order_is_kept():
    machine, script = start()
    say(machine, script.hello(), script.key_exchange())
    assert failure(machine).detail == "server_key_exchange instead of Certificate"
    machine, script = start()
    say(machine, script.hello(), script.certificate(CHAIN), script.done())
    assert failure(machine).detail == "server_hello_done instead of ServerKeyExchange"
    machine, script = start()
    say(machine, script.hello())
    machine.receive(record(b"\x01", Content.CHANGE_CIPHER_SPEC))
    assert failure(machine).detail == "ChangeCipherSpec instead of Certificate"


def test_change_cipher_spec_inside_a_message():
    machine, script = start()
    machine.receive(script.flight(CHAIN))
    machine.receive(record(b"\x04\x00") + record(b"\x01", Content.CHANGE_CIPHER_SPEC))
    assert failure(machine).detail == "ChangeCipherSpec inside a handshake message"


def test_finished_that_does_not_decrypt():
    machine, script = start()
    machine.receive(script.flight(CHAIN))
    machine.receive(record(b"\x01", Content.CHANGE_CIPHER_SPEC) + record(bytes(40)))
    assert failure(machine).detail == "a record that does not decrypt"
    machine, script = start()
    machine.receive(script.flight(CHAIN))
    machine.receive(record(b"\x01", Content.CHANGE_CIPHER_SPEC) + record(bytes(20)))
    assert failure(machine).detail == "a record that does not decrypt"


def test_warnings_are_heard_and_bounded():
    machine, script = start()
    machine.receive(record(b"\x01\x70", Content.ALERT) + record(script.hello()))
    machine.closed(reset=False)
    wanted = "while waiting for Certificate, after the warning unrecognized_name (112)"
    assert failure(machine).detail == wanted
    machine, _ = start()
    machine.receive(record(b"\x01\x70", Content.ALERT) * 50)
    assert failure(machine).kind is Kind.LIMIT


def test_close_notify_before_the_end():
    machine, _ = start()
    machine.receive(record(b"\x01\x00", Content.ALERT))
    assert failure(machine).kind is Kind.CLOSED
    assert failure(machine).detail == "close_notify while waiting for ServerHello"

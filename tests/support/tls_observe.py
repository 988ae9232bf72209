"""One observer against one server in this process."""

from support.tls_client import Server, converse
from support.tls_identity import HOST

from probe.model.failure import Failure, Kind
from probe.model.stages import HandshakeFailed, Handshaken
from probe.tls.observer import Observer
from probe.tls.shares import KeyShares

TLS10, TLS11, TLS12, TLS13 = 0x0301, 0x0302, 0x0303, 0x0304
SHARES = KeyShares()


def observe(context, *, host=HOST, cut=lambda data: (data,), **options) -> tuple[Observer, Server]:
    """Run a handshake to its end."""
    machine = Observer(host, **{"shares": SHARES, **options})
    server = Server(context)
    converse(machine, server, cut)
    return machine, server


def shaken(machine: Observer) -> Handshaken:
    """The result of a handshake that is over and succeeded."""
    assert machine.finished
    result = machine.result(0.25)
    assert isinstance(result, Handshaken), result
    return result


def failure(machine: Observer) -> Failure:
    """The failure of a handshake that is over; never a bug of ours."""
    assert machine.finished
    result = machine.result(0.25)
    assert isinstance(result, HandshakeFailed), result
    assert result.failure.kind is not Kind.INTERNAL, result.failure
    return result.failure

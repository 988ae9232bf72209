"""What blackbox_exporter tells of a TLS probe (there: prober/tls.go and utils.go)."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from prometheus_client import Metric

from probe.model.report import Result
from probe.model.stages import HttpAnswered, Skipped
from probe.render.metrics.established import table
from probe.render.metrics.established.crls import crls
from probe.render.metrics.established.describe import leaf, spelled
from probe.render.metrics.established.single import single
from probe.render.metrics.established.view import View, expiry, sent

_FNV_OFFSET, _FNV_PRIME = 0x811C9DC5, 0x01000193


def blackbox(view: View, seconds: float) -> Iterator[Metric]:
    """Yield the families of blackbox_exporter."""
    yield single(table.SUCCESS, float(view.success))
    yield single(table.DURATION, seconds)
    yield single(table.DNS, max(map(_lookup, view.results), default=0.0))
    address = _address(view.worst)
    yield single(table.PROTOCOL, float(address.version if address else 0))
    if address:
        yield single(table.ADDRESS_HASH, float(fnv(address.packed)))
    yield from _certificates(view)
    yield from _session(view)
    if view.worst:
        yield from crls(view.worst)


def fnv(octets: bytes) -> int:
    """Hash by FNV-1a with 32 bits."""
    value = _FNV_OFFSET
    for octet in octets:
        value = (value ^ octet) * _FNV_PRIME & 0xFFFFFFFF
    return value


def _certificates(view: View) -> Iterator[Metric]:
    if view.certificates:
        yield single(table.EARLIEST, expiry(view.certificates))
    if view.last_expiry is not None:
        yield single(table.LAST_CHAIN, view.last_expiry)
    if view.worst and (chain := sent(view.worst)):
        yield single(table.LEAF, 1.0, *leaf(chain[0]))


def _session(view: View) -> Iterator[Metric]:
    handshake = view.handshake
    if handshake and handshake.version:
        yield single(table.VERSION, 1.0, spelled(handshake.version))
    if handshake and handshake.cipher:
        yield single(table.CIPHER, 1.0, handshake.cipher)
    if view.worst and isinstance(answer := view.worst.observation.http, HttpAnswered):
        yield single(table.HTTP, float(answer.code))


def _lookup(result: Result) -> float:
    stage = result.observation.resolution
    return 0.0 if isinstance(stage, Skipped) else stage.seconds


def _address(result: Result | None) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(result.address) if result and result.address else None
    except ValueError:  # a name, where a proxy resolves it
        return None

"""Datagrams of SQL Server Browser (MS-SQLR 2.2): where a named instance listens.

A Browser says nothing at all about an instance that it does not know, so all instances are asked
for too: an answer without the one that is meant tells that it is not there.
"""

import struct
from typing import Final

import msgspec

from probe.net.tds.packets import MalformedError

_EVERY: Final = b"\x03"  # CLNT_UCAST_EX
_ONE: Final = b"\x04"  # CLNT_UCAST_INST
_ANSWER: Final = struct.Struct("<BH")
_RESPONSE: Final = 0x05
_CODEC: Final = "cp1252"
_PORTS: Final = range(1, 1 << 16)
_MOST: Final = 64
"""Instances that are read of one answer; Windows runs at most fifty."""


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """One instance as the Browser tells of it; ``port`` is None when it does not listen on TCP."""

    server: str
    name: str
    clustered: bool
    version: str
    port: int | None


def request(instance: str) -> bytes:
    """Ask for one instance."""
    return _ONE + instance.encode(_CODEC, "replace").replace(b"\x00", b"?") + b"\x00"


def request_every() -> bytes:
    """Ask for all instances."""
    return _EVERY


def parse(datagram: bytes) -> tuple[Instance, ...]:
    """Read an answer; MalformedError for what is none."""
    if len(datagram) < _ANSWER.size:
        raise MalformedError(f"an answer of {len(datagram)} octets")
    kind, length = _ANSWER.unpack_from(datagram)
    if kind != _RESPONSE:
        raise MalformedError(f"an answer of type 0x{kind:02x}")
    content = datagram[_ANSWER.size :]
    if length != len(content):
        raise MalformedError(f"an answer of {len(content)} octets that says {length}")
    instances = []
    fields: dict[str, str] = {}
    words = iter(content.decode(_CODEC, "replace").split(";"))
    for key in words:
        if key:
            fields.setdefault(key.lower(), next(words, ""))
        elif fields:
            instances.append(_instance(fields))
            fields = {}
        if len(instances) > _MOST:
            raise MalformedError(f"more than {_MOST} instances")
    if fields:
        raise MalformedError("an answer that is cut")
    return tuple(instances)


def _instance(fields: dict[str, str]) -> Instance:
    name = fields.get("instancename")
    if not name:
        raise MalformedError("an instance without a name")
    return Instance(
        server=fields.get("servername", ""),
        name=name,
        clustered=fields.get("isclustered", "").lower() == "yes",
        version=fields.get("version", ""),
        port=_port(fields["tcp"]) if "tcp" in fields else None,
    )


def _port(text: str) -> int:
    # SqlClient takes the first of several, too.
    first = text.split(",", 1)[0].strip()
    if not (first.isascii() and first.isdigit() and len(first) <= len("65535")):
        raise MalformedError("a port that is no number")
    if int(first) not in _PORTS:
        raise MalformedError(f"the port {int(first)}")
    return int(first)

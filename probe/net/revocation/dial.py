"""Connect to where a URL leads, if the policy lets us: resolve, judge, and pin the address."""

import asyncio
import ssl
from typing import Final

from probe.inventory import hosts
from probe.net.resolve import Resolver
from probe.net.revocation import policy

_MOST_ADDRESSES: Final = 4
_PATIENCE: Final = 1.5
"""Seconds for an address while there is another to try."""


class Forbidden(Exception):  # noqa: N818 - it says what the policy does
    """The policy forbids it."""


class Unreachable(Exception):  # noqa: N818 - it says what the place is
    """The name does not resolve, or nothing answers there."""


class Stream:
    """Octets to and fro; time is the caller's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, most: int) -> bytes:
        """Return what comes next, nothing at the end."""
        return await self._reader.read(most)

    async def write(self, octets: bytes) -> None:
        """Send."""
        self._writer.write(octets)
        await self._writer.drain()

    async def encrypt(self, context: ssl.SSLContext, name: str) -> None:
        """Speak TLS from now on."""
        await self._writer.start_tls(context, server_hostname=name)

    def close(self) -> None:
        """Hang up at once: nothing more is wanted, whatever is still under way."""
        self._writer.transport.abort()


async def dial(host: str, port: int, resolver: Resolver, *, private: bool) -> tuple[Stream, str]:
    """Connect; returns the stream and the address literal that it is connected to.

    Forbidden where every address is, Unreachable where none answers; OSError as connecting does.
    """
    try:
        name = host if hosts.is_address(host) else hosts.host_name(host)
    except ValueError as error:
        raise Unreachable(f"{host} {error}") from None
    answer = await resolver.resolve(name)
    if answer.failure is not None:
        raise Unreachable(str(answer.failure))
    refused = {one: policy.refusal(one, private=private) for one in answer.addresses}
    allowed = [one for one, because in refused.items() if because is None][:_MOST_ADDRESSES]
    if not allowed:
        raise Forbidden("; ".join(because for because in refused.values() if because))
    for address in allowed[:-1]:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await _open(address, port, private=private), address
        except OSError:  # TimeoutError is one
            continue
    return await _open(allowed[-1], port, private=private), allowed[-1]


async def _open(address: str, port: int, *, private: bool) -> Stream:
    reader, writer = await asyncio.open_connection(address, port)
    peer: str = writer.get_extra_info("peername")[0]
    because = policy.refusal(peer, private=private)
    if because is not None:
        writer.transport.abort()
        raise Forbidden(because)
    return Stream(reader, writer)

"""ClientHello and ServerHello (RFC 8446, 4.1; RFC 5246, 7.4.1)."""

from typing import NamedTuple

from probe.tls import extensions
from probe.tls.codec import Reader, numbers, vector
from probe.tls.errors import illegal, malformed
from probe.tls.extensions import Extension
from probe.tls.messages import HEADER, Message, message
from probe.tls.schemes import SCHEMES
from probe.tls.shares import GROUPS, SHARED, KeyShares
from probe.tls.suites import offered

SSL3, TLS10, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
VERSIONS: dict[int, str] = {
    SSL3: "SSLv3",
    TLS10: "TLSv1",
    TLS11: "TLSv1.1",
    TLS12: "TLSv1.2",
    TLS13: "TLSv1.3",
}

RANDOM = 32
# RFC 8446, 4.1.3: the random that makes a ServerHello a HelloRetryRequest.
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
# RFC 8446, 4.1.3: a server that could do better than the version it chose ends its random so.
_DOWNGRADED = (b"DOWNGRD\x01", b"DOWNGRD\x00")

# RFC 7685, 4: some load balancers hang on a ClientHello of 256 to 511 octets.
_HANGS_FROM, _HANGS_BELOW = 256, 512


def client_hello(version: int, random: bytes, session: bytes, suites: bytes, block: bytes) -> bytes:
    """Write a ClientHello message (RFC 8446, 4.1.2); ``suites`` ends with the null compression.

    ``block`` is the extensions, empty for SSL 3.
    """
    head = version.to_bytes(2, "big") + random + vector(1, session) + suites
    if not block:
        return message(Message.CLIENT_HELLO, head)
    size = HEADER + len(head) + 2 + len(block)
    if _HANGS_FROM <= size < _HANGS_BELOW:
        # The padding extension (RFC 7685, 3) has a header of 4 octets, and is not empty: some
        # servers stumble over an empty extension at the end.
        padding = bytes(max(1, _HANGS_BELOW - size - 4))
        block += extensions.extension(Extension.PADDING, padding)
    return message(Message.CLIENT_HELLO, head + vector(2, block))


def suite_list(maximum: int) -> bytes:
    """Write the suites for at most this version, and the null compression method."""
    return vector(2, numbers(offered(maximum))) + b"\x01\x00"


def era(maximum: int) -> bytes:
    """Write the extensions that a client of this version sends, but for name and ALPN."""
    if maximum == SSL3:
        return b""
    groups = extensions.number_list(Extension.SUPPORTED_GROUPS, tuple(GROUPS))
    block = groups + extensions.POINT_FORMATS
    if maximum >= TLS12:
        block += extensions.number_list(Extension.SIGNATURE_ALGORITHMS, tuple(SCHEMES))
    return block


def key_share(shares: KeyShares, groups: tuple[int, ...] = SHARED) -> bytes:
    """Write the key_share extension (RFC 8446, 4.2.8)."""
    entries = b"".join(
        group.to_bytes(2, "big") + vector(2, shares.public(group)) for group in groups
    )
    return extensions.extension(Extension.KEY_SHARE, vector(2, entries))


class ServerHello(NamedTuple):
    """A ServerHello or HelloRetryRequest; ``version`` is the negotiated one."""

    version: int
    random: bytes
    session: bytes
    suite: int
    extensions: dict[int, bytes]

    @property
    def retry(self) -> bool:
        """Whether it is a HelloRetryRequest."""
        return self.version == TLS13 and self.random == RETRY


def server_hello(raw: bytes, maximum: int) -> ServerHello:
    """Read a ServerHello message with its header (RFC 8446, 4.1.3).

    A version above ``maximum``, compression and a downgrade that we did not ask for are refused.
    """
    size = len(raw)
    # legacy_version, random, the length of the session id.
    after = HEADER + 2 + RANDOM + 1
    if size < after or size < after + raw[after - 1] + 3:
        raise malformed("ServerHello is cut short")
    version = int.from_bytes(raw[HEADER : HEADER + 2], "big")
    random = raw[HEADER + 2 : after - 1]
    end = after + raw[after - 1]
    session = raw[after:end]
    suite = int.from_bytes(raw[end : end + 2], "big")
    compression = raw[end + 2]
    found: dict[int, bytes] = {}
    if size > end + 3:
        # RFC 5246, 7.4.1.3: without extensions the block itself is missing.
        reader = Reader(raw, "ServerHello", end + 3)
        found = extensions.parse(reader.vector(2), "ServerHello")
        reader.done()
    selected = found.get(Extension.SUPPORTED_VERSIONS)
    if selected is not None:
        # RFC 8446, 4.2.1: only TLS 1.3 and later select this way.
        version = int.from_bytes(selected, "big")
        if version != TLS13 or maximum < TLS13:
            raise illegal(f"selected version 0x{version:04x}")
    elif not SSL3 <= version <= min(maximum, TLS12):
        raise illegal(f"ServerHello version 0x{version:04x}")
    if compression != 0:
        raise illegal(f"compression method {compression}")
    return ServerHello(version, random, session, suite, found)


def check_downgrade(hello: ServerHello, maximum: int) -> None:
    """Refuse a random that says the server could do better than it did (RFC 8446, 4.1.3)."""
    if maximum >= TLS13:
        downgraded = hello.version < TLS13 and hello.random.endswith(_DOWNGRADED)
    else:
        downgraded = hello.version < maximum == TLS12 and hello.random.endswith(_DOWNGRADED[1])
    if downgraded:
        raise illegal("the server's random says that the version was downgraded on the way")

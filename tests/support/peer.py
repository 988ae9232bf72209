"""What a TLS client of the standard library sees, without any engine of ours."""

import _ssl
import socket
import ssl
import sys


def chain_as_sent(tls) -> tuple[bytes, ...]:
    """The certificates of an SSLSocket or SSLObject as the server sent them, in DER."""
    if sys.version_info >= (3, 13):
        return tuple(tls.get_unverified_chain())
    return tuple(one.public_bytes(_ssl.ENCODING_DER) for one in tls._sslobj.get_unverified_chain())


def permissive_context() -> ssl.SSLContext:
    """Verify nothing and accept anything but anonymity."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:!aNULL:@SECLEVEL=0")
    return context


def handshake(
    host: str, address: str, port: int, context: ssl.SSLContext | None = None, seconds: float = 5
):
    """Connect to ``address`` with ``host`` as SNI; an SSLSocket, to be closed by the caller."""
    plain = socket.create_connection((address, port), timeout=seconds)
    try:
        return (context or permissive_context()).wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise

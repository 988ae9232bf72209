"""OpenSSL contexts that refuse as little as possible: the probe judges what it sees later."""

import logging
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Final

_log = logging.getLogger(__name__)

_EVERYTHING: Final = "ALL:COMPLEMENTOFALL:!aNULL:@SECLEVEL=0"
"""Every suite that sends a certificate; level 0 admits 1024-bit keys, SHA-1 and TLS 1.0."""

_LEGACY_SERVER_CONNECT: Final = 0x4
"""SSL_OP_LEGACY_SERVER_CONNECT: servers without RFC 5746. It has a name from Python 3.12 on."""


def client_context(
    alpn: tuple[str, ...] = (),
    *,
    certificate: str | None = None,
    maximum: ssl.TLSVersion | None = None,
    post_handshake: bool = False,
) -> ssl.SSLContext:
    """Return a context that takes any server certificate and every version that OpenSSL has.

    ``certificate`` is a PEM file with the key; OSError or ssl.SSLError if it cannot be used.
    ``maximum`` caps the version, as TDS 7.x needs. ``post_handshake`` offers to answer a request
    for a certificate that comes after the handshake (RFC 8446, 4.2.6).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    if maximum is not None:
        context.maximum_version = maximum
    context.set_ciphers(_EVERYTHING)
    context.options |= _LEGACY_SERVER_CONNECT | ssl.OP_NO_TICKET
    if alpn:
        context.set_alpn_protocols(list(alpn))
    if certificate is not None:
        # An empty password: OpenSSL would ask for one on the terminal.
        context.load_cert_chain(certificate, password=lambda: "")
    context.post_handshake_auth = post_handshake
    return context


def server_name(host: str | None) -> bytes | None:
    """Return the name to send (RFC 6066, 3), as octets: Python would apply IDNA 2003 to text."""
    if not host:
        return None
    try:
        ip_address(host)
    except ValueError:
        return host.rstrip(".").encode("ascii")
    return None


def unusable(path: str, error: Exception) -> str:
    """Say why a file with a client certificate and its key cannot be used."""
    if not isinstance(error, ssl.SSLError):
        return getattr(error, "strerror", None) or "it cannot be read"
    _log.debug("%s: %s", path, error)
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the private key is not that of the first certificate"
    octets = Path(path).read_bytes()
    if b"-----BEGIN CERTIFICATE-----" not in octets:
        return "there is no certificate in it (PEM is expected, with the private key)"
    if b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in octets or b"Proc-Type: 4,ENCRYPTED" in octets:
        return "its private key is encrypted; it must be without a password here"
    if b"PRIVATE KEY-----" not in octets:
        return "there is no private key in it (PEM is expected, with the certificate)"
    return "its certificate or its private key cannot be decoded"

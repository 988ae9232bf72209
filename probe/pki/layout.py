"""Where the fields of a certificate are (RFC 5280, 4.1), without decoding them.

Names, keys and algorithms are compared and cached as the octets that they are.
"""

from typing import NamedTuple

from probe.pki import der

_VERSION = 0xA0
_EXTENSIONS = 0xA3


class Layout(NamedTuple):
    """The octets of each field, headers included but for ``extensions``."""

    version: int
    serial: int
    inner_algorithm: bytes
    issuer: bytes
    subject: bytes
    public_key: bytes
    extensions: bytes
    algorithm: bytes


def layout(data: bytes) -> Layout:
    """Find the fields; `der.DerError` where ``data`` has another shape.

    Validity and signature are passed over; ``extensions`` is what fills the SEQUENCE OF, so it
    is empty where there are none.
    """
    read, expect = der.read, der.expect
    size = len(data)
    start, end = expect(data, 0, size, der.SEQUENCE)
    at, stop = expect(data, start, end, der.SEQUENCE)
    algorithm_end = expect(data, stop, end, der.SEQUENCE)[1]
    algorithm = data[stop:algorithm_end]
    tag, start, end = read(data, at, stop)
    version = 1
    if tag == _VERSION:
        start, after = expect(data, start, end, der.INTEGER)
        version = der.integer(data[start:after]) + 1
        tag, start, end = read(data, end, stop)
    if tag != der.INTEGER:
        raise der.DerError("no serial number")
    serial = int.from_bytes(data[start:end], "big", signed=True)
    inner = expect(data, end, stop, der.SEQUENCE)[1]
    issuer = expect(data, inner, stop, der.SEQUENCE)[1]
    validity = expect(data, issuer, stop, der.SEQUENCE)[1]
    subject = expect(data, validity, stop, der.SEQUENCE)[1]
    key = expect(data, subject, stop, der.SEQUENCE)[1]
    return Layout(
        version,
        serial,
        data[end:inner],
        data[inner:issuer],
        data[validity:subject],
        data[subject:key],
        _extensions(data, key, stop),
        algorithm,
    )


def signed(data: bytes) -> bytes | None:
    """Return the octets that the signature is over.

    None where the certificate names one algorithm inside and another outside of them: such a
    signature counts for nothing (RFC 5280, 4.1.1.2). `der.DerError` where ``data`` has another
    shape.
    """
    start, end = der.expect(data, 0, len(data), der.SEQUENCE)
    at, stop = der.expect(data, start, end, der.SEQUENCE)
    algorithm = data[stop : der.expect(data, stop, end, der.SEQUENCE)[1]]
    tag, _, after = der.read(data, at, stop)
    if tag == _VERSION:
        _, _, after = der.read(data, after, stop)
    return data[start:stop] if data.startswith(algorithm, after, stop) else None


def _extensions(data: bytes, at: int, stop: int) -> bytes:
    # Unique identifiers, [1] and [2], may stand before the extensions, [3].
    while at < stop:
        tag, start, end = der.read(data, at, stop)
        if tag == _EXTENSIONS:
            start, end = der.expect(data, start, end, der.SEQUENCE)
            return data[start:end]
        at = end
    return b""
